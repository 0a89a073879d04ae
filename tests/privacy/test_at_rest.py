"""Workbooks behind a password for each recipient, the ledger behind a key; passwords from files or the keyring only."""

from __future__ import annotations

import json
import pickle
import stat
from io import BytesIO
from pathlib import Path

import olefile
import openpyxl
import pytest
from msoffcrypto.method.ecma376_agile import ECMA376Agile
from offices import member, pupil
from returned_sheets import Sheet

from kcbx_cli import app, credentials
from kcbx_cli.errors import KcbxError
from kcbx_cli.ledger import open_ledger
from kcbx_cli.passwords import LEDGER_KEYS, Password, PasswordBook, in_order
from kcbx_cli.read.secret import opened
from kcbx_cli.settings import Security, Settings
from kcbx_cli.write.given import locked

_AS_SHIPPED = ECMA376Agile.encrypt.__defaults__
BOOK = '"县" = "county-secret"\n"甲乡" = "township-secret"\n"乡镇" = "any-township"\n"学校" = "school-secret"\n'


def _lists(office):
    office.registry(pupil("赵在读", "20120305", 101), pupil("孙休学", "20120306", 103, 学生当前状态="辍学"))
    office.households(member("钱失学", "20120307", 105), member("赵在读", "20120305", 101))
    return office


def _sealed(office):
    (office.folder / "密码本.toml").write_text(BOOK, "utf-8")
    assert office.reconcile("--recipients", office.folder / "密码本.toml") == 0, office.stderr
    return office


def _sealed_lists(office):
    return _sealed(_lists(office))


@pytest.fixture
def lists(office):
    return _lists(office)


