"""The use log: every way of tampering with it is found, and the place is told."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kcbx_cli import app, uselog
from kcbx_cli.errors import KcbxError
from kcbx_cli.terminal import columns
from kcbx_cli.uselog import Head, append, beside, entries, head_of, verify


@pytest.fixture
def log(tmp_path) -> Path:
    """A log of six entries."""
    path = beside(tmp_path / "kcbx-ledger.db")
    for n in range(6):
        append(path, {"command": "cases show", "event": "finished", "cases": [f"2021-{n:04d}"]})
    return path


def lines(log: Path) -> list[bytes]:
    return log.read_bytes().splitlines(keepends=True)


def test_a_log_that_nobody_touched_is_sound(log):
    assert verify(log) == []
    assert [e["n"] for e in entries(log)] == [1, 2, 3, 4, 5, 6]
    assert json.loads(head_of(log).read_bytes())["n"] == 6


def test_an_entry_is_told_on_one_line_whole(log, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "60")
    given = [
        {"place": place, "rows": 7, "number": f"202110-{place}"} for place in ("城口县第一初级中学", "乙乡", "丙乡")
    ]
    append(log, {"command": "ledger encrypt", "event": "finished", "exports": given})
    assert app.run(["log", "show", "--ledger", str(log.parent / "kcbx-ledger.db")]) == 0
    told = capsys.readouterr().out.splitlines()
    assert len(told) == 8 and told[-1].endswith("  ledger encrypt  完成,城口县第一初级中学(7 人)等 3 份")
    assert max(map(columns, told[:-1])) <= 80


@pytest.mark.skipif(os.name == "nt", reason="modes")
def test_only_the_owner_reads_it(log):
    assert {stat.S_IMODE(p.stat().st_mode) for p in (log, head_of(log))} == {0o600}


def test_a_changed_entry_is_found_on_its_line(log):
    log.write_bytes(log.read_bytes().replace(b"2021-0002", b"2021-0009"))
    assert [(f.line, "改动" in f.sentence) for f in verify(log)] == [(3, True)]


@pytest.mark.parametrize(
    ("order", "line"),
    [((0, 1, 3, 4, 5), 3), ((0, 2, 1, 3, 4, 5), 2), ((1, 2, 3, 4, 5), 1), ((0, 1, 1, 2, 3, 4, 5), 3)],
)
def test_an_entry_that_was_taken_out_moved_or_doubled_is_found(log, order, line):
    every = lines(log)
    log.write_bytes(b"".join(every[i] for i in order))
    assert verify(log)[0].line == line


@pytest.mark.parametrize("left", [0, 1, 5])
def test_a_log_that_was_cut_off_is_found(log, left):
    log.write_bytes(b"".join(lines(log)[:left]))
    (fault,) = verify(log)
    assert fault.line == 0 and "末尾被截去" in fault.sentence


def test_cut_off_with_its_head_is_found_by_the_ledgers_anchor(log):
    sixth = entries(log)[5]
    log.write_bytes(b"".join(lines(log)[:4]))
    head_of(log).unlink()
    assert verify(log) == []
    (fault,) = verify(log, [Head(6, sixth["hash"])])
    assert "台账" in fault.sentence and "第 6 条" in fault.sentence


def test_written_anew_from_the_first_line_is_found_by_the_anchor(log):
    anchor = Head(3, entries(log)[2]["hash"])
    log.unlink()
    for _ in range(6):
        append(log, {"command": "cases show", "event": "finished"})
    assert "改写" in verify(log, [anchor])[0].sentence


def test_an_entry_that_was_resealed_no_longer_joins_the_next(log):
    every = [json.loads(raw) for raw in lines(log)]
    body = {k: v for k, v in every[2].items() if k not in ("hash", "prev")} | {"who": "别人"}
    every[2] = uselog.sealed(body, every[2]["prev"])
    log.write_bytes(b"".join(json.dumps(e, ensure_ascii=False).encode() + b"\n" for e in every))
    assert [f.line for f in verify(log)] == [4]


def test_power_cut_while_writing_leaves_a_log_that_goes_on_and_says_so(log):
    whole = lines(log)
    log.write_bytes(b"".join(whole[:5]) + whole[5][:40])
    assert "没有写完整" in verify(log)[0].sentence
    append(log, {"command": "collect", "event": "began"})
    assert entries(log)[-1]["n"] == 6
    assert verify(log) == []
    log.write_bytes(log.read_bytes().replace(whole[5][:40] + b"\n", whole[5][:39] + b"!\n"))
    assert [f.line for f in verify(log)] == [6]


def test_what_cannot_be_entered_is_not_shown(tmp_path):
    path = tmp_path / "kcbx-ledger.use.jsonl"
    path.mkdir()
    with pytest.raises(KcbxError) as caught:
        append(path, {"command": "cases show", "event": "began"})
    assert caught.value.code == "use_log"


def test_two_at_a_time_keep_one_chain(tmp_path):
    log = beside(tmp_path / "kcbx-ledger.db")
    code = "import sys, pathlib; from kcbx_cli.uselog import append\nfor _ in range(25): append(pathlib.Path(sys.argv[1]), {'event': 'x'})"
    running = [subprocess.Popen([sys.executable, "-c", code, log]) for _ in range(2)]
    assert [p.wait() for p in running] == [0, 0]
    assert verify(log) == [] and len(entries(log)) == 50


@settings(max_examples=40, deadline=None)
@given(st.lists(st.text(max_size=50), min_size=1, max_size=3), st.data())
def test_any_change_of_a_byte_is_found(tmp_path_factory, texts, data):
    log = tmp_path_factory.mktemp("log") / "kcbx-ledger.use.jsonl"
    for text in texts:
        append(log, {"command": text, "event": "finished"})
    content = bytearray(log.read_bytes())
    at = data.draw(st.integers(0, len(content) - 1))
    content[at] ^= data.draw(st.integers(1, 255))
    log.write_bytes(content)
    assert verify(log) or [json.loads(x) for x in bytes(content).splitlines()] == entries(log)
