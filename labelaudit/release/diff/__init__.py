"""What changed between two reports, from these alone."""
