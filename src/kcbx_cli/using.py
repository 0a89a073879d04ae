"""Every command that reads or writes personal data is entered in the use log, before and after: see uselog.py."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from kcbx_cli import uselog
from kcbx_cli.errors import KcbxError
from kcbx_cli.result import Result, Trace


class Use:
    """A command that is under way; it says at its end what it did."""

    def __init__(self) -> None:
        self.trace = Trace()

    def told(self, result: Result) -> Result:
        """Take what the use log is to know from the command's result, which is handed back."""
        self.trace = result.trace
        return result


@contextmanager
def entered(command: str, ledger: Path | None, *, changes: bool = False) -> Iterator[Use]:
    """Enter the command before it begins, and how it ended.

    Without a ledger the log of the working directory's ledger is meant, where there is one. Where neither ledger nor
    log exists, nothing is entered before the command has made a ledger: a first run that fails, or a dry one, leaves no file.

    Args:
        command: its name.
        ledger: the case ledger, beside which the log lies.
        changes: the command may change the ledger, which then keeps an anchor.

    Raises:
        KcbxError: `use_log`; the command has not begun, or its result must not be shown.
    """
    book = ledger if ledger is not None else Path("kcbx-ledger.db")
    log = uselog.beside(book)
    begun = book.exists() or log.exists()
    if begun:
        uselog.append(log, {"command": command, "event": "began"})
    use = Use()
    try:
        yield use
    except BaseException as error:
        if begun or book.exists():
            code = error.code if isinstance(error, KcbxError) else type(error).__name__
            uselog.append(log, {"command": command, "event": "failed", "code": code})
        raise
    if begun or book.exists():
        head = uselog.append(log, {"command": command, "event": "finished", **_told(use.trace)})
        if changes and book.exists():
            _anchor(book, head)


def _told(trace: Trace) -> dict[str, Any]:
    """The trace as it stands in the log; what is empty is left out."""
    told: dict[str, Any] = {
        "inputs": [{"sha256": sha256, "rows": rows} for sha256, rows in trace.inputs],
        "exports": [asdict(export) for export in trace.exports],
        "cases": list(trace.cases),
        "counts": trace.counts,
    }
    return {key: value for key, value in told.items() if value}


def _anchor(ledger: Path, head: uselog.Head) -> None:
    """The ledger remembers the entry; another command that has it open now will do so at its own end."""
    from kcbx_cli.ledger import open_ledger

    try:
        with open_ledger(ledger, create=False, timeout=1.0) as book:
            book.anchor(head.n, head.hash)
    except KcbxError as error:
        if error.code not in ("ledger_locked", "ledger_not_writable"):
            raise
