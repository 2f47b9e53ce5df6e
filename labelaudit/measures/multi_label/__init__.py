"""Several labels an item, or the assumption of one."""
