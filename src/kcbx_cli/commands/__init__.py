"""One thin file a command: options in, pipeline called, Result out."""
