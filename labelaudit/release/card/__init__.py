"""The label as a block in a dataset card, and what the card says beside it."""
