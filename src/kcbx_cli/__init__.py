"""kcbx: tells children who are out of school from children who are only badly written down."""

__version__ = "0.1.0"
