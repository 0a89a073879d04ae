"""The story of what comes back, told once: read, judge, settle, send back what cannot be taken, remember."""

from kcbx_cli.collecting.collect import Asked, collect

__all__ = ["Asked", "collect"]
