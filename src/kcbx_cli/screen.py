"""One pair a screen, keyboard only. Both records are shown, on the terminal's second screen: nothing stays behind.

This is the one place that shows personal data, because a person has to compare it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol, TypeVar

from kcbx_cli.errors import KcbxError
from kcbx_cli.result import padded
from kcbx_cli.terminal import harmless, wrapped
from kcbx_cli.write.wording import sure

_ENTER, _LEAVE, _CLEAR = "\x1b[?1049h\x1b[?25l", "\x1b[?25h\x1b[?1049l", "\x1b[2J\x1b[H"
_ANSWERS = {"y": "yes", "n": "no", "u": "unsure"}
#: Columns of the labels, of each record, and of the whole.
_LEFT, _WIDE, _ALL = 10, 34, 79


class Pair(Protocol):
    """What is shown of a pair before the answer (`rows`, `below`) and after it."""

    @property
    def rows(self) -> tuple[tuple[str, str, str], ...]:
        """Label, the list's cell, the registry's."""

    @property
    def below(self) -> tuple[tuple[str, str], ...]:
        """Label and text."""

    @property
    def sentence(self) -> str:
        """What agrees and what differs."""

    @property
    def probability(self) -> float:
        """How likely the model holds it that they are one child."""


P = TypeVar("P", bound=Pair)


def ask(
    pairs: Sequence[P], keys: Callable[[], str], write: Callable[[str], None], remember: Callable[[P, str], None]
) -> dict[str, int]:
    """Ask about each pair until the last one or `q`; each answer is remembered at once.

    Returns:
        How many were answered yes, no and unsure.
    """
    counts = dict.fromkeys(_ANSWERS.values(), 0)
    for number, pair in enumerate(pairs, start=1):
        write(_CLEAR + harmless(question(pair, number, len(pairs))))
        key = _one_of(keys, (*_ANSWERS, "q"))
        if key == "q":
            break
        answer = _ANSWERS[key]
        counts[answer] += 1
        if answer != "unsure":
            remember(pair, answer)
        write(harmless(f"\n{verdict(pair, answer)}\n按任意键继续,q 退出。"))
        if keys() == "q":
            break
    return counts


def _one_of(keys: Callable[[], str], allowed: Sequence[str]) -> str:
    while (key := keys().lower()) not in allowed:
        pass
    return key


def question(pair: Pair, number: int, total: int) -> str:
    """The screen before the answer; lines that differ are marked."""
    lines = [f"第 {number} 对,共 {total} 对。这两份记录是不是同一个孩子?", "", _line("", "名单", "学籍", " ")]
    for label, left, right in pair.rows:
        differs = "≠" if left and right and left != right else " "
        cells = [part for text in (left, right) for part in [_wrapped(text)]]
        for n in range(max(1, *map(len, cells))):
            shown = [cell[n] if n < len(cell) else "" for cell in cells]
            lines.append(_line("" if n else label, shown[0], shown[1], " " if n else differs))
    below = [f"{label}:{' '.join(text.split())}" for label, text in pair.below if text]
    lines += ["", *(line for text in below for line in wrapped(text, _ALL))]
    return "\n".join([*lines, "", "y 是   n 否   u 不确定   q 退出", ""])


def verdict(pair: Pair, answer: str) -> str:
    """What is shown once the answer is given."""
    words = {"yes": "记下:是同一个孩子。", "no": "记下:不是同一个孩子。", "unsure": "没有记,下次再问。"}
    said = f"{words[answer]}程序的估计:{sure(pair.probability)}。{pair.sentence}"
    return "\n".join(wrapped(said, _ALL))


def _wrapped(text: str) -> list[str]:
    return [part for line in text.split("\n") for part in list(wrapped(line, _WIDE - 1)) or [""]]


def _line(label: str, left: str, right: str, mark: str) -> str:
    return f"{padded(label, _LEFT - 1)} {mark} {padded(left, _WIDE - 1)} {right}".rstrip()


@contextmanager
def terminal() -> Iterator[tuple[Callable[[], str], Callable[[str], None]]]:
    """A way to read single keys and one to write, on the terminal's second screen.

    Raises:
        KcbxError: this is no terminal.
    """
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise KcbxError("kcbx review 要在终端里运行", "也可以在工作簿里填好,用 kcbx collect 收回。", "no_terminal")

    def write(text: str) -> None:
        encoding = sys.stdout.encoding or "utf-8"
        sys.stdout.write(text.replace("\n", "\r\n").encode(encoding, "replace").decode(encoding))
        sys.stdout.flush()

    with _single_keys() as keys:
        write(_ENTER)
        try:
            yield keys, write
        finally:
            write(_LEAVE)


@contextmanager
def _single_keys() -> Iterator[Callable[[], str]]:
    """Keys as they are pressed, without Enter; Ctrl-C and the end of input are `q`."""
    if sys.platform == "win32":
        import msvcrt

        yield lambda: _meant(msvcrt.getwch())
        return
    import termios
    import tty

    before = termios.tcgetattr(sys.stdin)
    try:
        tty.setraw(sys.stdin)
        yield lambda: _meant(sys.stdin.read(1))
    finally:
        termios.tcsetattr(sys.stdin, termios.TCSADRAIN, before)


def _meant(key: str) -> str:
    return "q" if key in ("", "\x03", "\x04", "\x1a") else key
