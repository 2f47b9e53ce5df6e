"""Measure a labelled dataset and print its nutrition label."""

__version__ = "0.1.0"
