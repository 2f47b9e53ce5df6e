"""What was embedded before, kept by content hash."""
