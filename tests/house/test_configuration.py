"""kcbx.toml: what it says is what a run uses, and a slip in it is named."""

import pytest

from kcbx_cli import configuration, credentials
from kcbx_cli.errors import KcbxError
from kcbx_cli.settings import Settings, Township, plain


def written(tmp_path, text, encoding="utf-8"):
    path = tmp_path / "kcbx.toml"
    path.write_bytes(text.encode(encoding))
    return path


def test_the_template_says_exactly_the_defaults(tmp_path):
    path = written(tmp_path, configuration.template(Settings()))
    loaded = configuration.load(path, {})
    assert {k: v["value"] for k, v in plain(loaded).items()} == {k: v["value"] for k, v in plain(Settings()).items()}


def test_the_template_keeps_townships(tmp_path):
    county = Settings(townships=(Township("500229001", "葛城街道", ("葛城镇",)), Township("", '引"号乡')))
    assert configuration.load(written(tmp_path, configuration.template(county)), {}).townships == county.townships


def test_every_setting_is_explained():
    for line in configuration.template(Settings()).splitlines():
        assert "None" not in line


def test_precedence_and_sources(tmp_path):
    path = written(tmp_path, '[county]\nname = "甲县"\ncode = "999999"\n[school_age]\nfirst_age = 7\n')
    settings = configuration.load(
        path, {"KCBX_COUNTY__NAME": "乙县", "KCBX_SCHOOL_AGE__FIRST_AGE": "6", "OTHER": "x"}, {"county.name": "丙县"}
    )
    assert (settings.county.name, settings.county.code, settings.school_age.first_age) == ("丙县", "999999", 6)
    told = plain(settings)
    assert told["county.name"]["source"] == "option"
    assert told["county.code"]["source"] == "kcbx.toml"
    assert told["school_age.first_age"]["source"] == "KCBX_SCHOOL_AGE__FIRST_AGE"
    assert told["papers.months"]["source"] == "default"


def test_no_file_means_defaults(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert configuration.load(None, {}) == Settings()


def test_a_file_with_a_byte_order_mark_as_notepad_writes_it(tmp_path):
    path = written(tmp_path, '[county]\nname = "甲县"\n', "utf-8-sig")
    assert configuration.load(path, {}).county.name == "甲县"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[school_age]\nfirst_aeg = 6\n", "first_age"),
        ("[shool_age]\nfirst_age = 6\n", "school_age"),
        ("[school_age]\nfirst_age = '六'\n", "整数"),
        ("[school_age]\nfirst_age = true\n", "整数"),
        ("[school_age]\nfirst_age = 40\n", "范围"),
        ("[school_age]\ncutoff = '13-01'\n", "范围"),
        ("[status]\nleft = '毕业'\n", "一列文字"),
        ("[status]\nattending = ['在读', '02']\n", "02"),
        ("[county\n", "TOML"),
        ("county = 3\n", "[county]"),
        ("[[townships]]\ncode = '1'\n", "name"),
        ("[[townships]]\nname = '甲'\n[[townships]]\nname = '甲'\n", "相同"),
    ],
)
def test_a_slip_is_named(tmp_path, text, says):
    with pytest.raises(KcbxError) as caught:
        configuration.load(written(tmp_path, text), {})
    assert caught.value.code == "bad_setting"
    assert says in caught.value.message + caught.value.hint


def test_a_variable_that_names_no_setting_is_refused():
    for variable in ("KCBX_COUNTY__NAM", "KCBX_COUNTY_NAME"):
        with pytest.raises(KcbxError, match="没有"):
            configuration.load(None, {variable: "x"})


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(KcbxError, match="没有.toml"):
        configuration.load(tmp_path / "没有.toml", {})


def test_passwords_come_from_a_file_or_the_environment(tmp_path):
    path = tmp_path / "密码.txt"
    path.write_text("一\n\n二\n", "utf-8")
    assert credentials.passwords(path, {"KCBX_PASSWORD": "零"}) == ("零", "一", "二")
    assert credentials.passwords(None, {}) == ()
    with pytest.raises(KcbxError, match="密码文件"):
        credentials.passwords(tmp_path / "无", {})


def test_the_examples_in_the_template_are_valid(tmp_path):
    text = configuration.template(Settings())
    examples = text[text.index("# [[townships]]") :].replace("# ", "", 1)
    lines = [line.removeprefix("# ") for line in examples.splitlines() if not line.startswith("# 新的导出格式")]
    loaded = configuration.load(written(tmp_path, "\n".join(lines)), {})
    assert loaded.townships and loaded.layouts


def test_a_county_has_its_own_dispositions(tmp_path):
    text = '[[dispositions]]\nlabel = "在校"\nevidence = true\nmonths = 6\ncloses = true\n[[dispositions]]\nlabel = "找不到"\n'
    settings = configuration.load(written(tmp_path, text), {})
    assert [(d.label, d.evidence, d.months, d.closes) for d in settings.dispositions] == [
        ("在校", True, 6, True), ("找不到", False, 0, False),
    ]  # fmt: skip
    assert plain(settings)["dispositions"] == {"value": ["在校", "找不到"], "source": "kcbx.toml"}
    assert (
        configuration.load(written(tmp_path, configuration.template(settings)), {}).dispositions
        == settings.dispositions
    )


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("dispositions = 3\n", "dispositions"),
        ("[[dispositions]]\nmonths = 3\n", "label"),
        ('[[dispositions]]\nlabel = "甲"\nmonths = -1\n', "months"),
        ('[[dispositions]]\nlabel = "甲"\nclose = true\n', "closes"),
        ('[[dispositions]]\nlabel = "甲"\n[[dispositions]]\nlabel = "甲"\n', "同名"),
        ('[[dispositions]]\nlabel = "甲"\naction = "没有这一项"\n', "dispositions"),
        ("[visits]\nstages = []\n", "stages"),
    ],
)
def test_a_slip_in_the_dispositions_is_named(tmp_path, text, says):
    with pytest.raises(KcbxError) as error:
        configuration.load(written(tmp_path, text), {})
    assert says in error.value.message + error.value.hint
