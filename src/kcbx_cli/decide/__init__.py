"""Core: what a link, or its absence, means."""
