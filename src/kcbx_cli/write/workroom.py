"""A private folder beside the results, for what a run over several counties lays down meanwhile.

Only its owner may enter it, it goes at the end, and the next run removes what a killed one left. What a killed run
leaves is noise: it is encrypted (AES-256, counter mode) with a key that was drawn for this run and is in memory only.
"""

from __future__ import annotations

import contextlib
import io
import os
import pickle
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from kcbx_cli.write import commit, journal
from kcbx_cli.write.manifest import not_written, resolve

_KEY, _NONCE = 32, 16


@dataclass(frozen=True)
class Workroom:
    """Where things are laid down, and taken up again by the processes of this run, also on other machines."""

    folder: Path
    key: bytes = field(repr=False)

    def put(self, name: str, content: object) -> None:
        """Lay a thing down under a name, whole: whoever is killed meanwhile leaves nothing of that name."""
        nonce = os.urandom(_NONCE)
        descriptor, half = tempfile.mkstemp(prefix=f".{name}.", dir=self.folder)
        with os.fdopen(descriptor, "wb") as file:
            file.write(nonce)
            pickle.dump(content, _Veiling(file, self._cipher(nonce).encryptor()), protocol=pickle.HIGHEST_PROTOCOL)
        os.replace(half, self.folder / name)

    def get(self, name: str) -> Any:
        """What this run has laid down under the name: the folder is private and its name cannot be guessed."""
        with (self.folder / name).open("rb") as file:
            plain = _Unveiling(file, self._cipher(file.read(_NONCE)).decryptor())
            return pickle.load(io.BufferedReader(plain, 1 << 20))  # noqa: S301

    def has(self, name: str) -> bool:
        """Whether something was laid down under the name."""
        return (self.folder / name).exists()

    def _cipher(self, nonce: bytes) -> Any:
        from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

        return Cipher(algorithms.AES(self.key), modes.CTR(nonce))


class _Veiling:
    """What is written goes through the cipher."""

    def __init__(self, file: BinaryIO, cipher: Any) -> None:
        self._file, self._cipher = file, cipher

    def write(self, content: Any) -> int:
        return self._file.write(self._cipher.update(memoryview(content).cast("B")))


class _Unveiling(io.RawIOBase):
    """What is read comes through the cipher."""

    def __init__(self, file: BinaryIO, cipher: Any) -> None:
        self._file, self._cipher = file, cipher

    def readable(self) -> bool:
        return True

    def readinto(self, room: Any) -> int:
        content = self._cipher.update(self._file.read(len(room)))
        room[: len(content)] = content
        return len(content)


@contextlib.contextmanager
def workroom(out: Path) -> Iterator[Workroom]:
    """A workroom beside `out`, for as long as this lasts.

    Raises:
        KcbxError: `output_busy` (another run works for the same folder), `output_not_writable`, `disk_full`.
    """
    target = resolve(out)
    commit.recover(target)
    made: list[str] = []
    try:
        commit.make_folders(target.parent, made)
        held = journal.claim(target, fresh=True)
    except OSError as error:
        raise not_written(error, target.parent) from error
    try:
        folder = tempfile.mkdtemp(prefix=f".{target.name}.kcbx-work-", dir=target.parent)
        yield Workroom(Path(folder), os.urandom(_KEY))
    finally:
        journal.close(target, held)
