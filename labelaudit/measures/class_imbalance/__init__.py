"""How uneven classes and targets are."""
