"""Files, copies, leaks, and how splits and order differ."""
