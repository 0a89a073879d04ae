"""The examples for cron, systemd and Windows: well-formed, hardened, and every command in them is one that kcbx takes."""

from __future__ import annotations

import configparser
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
import typer
from lxml import etree

from kcbx_cli import app

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
SPACE = "{http://schemas.microsoft.com/windows/2004/02/mit/task}"
_DOCS = ("docs/unattended.zh-CN.md",)


def check(arguments):
    """Parses a command line as kcbx does, without running it."""
    command = typer.main.get_command(app.app)
    words = list(arguments)
    while words[0].startswith("--log-"):
        words = words[2:]
    while hasattr(command, "commands"):
        command = command.commands[words.pop(0)]
    command.make_context("kcbx", words)


def unit(path):
    parser = configparser.ConfigParser(interpolation=None, strict=False, delimiters=("=",))
    parser.optionxform = str
    parser.read_string(path.read_text("utf-8"))
    return parser


def test_cron_lines_are_cron_lines():
    jobs = [line for line in (EXAMPLES / "crontab").read_text("utf-8").splitlines() if line[:1] in "*0123456789"]
    assert len(jobs) == 3
    for job in jobs:
        *when, what = job.split(maxsplit=5)
        assert all(re.fullmatch(r"[\d*/,-]+", field) for field in when)
        assert "%" not in what, "cron makes a line break of it"
        folder, _, command = what.partition(" && ")
        assert folder.startswith("cd ")
        assert shlex.split(command)[0] == "kcbx"
        check(shlex.split(command)[1:])


@pytest.mark.parametrize("path", sorted((EXAMPLES / "systemd").glob("*.service")), ids=lambda p: p.name)
def test_services_are_hardened(path):
    service = unit(path)["Service"]
    program, *arguments = shlex.split(service["ExecStart"])
    assert program == "/usr/local/bin/kcbx"
    check(arguments)
    for key in (
        "PrivateNetwork",
        "NoNewPrivileges",
        "PrivateTmp",
        "PrivateDevices",
        "ProtectHome",
        "RestrictNamespaces",
    ):
        assert service[key] == "yes", key
    assert (service["ProtectSystem"], service["CapabilityBoundingSet"], service["UMask"]) == ("strict", "", "0077")
    assert service["ReadWritePaths"].split()[0] == service["WorkingDirectory"] == "/srv/kcbx"


def test_the_timer_starts_a_service_that_is_there():
    timer = EXAMPLES / "systemd" / "kcbx-backup.timer"
    assert timer.with_suffix(".service").exists()
    assert re.fullmatch(r"\*-\*-\* \d\d:\d\d:00", unit(timer)["Timer"]["OnCalendar"])


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd here")
def test_systemd_takes_the_units(tmp_path):
    for path in (EXAMPLES / "systemd").iterdir():
        text = path.read_text("utf-8").replace("/usr/local/bin/kcbx", "/bin/true").replace("=kcbx\n", "=root\n")
        (tmp_path / path.name).write_text(text, "utf-8")
    done = subprocess.run(
        ["systemd-analyze", "verify", *map(str, sorted(tmp_path.iterdir()))], capture_output=True, text=True
    )
    assert not [line for line in done.stderr.splitlines() if "kcbx-" in line and "Unknown" in line], done.stderr


@pytest.mark.parametrize("path", sorted((EXAMPLES / "windows").glob("*.xml")), ids=lambda p: p.name)
def test_tasks_are_what_the_task_scheduler_takes(path):
    """The elements stand in the order of its schema (Task Scheduler Schema 1.2), in UTF-16 with a mark."""
    raw = path.read_bytes()
    assert raw.startswith(b"\xff\xfe") and b"\r\0\n\0" in raw
    root = etree.fromstring(raw)
    assert (root.tag, root.get("version")) == (f"{SPACE}Task", "1.2")
    order = [child.tag.removeprefix(SPACE) for child in root]
    assert order == ["RegistrationInfo", "Triggers", "Principals", "Settings", "Actions"]
    trigger = [child.tag.removeprefix(SPACE) for child in root.find(f"{SPACE}Triggers/{SPACE}CalendarTrigger")]
    assert [t for t in trigger if t != "Repetition"] == ["StartBoundary", "Enabled", "ScheduleByDay"]
    assert root.find(f".//{SPACE}RunLevel").text == "LeastPrivilege"
    (action,) = root.find(f"{SPACE}Actions")
    assert [child.tag.removeprefix(SPACE) for child in action] == ["Command", "Arguments", "WorkingDirectory"]
    assert action[0].text.endswith("\\kcbx.exe")
    check(action[1].text.split())
    for duration in root.iter(f"{SPACE}ExecutionTimeLimit", f"{SPACE}Interval", f"{SPACE}Duration"):
        assert re.fullmatch(r"PT\d+[HM]", duration.text)


@pytest.mark.parametrize("page", _DOCS)
def test_commands_and_settings_in_the_guide_are_real(page, tmp_path):
    from kcbx_cli import configuration

    text = (ROOT / page).read_text("utf-8")
    commands = re.findall(r"(?m)^kcbx (.+?)(?:\s{2,}#.*)?$", text)
    assert len(commands) >= 8
    for line in commands:
        check(shlex.split(line))
    for number, block in enumerate(re.findall(r"```toml\n(.*?)```", text, re.S)):
        path = tmp_path / f"{number}.toml"
        path.write_text(block, "utf-8")
        configuration.load(path, {})
    for link in re.findall(r"\]\(([^)#h][^)]*)\)", text):
        assert ((ROOT / page).parent / link).exists(), link
