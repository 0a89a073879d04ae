"""Passwords on their way through the house: never printed, and each knows whose it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path

from kcbx_cli.errors import KcbxError

#: Names in a password book for the county's own files, for any township and for any school that has none of its own.
COUNTY, TOWNSHIP, SCHOOL = "县", "乡镇", "学校"
_ANY = {"county": COUNTY, "township": TOWNSHIP, "school": SCHOOL}


#: Says of a case ledger what its key is, empty for none. It is known to the whole process, like the account it runs under:
#: whoever opens a ledger asks here, so that no function in between carries the key.
LEDGER_KEYS: ContextVar[Callable[[Path], str]] = ContextVar("LEDGER_KEYS", default=lambda _: "")


class Password(str):
    """A password that shows itself to nobody; `of` says whose it is (a place's name or code), where that is known."""

    of: str

    def __new__(cls, text: str, of: str = "") -> Password:
        """The password `text` of `of`."""
        made = super().__new__(cls, text)
        made.of = of
        return made

    def __reduce__(self) -> tuple[type[Password], tuple[str, str]]:
        return Password, (str.__str__(self), self.of)

    def __repr__(self) -> str:
        return "Password(…)"


@dataclass(frozen=True)
class PasswordBook:
    """A password for each recipient: a township or school by name or code, COUNTY, TOWNSHIP or SCHOOL."""

    passwords: Mapping[str, Password] = field(repr=False)

    def of(self, audience: str, place: str, code: str) -> Password:
        """The password of a recipient.

        Raises:
            KcbxError: `no_recipient`, the book has none; nothing is written without one.
        """
        for name in (code, place, _ANY[audience]):
            if name and name in self.passwords:
                return self.passwords[name]
        names = list(dict.fromkeys((place, _ANY[audience])))
        raise KcbxError(
            "密码本里没有" + ",也没有".join(f"「{n}」的密码" for n in names) + ";一份没有密码的表都不写",
            "请在密码本里加一行 " + ",或 ".join(f'"{n}" = "密码"' for n in names) + "。",
            "no_recipient",
        )


def in_order(passwords: Sequence[str], file: str) -> list[str]:
    """The passwords to try on a file, those first whose owner the file's name tells; each once."""
    mine = [p for p in passwords if getattr(p, "of", "") and p.of in file]  # type: ignore[attr-defined]
    return list(dict.fromkeys([*mine, *passwords]))
