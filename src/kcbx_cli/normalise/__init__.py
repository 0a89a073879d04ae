"""Core: one value at a time: ID numbers, names, dates, places."""
