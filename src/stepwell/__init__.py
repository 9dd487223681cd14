"""Stepwell: find people whose pain medicines may be harming them, and step those medicines down by agreement."""

__version__ = "0.1.0"
