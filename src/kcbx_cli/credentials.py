"""Where passwords come from: a file or the system's keyring, never the command line."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path

from kcbx_cli.errors import KcbxError
from kcbx_cli.passwords import COUNTY, SCHOOL, TOWNSHIP, Password, PasswordBook
from kcbx_cli.plainfile import content, from_toml
from kcbx_cli.settings import Settings

#: Written in place of a file's name: the system's keyring keeps it.
KEYRING = "keyring"
#: The variable that names the file with the ledger's key, or is KEYRING.
LEDGER_KEY = "KCBX_LEDGER_KEY_FILE"
_SERVICE = "kcbx"
_MOST = 4 << 20


def passwords(file: Path | None, environ: Mapping[str, str]) -> tuple[str, ...]:
    """The passwords to try on protected workbooks: of the file, and KCBX_PASSWORD. Never an argument.

    The file has one password a line, or is a password book (see `recipients`).

    Raises:
        KcbxError: the file cannot be read.
    """
    found = [Password(environ["KCBX_PASSWORD"])] if environ.get("KCBX_PASSWORD") else []
    if file is not None:
        lines = _secret_text(file).splitlines()
        book = _book(file) if file.suffix.lower() == ".toml" else {}
        found += [*book.values()] or [Password(line.strip()) for line in lines if line.strip()]
    return tuple(found)


def recipients(settings: Settings) -> PasswordBook | None:
    """The passwords behind which workbooks are put, by recipient; None where none was asked for.

    `security.recipients` names a TOML file of lines `"place or code" = "password"`, or is `keyring`: then
    they are in the system's keyring, service `kcbx`.

    Raises:
        KcbxError: `bad_setting`, the file cannot be read; `no_keyring`.
    """
    where = settings.security.recipients
    if not where:
        return None
    if where == KEYRING:
        names = [COUNTY, TOWNSHIP, SCHOOL, *(n for t in settings.townships for n in (t.code, t.name) if n)]
        kept = {name: keyring_password(name) for name in names}
        return PasswordBook({name: Password(text, name) for name, text in kept.items() if text})
    return PasswordBook(_book(Path(where)))


def keyring_password(name: str) -> str:
    """The password that the system's keyring keeps under this name, empty for none.

    Raises:
        KcbxError: `no_keyring`, the extra is not installed or the system has none.
    """
    try:
        import keyring
        from keyring.errors import KeyringError
    except ImportError as error:
        raise KcbxError(
            "没有安装系统钥匙串的支持", "请安装 kcbx-cli[keyring],或改用文件存放密码。", "no_keyring"
        ) from error
    try:
        return keyring.get_password(_SERVICE, name) or ""
    except KeyringError as error:
        raise KcbxError("系统钥匙串打不开", "请先登录或解锁钥匙串,或改用文件存放密码。", "no_keyring") from error


def ledger_key(ledger: Path, where: str, environ: Mapping[str, str]) -> str:
    """The key of an encrypted ledger: the first line of a file, or from the keyring under the ledger's file name.

    KCBX_LEDGER_KEY_FILE, else `where` (`security.ledger_key`) names the file, or is `keyring`. Empty where none was named.

    Raises:
        KcbxError: `bad_setting`, `no_keyring`.
    """
    where = environ.get(LEDGER_KEY) or where
    if not where:
        return ""
    if where == KEYRING:
        return Password(keyring_password(ledger.name))
    return key_in(Path(where))


def key_in(file: Path) -> str:
    """The key in a file: its first line.

    Raises:
        KcbxError: `bad_setting`, it cannot be read or is empty.
    """
    line = next(iter(_secret_text(file).splitlines()), "").strip()
    if not line:
        raise KcbxError(f"密码文件「{file}」是空的", "第一行写密码。", "bad_setting")
    return Password(line)


def _book(file: Path) -> dict[str, Password]:
    try:
        said = from_toml(_secret_text(file))
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"\(at line \d+", str(error))  # the message itself could quote a password
        raise KcbxError(
            f"密码本「{file}」写得不对{'(第 ' + place[0][9:] + ' 行)' if place else ''}",
            '每行写成 "葛城街道" = "密码",名称和密码都加引号。', "bad_setting",
        ) from error  # fmt: skip
    if not said or not all(isinstance(text, str) and text for text in said.values()):
        raise KcbxError(f"密码本「{file}」里有空的或不是文字的密码", '每行写成 "葛城街道" = "密码"。', "bad_setting")
    return {name: Password(text, name) for name, text in said.items()}


def _secret_text(file: Path) -> str:
    try:
        return content(file, _MOST).decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise KcbxError(
            f"密码文件「{file}」读不了", "请检查路径;文件用 UTF-8 保存,一行一个密码。", "bad_setting"
        ) from error
