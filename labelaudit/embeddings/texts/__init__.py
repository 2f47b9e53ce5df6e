"""From the bytes of a text to its embedding."""
