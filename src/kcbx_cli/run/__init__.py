"""Edge: runs the kernel on this machine."""
