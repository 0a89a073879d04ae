"""Core: one value at a time: ID numbers, names, dates, places; and whole sheets of them."""

from kcbx_cli.normalise.attendance import attendance
from kcbx_cli.normalise.families import families, tag_families
from kcbx_cli.normalise.people import people
from kcbx_cli.normalise.responsible import responsible
from kcbx_cli.normalise.schools import class_number, grade_number, school_key
from kcbx_cli.normalise.spells import month_named

__all__ = [
    "attendance", "class_number", "families", "grade_number", "month_named", "people", "responsible", "school_key", "tag_families",
]  # fmt: skip
