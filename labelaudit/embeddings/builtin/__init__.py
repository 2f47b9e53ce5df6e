"""The built-in model: fixed weights, no training, no download."""
