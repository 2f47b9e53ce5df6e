"""What the gate found, in the formats of others: one file per format."""
