"""Core, standing alone: the record-linkage kernel."""
