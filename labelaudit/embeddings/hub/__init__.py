"""Models by name: the catalog, and what was pulled."""
