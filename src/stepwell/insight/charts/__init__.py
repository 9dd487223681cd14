"""Drawings of prescribing data: one definition each, given as SVG for the page."""
