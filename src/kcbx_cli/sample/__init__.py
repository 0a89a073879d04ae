"""Edge: a made-up county to try everything on."""
