"""From the bytes of an image to a model's input."""
