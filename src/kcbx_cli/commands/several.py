"""`kcbx reconcile --by-county`: options in, the run over several counties called, Result out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from kcbx_cli import console
from kcbx_cli.errors import KcbxError

if TYPE_CHECKING:
    from kcbx_cli.counties import County
    from kcbx_cli.pipeline import Places
    from kcbx_cli.province import Chosen
    from kcbx_cli.run.engine import Engine

#: The folder beside the results that holds each county's case ledger.
LEDGERS = "kcbx-ledgers"


@dataclass(frozen=True)
class Wanted:
    """What the options of a run over several counties say; `config` is a file for all, or a folder of one a county."""

    lists: Mapping[str, Sequence[str] | None]
    as_of: date | None
    places: Places
    config: Path | None
    overriding: Mapping[str, object]
    passwords: tuple[str, ...]
    engine: Callable[[], AbstractContextManager[Engine]]
    incremental: bool


def check(month: str, dry_run: bool) -> None:
    """Options that only one county has.

    Raises:
        KcbxError: one of them was given.
    """
    if month or dry_run:
        raise KcbxError(
            "--by-county 不能和 --month、--dry-run 一起用", "用 --registry、--households、--as-of 和 --out。", "usage"
        )


def check_alone(incremental: bool) -> None:
    """An option that one county does not have.

    Raises:
        KcbxError: it was given.
    """
    if incremental:
        raise KcbxError("--incremental 只能和 --by-county 一起用", "去掉 --incremental,或加上 --by-county。", "usage")


def run(wanted: Wanted, *, as_json: bool, quiet: bool) -> int:
    """The counties told apart, their settings loaded, the run done and shown; its exit code.

    Raises:
        KcbxError: an option is missing, or not one county could be done.
    """
    from kcbx_cli import counties, province
    from kcbx_cli.asked import lists_of
    from kcbx_cli.using import entered

    lists = lists_of(wanted.lists, wanted.as_of, "", wanted.passwords)
    out = wanted.places.out
    if out is None:
        raise KcbxError("缺少 --out", "用法见 kcbx reconcile --help。", "usage")
    ledgers = wanted.places.ledger or out.absolute().parent / LEDGERS
    if out.absolute() in (ledgers.absolute(), *ledgers.absolute().parents):
        raise KcbxError(
            "台账不能放在结果文件夹里:结果文件夹每次都整个替换", "请把 --ledger 指到别处的一个文件夹。", "usage"
        )
    found, aside = counties.split(lists.paths, ledgers, out)
    settings = {county.key: _settings(wanted, county) for county in found}
    enter = partial(entered, changes=True)
    with console.progress(quiet=quiet or as_json) as progress, wanted.engine() as engine:
        how = (engine, enter, wanted.incremental)
        asked = province.Province(found, aside, lists.as_of, out, ledgers, lists.passwords, *how)
        result = province.reconcile(asked, settings, progress)
    console.show(result, as_json=as_json, quiet=quiet)
    return result.exit_code


def _settings(wanted: Wanted, county: County) -> Chosen | KcbxError:
    """The settings of one county and how it is written, or why they cannot be used."""
    import os

    from kcbx_cli import configuration, credentials, pipeline
    from kcbx_cli.counties import title_of
    from kcbx_cli.settings import County as Named

    try:
        config = _config(wanted.config, county)
        settings = configuration.load(config, os.environ, wanted.overriding)
        if (
            config == wanted.config or not settings.county.name
        ):  # for all counties, and no county is called like another
            named = dict.fromkeys(("county.name", "county.code"), "file name")
            called = Named(title_of(county.name), county.code)
            settings = replace(settings, county=called, sources={**settings.sources, **named})
        return settings, pipeline.Manner(False, credentials.recipients(settings))
    except KcbxError as error:
        return error


def _config(given: Path | None, county: County) -> Path | None:
    """The file with a county's settings: the one for all, or its own in the folder, if it has one.

    Raises:
        KcbxError: the folder has several of this county.
    """
    from kcbx_cli.counties import key_of

    if given is None or not given.is_dir():
        return given
    own = [path for path in sorted(given.glob("*.toml")) if key_of(path.stem) == county.key]
    if len(own) > 1:
        names = "、".join(f"「{path.name}」" for path in own)
        raise KcbxError(f"{names}都是这个县的配置文件,不知道用哪个", "请只留下一个,再运行一次。", "bad_setting")
    return own[0] if own else None
