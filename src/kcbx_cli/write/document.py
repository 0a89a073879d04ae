"""Word documents from templates: the county's own where it has one, else those that are shipped."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from io import BytesIO
from pathlib import Path
from typing import Any

from kcbx_cli import plainfile
from kcbx_cli.errors import KcbxError
from kcbx_cli.write.cells import clean

#: Every part of a document has this date, so that equal content makes equal bytes.
_WHEN = (1980, 1, 1, 0, 0, 0)
#: So many parts of templates are remembered as they were compiled: a dossier's are the same for every child.
_COMPILED = 32


@dataclass(frozen=True, slots=True)
class Document:
    """A template, read once and filled many times; `path` is its name in messages."""

    path: str
    content: bytes

    @classmethod
    def load(cls, name: str, own: str) -> Document:
        """The county's own template, or where `own` is empty the one that is shipped under `name`.

        Raises:
            KcbxError: `bad_template`, it cannot be read.
        """
        try:
            shipped = resources.files("kcbx_cli.write") / "templates" / f"{name}.docx"
            content = plainfile.content(Path(own)) if own else shipped.read_bytes()
            with zipfile.ZipFile(BytesIO(content)) as archive:
                archive.getinfo("word/document.xml")
        except (OSError, KeyError, zipfile.BadZipFile) as error:
            raise KcbxError(
                f"模板「{own}」读不了,或不是 Word 文档", "请检查路径;模板须是 .docx。", "bad_template"
            ) from error
        return cls(own, content)

    def fill(self, words: Mapping[str, Any]) -> bytes:
        """The document with these words in its placeholders; the same bytes for the same words.

        Raises:
            KcbxError: `bad_template`, a placeholder or a loop is wrong.
        """
        import jinja2
        from docxtpl import DocxTemplate

        document, target = DocxTemplate(BytesIO(self.content)), BytesIO()
        try:
            document.render(_cleaned(words), _sandbox())
        except Exception as error:  # what a template asks of the engine can raise anything: include, range, 1 // 0
            if not self.path and not isinstance(error, jinja2.TemplateError):
                raise
            line = f"(第 {error.lineno} 行)" if isinstance(error, jinja2.TemplateSyntaxError) else ""
            raise KcbxError(
                f"模板「{self.path}」里有写错的字段或循环{line}", "请对照自带的模板改正。", "bad_template"
            ) from error
        document.save(target)
        return packed(target.getvalue())


@cache
def _sandbox() -> Any:
    """What fills templates; they reach nothing but the words that they are given."""
    import jinja2
    from jinja2.sandbox import SandboxedEnvironment

    sandbox: Any = SandboxedEnvironment(undefined=jinja2.StrictUndefined, autoescape=True)
    sandbox.from_string = lru_cache(_COMPILED)(sandbox.from_string)
    return sandbox


def _cleaned(value: Any) -> Any:
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, Mapping):
        return {key: _cleaned(item) for key, item in value.items()}
    return [_cleaned(item) for item in value] if isinstance(value, list) else value


def packed(content: bytes) -> bytes:
    """The same document with its parts in the same order and without the hour in which it was made."""
    target = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as before, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as after:
        for name in before.namelist():
            after.writestr(zipfile.ZipInfo(name, _WHEN), before.read(name), zipfile.ZIP_DEFLATED)
    return target.getvalue()
