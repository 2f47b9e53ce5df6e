"""A Croissant file as a manifest: its resources, its record sets, and what they come to."""
