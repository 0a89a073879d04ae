"""The last step before files are written: each is one that is declared, is sealed for its reader, and is told to the use log."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from io import BytesIO
from pathlib import Path

from kcbx_cli.errors import KcbxError
from kcbx_cli.parallel import shared_out
from kcbx_cli.passwords import PasswordBook
from kcbx_cli.result import Export
from kcbx_cli.write import single
from kcbx_cli.write.audience import OUTPUTS, output
from kcbx_cli.write.manifest import digest
from kcbx_cli.write.mark import mark_of
from kcbx_cli.write.planned import Planned

#: What can be encrypted: the office formats. Other files hold nothing about a person.
_OFFICE = (".xlsx", ".docx")
#: One derivation of a key takes a tenth of a second; another process is worth it for more than these.
_FEW = 4


def exports(files: Sequence[Planned]) -> tuple[Export, ...]:
    """What the use log is told of the workbooks and documents among these files.

    Raises:
        KeyError: a file that `audience.OUTPUTS` does not declare: a mistake in the program.
    """
    told = []
    for file in files:
        declared = output(file.path)
        if file.path.endswith(_OFFICE):
            marked = mark_of(file.content)
            place, number, rows = (marked.place, marked.number, marked.rows) if marked else ("", "", 0)
            told.append(Export(declared.audience, place, number, rows, digest(file.content)))
    return tuple(told)


def check(command: str, path: Path, *, replace: bool | None = None) -> None:
    """Whether a command may write this one file; to be asked before its work begins.

    Raises:
        KcbxError: `usage`, the name does not end as the command's files do; and as `single.check`.
    """
    single.check(path, replace=replace)
    endings = [o.pattern.rpartition("*")[2] for o in OUTPUTS if o.pattern.startswith(f"{command}: ")]
    if not path.name.endswith(tuple(endings)):
        raise KcbxError(
            f"「{path.name}」写不了:这个命令写的是 {'、'.join(endings)} 文件",
            f"文件名要以 {'、'.join(endings)} 结尾,例如 {path.with_suffix(endings[0]).name}。",
            "usage",
        )


def give(command: str, files: Sequence[tuple[Path, bytes]], book: PasswordBook | None = None) -> tuple[Export, ...]:
    """Write what a command was asked for, outside the month's folder, each file whole or not at all, sealed with a book.

    Raises:
        KcbxError: as `single.save` and `sealed`.
        KeyError: a file that `audience.OUTPUTS` does not declare.
    """
    planned = [Planned(f"{command}: {path.name}", content) for path, content in files]
    told = exports(planned)
    for (path, _), file in zip(files, sealed(planned, book), strict=True):
        single.save(path, file.content)
    return told


def sealed(files: Sequence[Planned], book: PasswordBook | None) -> list[Planned]:
    """The files, those of the office formats behind their reader's password; as they are without a book.

    Encrypted bytes differ from run to run, because what encrypts them is drawn at random; what they hold does not.

    Raises:
        KcbxError: `no_recipient`, a reader has no password; `not_encrypted`.
    """
    if book is None:
        return list(files)
    keys = {file.path: _password(file, book) for file in files if file.path.endswith(_OFFICE)}
    secret = [file for file in files if file.path in keys]
    made = shared_out([partial(locked, f.content, keys[f.path]) for f in secret], worth_it=len(secret) > _FEW)
    done = dict(zip((f.path for f in secret), made, strict=True))
    return [Planned(f.path, done.get(f.path, f.content)) for f in files]


def locked_as(content: bytes, password: str) -> bytes:
    """What goes back to its sender, behind the password that it came with; as it is where it came without.

    Raises:
        KcbxError: `not_encrypted`.
    """
    return locked(content, password) if password else content


def locked(content: bytes, password: str) -> bytes:
    """A workbook or document behind a password, as Excel, WPS and LibreOffice open it (ECMA-376 agile, AES-256).

    Raises:
        KcbxError: `not_encrypted`.
    """
    from msoffcrypto.exceptions import EncryptionError
    from msoffcrypto.format.ooxml import OOXMLFile

    target = BytesIO()
    try:
        OOXMLFile(BytesIO(content)).encrypt(password, target)
    except EncryptionError as error:
        raise KcbxError("有一份表加密不了,什么都没有写", "请检查自己的模板;或先不加密。", "not_encrypted") from error
    return target.getvalue()


def _password(file: Planned, book: PasswordBook) -> str:
    declared, marked = output(file.path), mark_of(file.content)
    if declared.audience == "county" or marked is None or marked.audience == "county":
        return book.of("county", "县", "")
    return book.of(marked.audience, marked.place, marked.code)