@pytest.fixture(scope="module", autouse=True)
def quick():
    """Few rounds of hashing; the tests of what protects are the same with many."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ECMA376Agile.encrypt, "__defaults__", (None, 100))
        yield


@pytest.fixture
def sealed(office, begun):
    return begun(office, _sealed_lists)


@pytest.fixture(scope="module")
def handed_out(shared_office):
    """Behind passwords; nobody changes it."""
    return _sealed_lists(shared_office)


def test_a_password_costs_whoever_guesses_a_hundred_thousand_rounds(lists, monkeypatch):
    monkeypatch.setattr(ECMA376Agile.encrypt, "__defaults__", _AS_SHIPPED)
    content = locked((lists.folder / "学籍.xlsx").read_bytes(), "x")
    with olefile.OleFileIO(BytesIO(content)) as package:
        about = package.openstream("EncryptionInfo").read()
    assert b'spinCount="100000"' in about and b'cipherAlgorithm="AES"' in about and b'keyBits="256"' in about


def test_each_recipient_opens_its_own_file_and_no_other(handed_out):
    files = {p.relative_to(handed_out.out).as_posix(): p.read_bytes() for p in handed_out.out.rglob("*.xlsx")}
    assert len(files) > 6
    secrets = {
        "乡镇核查表/甲乡.xlsx": "township-secret",
        "学校核查表/甲乡中心小学.xlsx": "school-secret",
        "学籍质量/甲乡中心小学.xlsx": "school-secret",
    }
    for name, content in files.items():
        mine = secrets.get(name, "any-township" if "未明乡镇" in name else "county-secret")
        openpyxl.load_workbook(BytesIO(opened(content, name, [mine])[0]))
        for other in {"county-secret", "township-secret", "school-secret", "any-township"} - {mine}:
            with pytest.raises(KcbxError, match="密码"):
                opened(content, name, [other])


def test_nothing_readable_is_left_in_the_folder(handed_out):
    for path in handed_out.out.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert not content.startswith(b"PK"), path
            assert "钱失学".encode() not in content and b"secret" not in content


def test_a_second_run_knows_its_own_encrypted_files_and_a_changed_one(sealed):
    assert sealed.reconcile("--recipients", sealed.folder / "密码本.toml") == 0, sealed.stderr
    changed = sealed.out / "乡镇核查表" / "甲乡.xlsx"
    changed.write_bytes(changed.read_bytes() + b"x")
    assert sealed.reconcile("--recipients", sealed.folder / "密码本.toml") == 2
    assert "甲乡.xlsx" in sealed.stderr


def test_filled_in_and_encrypted_again_it_is_collected_with_the_password_book(sealed):
    path = sealed.out / "乡镇核查表" / "甲乡.xlsx"
    plain = sealed.folder / "甲乡.xlsx"
    plain.write_bytes(opened(path.read_bytes(), "x", ["township-secret"])[0])
    sheet = Sheet(plain)
    sheet.fill(sheet.head + 1, 核查结论="在校有学籍", 佐证材料="学籍证明", 核查人="周老师", 核查日期="2021-11-05")
    sheet.save()
    plain.write_bytes(locked(plain.read_bytes(), "township-secret"))
    assert sealed.kcbx("collect", plain) == 1  # no password: told, not taken
    assert sealed.kcbx("collect", plain, "--password-file", sealed.folder / "密码本.toml", "--json") == 0, sealed.stdout
    assert '"findings": 1' in sealed.stdout


def test_what_goes_back_to_its_sender_is_behind_the_password_that_it_came_with(sealed):
    path = sealed.folder / "甲乡.xlsx"
    path.write_bytes(opened((sealed.out / "乡镇核查表" / "甲乡.xlsx").read_bytes(), "x", ["township-secret"])[0])
    sheet = Sheet(path)
    sheet.fill(
        sheet.head + 1, 核查结论="在校有学籍", 核查人="=1/0"
    )  # no evidence, and a formula that was never calculated
    sheet.save()
    path.write_bytes(locked(path.read_bytes(), "township-secret"))
    assert sealed.kcbx("collect", path, "--password-file", sealed.folder / "密码本.toml", "--json") == 1
    codes = {p["code"] for p in json.loads(sealed.stdout)["data"]["problems"]}
    assert "K618" in codes, "a formula is seen behind a password too"
    (back,) = (sealed.folder / "退回").iterdir()
    assert not back.read_bytes().startswith(b"PK") and "钱失学".encode() not in back.read_bytes()
    book = openpyxl.load_workbook(BytesIO(opened(back.read_bytes(), "x", ["township-secret"])[0]))
    assert book.sheetnames[:2] == ["退回说明", "核查表"], "the sender's own workbook, marked"


def test_what_is_written_outside_the_month_is_behind_the_county_s_password_too(sealed):
    (sealed.folder / "kcbx.toml").write_text('[security]\nrecipients = "密码本.toml"\n', "utf-8")
    assert sealed.kcbx("cases", "list", "--out", "个案.xlsx") == 0, sealed.stderr
    assert sealed.kcbx("dossier", "--all", "--out", "档案") == 0, sealed.stderr
    assert sealed.kcbx("report", "--out", "月报") == 0, sealed.stderr
    written = [sealed.folder / "个案.xlsx", *(sealed.folder / "档案").iterdir(), *(sealed.folder / "月报").glob("*.??cx"),
               *(sealed.folder / "月报").glob("*.xlsx")]  # fmt: skip
    assert len(written) >= 4
    for path in written:
        assert opened(path.read_bytes(), path.name, ["county-secret"])[0].startswith(b"PK"), path


def test_a_package_in_a_package_is_told(sealed):
    path = sealed.folder / "套.xlsx"
    book = (sealed.folder / "学籍.xlsx").read_bytes()
    inner = locked(book, "a") + book  # its end is that of an archive, which is all that the library looks at
    path.write_bytes(ECMA376Agile.encrypt("a", BytesIO(inner)))
    (sealed.folder / "密码.txt").write_text("a\n", "utf-8")
    assert sealed.kcbx("inspect", path, "--password-file", sealed.folder / "密码.txt") == 2
    assert "内部错误" not in sealed.stderr and "两重密码" in sealed.stderr


def test_a_recipient_without_a_password_stops_the_run_before_anything_is_written(lists):
    (lists.folder / "密码本.toml").write_text('"县" = "x"\n"学校" = "y"\n', "utf-8")
    assert lists.reconcile("--recipients", lists.folder / "密码本.toml") == 2
    assert "甲乡" in lists.stderr and lists.wrote_nothing()


@pytest.mark.parametrize("text", ["", "葛城 = 1\n", '"甲" = 3\n', '"甲" = ""\n', '"甲" = "TOPSECRET\n'])
def test_a_bad_password_book_is_told_without_its_words(tmp_path, text):
    path = tmp_path / "密码本.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(KcbxError) as caught:
        credentials.recipients(Settings(security=Security(recipients=str(path))))
    assert "TOPSECRET" not in caught.value.message + caught.value.hint


def test_passwords_come_from_the_keyring(monkeypatch):
    keyring = pytest.importorskip("keyring")
    kept = {("kcbx", "县"): "一", ("kcbx", "乡镇"): "二", ("kcbx", "kcbx-ledger.db"): "三"}
    monkeypatch.setattr(keyring, "get_password", lambda service, name: kept.get((service, name)))
    book = credentials.recipients(Settings(security=Security(recipients="keyring")))
    assert (book.of("township", "甲乡", ""), book.of("county", "县", "")) == ("二", "一")
    with pytest.raises(KcbxError, match="学校"):
        book.of("school", "甲校", "")
    with pytest.raises(KcbxError) as told:
        PasswordBook({"葛城街道": "x"}).of("county", "县", "")
    assert (told.value.message + told.value.hint).count("「县」") == told.value.hint.count('"县"') == 1
    assert credentials.ledger_key(Path("kcbx-ledger.db"), "keyring", {}) == "三"


def test_a_password_shows_itself_to_nobody_and_survives_another_process():
    one = Password("TOPSECRET", "甲乡")
    back = pickle.loads(pickle.dumps(one))
    assert (back, back.of) == ("TOPSECRET", "甲乡")
    assert "TOPSECRET" not in repr(one) + repr([one]) + repr(PasswordBook({"甲乡": one}))
    assert in_order([Password("a", "乙乡"), one, "b", "a"], "500229001_甲乡.xlsx") == ["TOPSECRET", "a", "b"]


# -- the ledger --------------------------------------------------------------------------------------------------------


@pytest.fixture
def cipher():
    return pytest.importorskip("sqlcipher3")


@pytest.fixture
def key(lists, monkeypatch):
    path = lists.folder / "钥匙.txt"
    path.write_text("it's a 'long' key 密\n", "utf-8")
    monkeypatch.setenv(credentials.LEDGER_KEY, str(path))
    return path


def test_a_new_ledger_is_encrypted_when_a_key_is_named(cipher, lists, key):
    assert lists.reconcile() == 0, lists.stderr
    ledger = lists.folder / "kcbx-ledger.db"
    assert not ledger.read_bytes().startswith(b"SQLite format 3")
    assert "钱失学".encode() not in ledger.read_bytes()
    assert stat.S_IMODE(ledger.stat().st_mode) == 0o600
    assert lists.kcbx("cases", "list") == 0 and "2021-0001" in lists.stdout
    assert lists.reconcile() == 0  # the same month again
    assert lists.kcbx("log", "verify") == 0


def test_a_wrong_key_and_no_key_are_told_and_change_nothing(cipher, lists, key, monkeypatch):
    assert lists.reconcile() == 0
    ledger = lists.folder / "kcbx-ledger.db"
    before = ledger.read_bytes()
    key.write_text("wrong", "utf-8")
    assert lists.kcbx("cases", "list") == 2 and "密码不对" in lists.stderr
    assert lists.reconcile() == 2 and "密码不对" in lists.stderr
    assert "wrong" not in lists.stderr
    monkeypatch.delenv(credentials.LEDGER_KEY)
    assert lists.kcbx("cases", "list") == 2 and "没有给出密码" in lists.stderr
    assert ledger.read_bytes() == before


def test_a_plain_ledger_is_converted_there_and_back(cipher, lists, tmp_path):
    assert lists.reconcile() == 0
    ledger, key = lists.folder / "kcbx-ledger.db", lists.folder / "k"
    with open_ledger(ledger, readonly=True) as book:
        before = [book._connection.execute(f"SELECT * FROM {t}").fetchall() for t in ("events", "identities", "runs")]
    key.write_text("一把钥匙", "utf-8")
    (lists.folder / "kcbx.toml").write_text(f'[security]\nledger_key = "{key}"\n', "utf-8")
    assert lists.kcbx("ledger", "encrypt", "--key-file", key) == 0, lists.stderr
    assert not ledger.read_bytes().startswith(b"SQLite")
    assert lists.kcbx("cases", "show", "2021-0001") == 0
    (lists.folder / "k2").write_text("另一把", "utf-8")
    assert lists.kcbx("ledger", "encrypt", "--key-file", lists.folder / "k2") == 0, lists.stderr
    assert lists.kcbx("cases", "list") == 2
    key.write_text("另一把", "utf-8")
    assert lists.kcbx("ledger", "decrypt") == 0, lists.stderr
    with open_ledger(ledger, readonly=True) as book:
        after = [book._connection.execute(f"SELECT * FROM {t}").fetchall() for t in ("events", "identities", "runs")]
        assert book.check() == [] and book._connection.execute("PRAGMA user_version").fetchone()[0] >= 4
    assert after == before
    assert not [p for p in lists.folder.iterdir() if p.name.startswith(".kcbx-")]


def test_without_the_extra_it_is_said_what_to_install(lists, key, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "sqlcipher3", None)
    assert lists.reconcile() == 2
    assert "kcbx-cli[cipher]" in lists.stderr
    assert not (lists.folder / "kcbx-ledger.db").exists() or not (lists.folder / "kcbx-ledger.db").stat().st_size


def test_the_command_line_takes_no_password():
    import typer.main

    from kcbx_cli import app as whole

    def options(command):
        for parameter in command.params:
            yield from parameter.opts
        for sub in getattr(command, "commands", {}).values():
            yield from options(sub)

    named = {o for o in options(typer.main.get_command(whole.app)) if "password" in o or "key" in o}
    assert named == {"--password-file", "--key-file"}


def test_the_key_is_forgotten_between_runs(lists):
    LEDGER_KEYS.set(lambda _: "left over")
    app.run(["--version"])
    assert LEDGER_KEYS.get()(lists.folder / "kcbx-ledger.db") == ""
