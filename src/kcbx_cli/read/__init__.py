"""Edge: bytes to cells to rows with their origin; nothing is cleaned here."""
