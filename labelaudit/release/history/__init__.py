"""How the numbers of several reports went, from these alone."""
