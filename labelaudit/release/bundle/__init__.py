"""A report and what belongs to it as one file of a release."""
