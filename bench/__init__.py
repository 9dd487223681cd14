"""Benchmarks. They print what they compare with, measure ratios inside one run, and are never timed tests."""
