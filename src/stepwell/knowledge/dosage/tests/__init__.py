"""Tests of the dosage reader."""
