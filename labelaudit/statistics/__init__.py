"""Statistics as plain functions of arrays; the measures word what they return."""
