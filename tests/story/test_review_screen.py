"""`kcbx review`: one pair a screen, keys alone, remembered at once, the estimate only after the answer."""

from __future__ import annotations

import contextlib
import os
import select
import sys
from dataclasses import replace

import pytest
from offices import pupil

from kcbx_cli import screen, terminal
from kcbx_cli.collecting import questions
from kcbx_cli.ledger import open_ledger
from kcbx_cli.settings import Settings

HEADER = ["乡", "户编号", "姓名", "性别", "出生日期", "与户主关系", "在校生状况"]
CHILDREN = (("李雪梅", "20130101"), ("赵雪莲", "20140202"), ("孙雪松", "20120303"))


def _doubtful(office):
    office.registry(*[pupil(n, b, s, 性别="女", 学校名称=f"{s}校") for n, b in CHILDREN for s in (2, 4)])
    rows = [
        {
            "乡": "甲乡",
            "户编号": f"99{b}",
            "姓名": n,
            "性别": "女",
            "出生日期": b,
            "与户主关系": "之女",
            "在校生状况": "小学",
        }
        for n, b in CHILDREN
    ]
    office.workbook("脱贫户.xlsx", HEADER, rows)
    assert office.reconcile() == 0
    assert [v["verdict"] for v in office.verdicts()] == ["review"] * 3


@pytest.fixture
def doubtful(office, begun):
    """Three listed children without a number, each with two pupils of that name and birth date."""
    return begun(office, _doubtful)


def answers(office):
    with open_ledger(office.folder / "kcbx-ledger.db", readonly=True) as book:
        return book.answers()["same"].tolist()


def in_terminal(office, keys):
    """Runs kcbx review in a terminal of its own and presses these keys; returns exit code and all that was shown."""
    import pty

    pid, terminal = pty.fork()
    if not pid:
        os.chdir(office.folder)
        os.execv(sys.executable, [sys.executable, "-m", "kcbx_cli", "review", "结果"])
    waits = dict.fromkeys("ynu", "u 不确定") | {".": "继续,q 退出", "q": "u 不确定   q 退出"}
    shown, seen = b"", 0
    for key in keys:
        while waits[key] not in shown[seen:].decode("utf-8", "ignore"):
            assert select.select([terminal], [], [], 20)[0], shown.decode("utf-8", "replace")
            shown += os.read(terminal, 4096)
        seen = len(shown)
        os.write(terminal, key.encode())
    with contextlib.suppress(OSError):
        while part := os.read(terminal, 4096):
            shown += part
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), shown.decode()


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
def test_answers_are_kept_and_the_rest_is_asked_next_time(doubtful):
    code, shown = in_terminal(doubtful, "y.q")
    assert (code, answers(doubtful)) == (0, ["yes"])
    first, _, after = shown.partition("记下:是同一个孩子")
    assert "第 1 对,共 3 对" in first and "程序的估计" not in first and "程序的估计" in after
    left_behind = shown[shown.rindex("\x1b[?1049l") :]
    assert "还剩 2 对" in left_behind and not [n for n, _ in CHILDREN if n in left_behind]
    code, shown = in_terminal(doubtful, "n.n.")
    assert code == 0 and "第 1 对,共 2 对" in shown
    assert sorted(answers(doubtful)) == ["no", "no", "yes"]


def test_unsure_is_not_kept_other_keys_do_nothing_and_q_stops(doubtful):
    pairs, _ = questions.questions(questions.where(doubtful.out), doubtful.folder / "kcbx-ledger.db", Settings(), ())
    pressed, kept, shown = iter("xu Y.q"), [], []
    counts = screen.ask(pairs, lambda: next(pressed), shown.append, lambda p, a: kept.append((p, a)))
    assert counts == {"yes": 1, "no": 0, "unsure": 1}
    assert kept == [(pairs[1], "yes")]
    assert "≠" not in shown[0].splitlines()[3] and "李雪梅" in "".join(shown)


def test_numbers_and_dates_stay_whole_and_nothing_is_wider_than_80_columns(doubtful):
    (pair, *_), _ = questions.questions(
        questions.where(doubtful.out), doubtful.folder / "kcbx-ledger.db", Settings(), ()
    )
    number, home = "99999920130101002X", "甲乡第一村第二组三四五六七八号院" * 2
    pair = replace(
        pair, rows=(("证件", number, number), ("家庭", f"父亲:李大山{number}", home)), sentence="身份证号一致、" * 9
    )
    shown = screen.question(pair, 1, 1) + screen.verdict(pair, "yes")
    assert shown.count(number) == 3
    assert max(map(terminal.columns, shown.splitlines())) <= 80


@pytest.mark.parametrize(
    ("probability", "told"), [(0.9996, "99.96%"), (0.99999, "99.99% 以上"), (0.5, "50%"), (0.00001, "0.01% 以下")]
)
def test_the_estimate_never_claims_certainty(doubtful, probability, told):
    (pair, *_), _ = questions.questions(
        questions.where(doubtful.out), doubtful.folder / "kcbx-ledger.db", Settings(), ()
    )
    assert f"程序的估计:{told}。" in screen.verdict(replace(pair, probability=probability), "no")


def test_without_a_terminal_it_says_so(doubtful):
    assert doubtful.kcbx("review", doubtful.out) == 2
    assert "终端" in doubtful.stderr and not [n for n, _ in CHILDREN if n in doubtful.stdout + doubtful.stderr]


@pytest.mark.parametrize("name", ["数据问题.xlsx", "没有.xlsx"])
def test_another_workbook(doubtful, name):
    assert doubtful.kcbx("review", doubtful.out / name) == 2
    assert name in doubtful.stderr


def test_nothing_to_ask_needs_no_terminal(doubtful):
    ledger = doubtful.folder / "kcbx-ledger.db"
    for pair in questions.questions(doubtful.out / questions.NAME, ledger, Settings(), ())[0]:
        questions.remember(ledger, pair, "no")
    assert doubtful.kcbx("review", doubtful.out) == 0
    assert "以前判断过 3 对" in doubtful.stdout
