"""A run that cannot go on. Bad rows are not errors: they are problems (see problems.py)."""

from __future__ import annotations

import errno
from collections.abc import Sequence


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


def some(names: Sequence[str], most: int = 3) -> str:
    """The first of many, for a message."""
    return "、".join(names[:most]) + (" 等" if len(names) > most else "")


def on_one_line(message: str, hint: str) -> str:
    """A message and what to do about it, one sentence after the other; a message that asks has its mark already."""
    return f"{message}{'' if message.endswith('?') else '。'}{hint}" if hint else message


#: What systems say of files, in Chinese. Windows maps its own codes to the same numbers.
_REASONS = {
    errno.ENOENT: "没有这个文件或文件夹",
    errno.EACCES: "没有权限,或文件正被别的程序(如 Excel、WPS)打开",
    errno.EPERM: "系统不允许",
    errno.ENOSPC: "磁盘已满",
    errno.EDQUOT if hasattr(errno, "EDQUOT") else errno.ENOSPC: "磁盘配额已满",
    errno.EROFS: "磁盘是只读的",
    errno.EISDIR: "是文件夹,不是文件",
    errno.ENOTDIR: "路径中有一段不是文件夹",
    errno.EEXIST: "已经有同名的文件",
    errno.ENOTEMPTY: "文件夹不是空的",
    errno.ENAMETOOLONG: "路径太长",
    errno.EINVAL: "文件名里有系统不允许的字符,或路径不对",
    errno.EMFILE: "打开的文件太多",
    errno.ENFILE: "打开的文件太多",
    errno.EBUSY: "正在被别的程序使用",
    errno.EIO: "磁盘读写出错,磁盘或网络盘可能有故障",
    errno.ELOOP: "链接绕成了圈",
    errno.EXDEV: "两个位置不在同一个磁盘上",
    errno.EFBIG: "文件太大",
    errno.ESPIPE: "不是普通文件",
    errno.ENODEV: "没有这个设备",
    errno.ENXIO: "没有这个设备",
    errno.ESTALE if hasattr(errno, "ESTALE") else errno.EIO: "网络盘已断开",
    errno.ETIMEDOUT: "网络盘没有回应",
    errno.EPIPE: "接收的程序已经结束",
}
#: Windows: sharing violation, lock violation, path too long.
_WINDOWS = {32: _REASONS[errno.EACCES], 33: _REASONS[errno.EACCES], 206: _REASONS[errno.ENAMETOOLONG]}


def reason(error: OSError) -> str:
    """Why the system refused, in Chinese; its number where it is not a common one."""
    known = _WINDOWS.get(getattr(error, "winerror", 0) or 0) or _REASONS.get(error.errno or 0)
    return known or (f"系统错误 {error.errno}" if error.errno else "读写出错")
