"""Core: one value at a time: ID numbers, names, dates, places; and whole sheets of them."""

from kcbx_cli.normalise.families import families, tag_families
from kcbx_cli.normalise.people import people
from kcbx_cli.normalise.responsible import responsible

__all__ = ["families", "people", "responsible", "tag_families"]
