"""A run that cannot go on. Bad rows are not errors: they are problems (see problems.py)."""

from __future__ import annotations


class KcbxError(Exception):
    """The run stops here, nothing has been written, and the user is told what to do.

    Args:
        message: one Chinese sentence that names the file, sheet, row and column where they are known.
            Never a person's name or a number that identifies one.
        hint: one Chinese sentence: what to do about it.
        code: a stable ASCII word for scripts (`unreadable_file`, `bad_setting`, ...).

    All arguments are positional so that the error survives a trip between processes.
    """

    def __init__(self, message: str, hint: str = "", code: str = "failed") -> None:
        super().__init__(message, hint, code)
        self.message = message
        self.hint = hint
        self.code = code

    def __str__(self) -> str:
        return self.message
