"""What the labels of a test set decide between models."""
