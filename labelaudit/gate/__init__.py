"""A policy applied to a report: what passes, what fails, and what cannot be decided."""
