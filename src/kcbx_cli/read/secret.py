"""Workbooks behind a password."""

from __future__ import annotations

import re
from collections.abc import Sequence
from io import BytesIO

from kcbx_cli.errors import KcbxError
from kcbx_cli.passwords import in_order

#: The password that Excel itself sets on workbooks that are only protected against changes.
_EXCELS_OWN = "VelvetSweatshop"
#: Excel writes 100,000 rounds; a file that asks for far more only wants to keep the machine busy.
_MOST_ROUNDS = 1_000_000
_ROUNDS = re.compile(rb'spinCount="(\d+)"')


def opened(data: bytes, name: str, passwords: Sequence[str]) -> tuple[bytes, str]:
    """The workbook behind the password, and the password that fits; empty where it is Excel's own.

    Raises:
        KcbxError: no password was given (`password`), none fits (`password`), or the file is damaged.
    """
    import msoffcrypto
    from msoffcrypto.exceptions import DecryptionError, InvalidKeyError

    _check_rounds(data, name)
    for password in in_order((*passwords, _EXCELS_OWN), name):
        plain = BytesIO()
        try:
            book = msoffcrypto.OfficeFile(BytesIO(data))
            book.load_key(password=password, verify_password=True)
            book.decrypt(plain)
        except (InvalidKeyError, DecryptionError):
            continue
        except Exception as error:  # a damaged or hostile file makes the library and its parsers raise anything
            raise KcbxError(
                f"「{name}」有密码,并且文件不完整或加密方式不认识,解不开",
                "请用 Excel 或 WPS 打开,去掉密码后另存。",
                "unreadable_file",
            ) from error
        return plain.getvalue(), "" if password == _EXCELS_OWN else password
    if passwords:
        raise KcbxError(
            f"「{name}」有密码,给出的密码都不对",
            "请核对 --password-file 或环境变量 KCBX_PASSWORD 里的密码。",
            "password",
        )
    raise KcbxError(
        f"「{name}」有密码", "请用 --password-file 或环境变量 KCBX_PASSWORD 给出密码,或去掉密码后另存。", "password"
    )


def _check_rounds(data: bytes, name: str) -> None:
    import olefile  # type: ignore[import-untyped]

    try:
        with olefile.OleFileIO(BytesIO(data)) as ole:
            about = ole.openstream("EncryptionInfo").read() if ole.exists("EncryptionInfo") else b""
    except (OSError, ValueError, IndexError, TypeError, AttributeError) as error:
        raise KcbxError(
            f"「{name}」不完整或已损坏,打不开", "请重新复制或重新导出这个文件。", "unreadable_file"
        ) from error
    if any(int(rounds) > _MOST_ROUNDS for rounds in _ROUNDS.findall(about)):
        raise KcbxError(f"「{name}」的加密方式不正常,没有打开", "请用 Excel 或 WPS 打开,去掉密码后另存。", "too_large")
