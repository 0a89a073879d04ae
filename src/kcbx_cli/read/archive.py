"""Zipped workbooks from the inside: what they unpack to, and the raw XML behind single cells."""

from __future__ import annotations

from kcbx_cli.settings import Limits


class Package:
    """An .xlsx file as the archive it is."""

    def __init__(self, data: bytes, name: str, limits: Limits) -> None:
        self._data = data
        self._name = name
        self._limits = limits

    def check(self) -> None:
        """Refuses what would cost too much."""
