"""The offline installer: built from the lock, installed in an empty home with no index, and the main job run from it."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PYTHON = ".".join(map(str, sys.version_info[:2]))
sys.path.insert(0, str(ROOT / "scripts"))


def test_the_install_scripts_suit_their_systems(tmp_path):
    import build_bundle

    for system in build_bundle.PLATFORMS.values():
        text = (build_bundle.TEMPLATES / f"install-{system.name}").read_text("utf-8")
        build_bundle.write(tmp_path / system.script, text, "3.12", system.encoding, system.line)
    batch = (tmp_path / "安装-Windows.bat").read_bytes()
    assert batch.startswith(b"@echo off\r\nchcp 936") and b"\n" not in batch.replace(b"\r\n", b"")
    assert "请先安装 Python 3.12" in batch.decode("gb18030"), "code page 936 shows it"
    assert b"--no-index --require-hashes" in batch and b"packages-windows.txt" in batch
    if shutil.which("sh"):
        subprocess.run(["sh", "-n", str(tmp_path / "安装-Linux.sh")], check=True)


@pytest.fixture(scope="module")
def bundle(tmp_path_factory):
    pytest.importorskip("uv")
    pytest.importorskip("cyclonedx_py")
    out = tmp_path_factory.mktemp("bundle")
    subprocess.run(
        [sys.executable, ROOT / "scripts" / "build_bundle.py", "--out", out, "--python", PYTHON], check=True, cwd=ROOT
    )
    (folder,) = out.iterdir()
    return folder


def install(bundle, home, **more):
    """Runs the install script with nothing of this environment but Python itself."""
    tools = home / "tools"
    tools.mkdir(parents=True)
    (tools / f"python{PYTHON}").symlink_to(sys.executable)
    env = {"HOME": str(home), "PATH": f"{tools}:/usr/bin:/bin", "PIP_CONFIG_FILE": os.devnull, "LANG": "C.UTF-8",
           "PIP_INDEX_URL": "file:///nowhere", "no_proxy": "*"}  # fmt: skip
    return subprocess.run(
        ["sh", str(bundle / "安装-Linux.sh")], env=env, capture_output=True, text=True, cwd=home, **more
    )


@pytest.mark.heavy
def test_it_is_installed_without_a_network_and_does_the_main_job(bundle, tmp_path):
    done = install(bundle, tmp_path)
    assert done.returncode == 0, done.stderr
    kcbx = str(tmp_path / ".local" / "bin" / "kcbx")
    subprocess.run([kcbx, "sample", "县", "--scale", "0.02"], check=True, cwd=tmp_path)
    ran = subprocess.run(
        [kcbx, "reconcile", "--registry", "县/学籍", "--households", "县/低收入", "--as-of", "2021-10-31", "--out", "结果"],
        cwd=tmp_path, capture_output=True, text=True,
    )  # fmt: skip
    assert ran.returncode in (0, 1), ran.stderr
    assert (tmp_path / "结果" / "疑似辍学学生名单.xlsx").exists()
    doctor = subprocess.run([kcbx, "doctor", "--json"], cwd=tmp_path, capture_output=True, text=True)
    assert '"name": "libraries", "state": "good"' in doctor.stdout
    (tmp_path / "密码.txt").write_text("一个长长的密码\n", "utf-8")
    subprocess.run([kcbx, "ledger", "encrypt", "--key-file", "密码.txt"], check=True, cwd=tmp_path)
    assert not (tmp_path / "kcbx-ledger.db").read_bytes().startswith(b"SQLite"), (
        "the extra is there without a network too"
    )


@pytest.mark.heavy
def test_a_wheel_that_was_changed_on_the_way_is_not_installed(bundle, tmp_path):
    copy = tmp_path / "包"
    shutil.copytree(bundle, copy)
    wheel = next((copy / "wheels" / "linux").glob("rapidfuzz-*.whl"))
    body = bytearray(wheel.read_bytes())
    body[len(body) // 2] ^= 1
    wheel.write_bytes(body)
    done = install(copy, tmp_path / "家")
    assert done.returncode == 1 and "没有复制完整" in done.stderr


@pytest.mark.heavy
def test_every_package_has_a_wheel_for_windows(bundle):
    lines = (bundle / "packages-windows.txt").read_text("utf-8").splitlines()
    wheels = {hashlib.sha256(p.read_bytes()).hexdigest(): p.name for p in (bundle / "wheels").rglob("*.whl")}
    for line in lines:
        name = wheels[line.rpartition("sha256:")[2]]
        assert name.endswith(("win_amd64.whl", "-any.whl")), name
    assert any(line.startswith("tzdata==") for line in lines), "what only Windows needs is there"
    named = {re.sub("[-_.]+", "-", line.partition("==")[0]) for line in lines}
    assert {"sqlcipher3", "keyring"} <= named and not {"pyspark", "py4j", "pytest", "matplotlib"} & named
    told = {c["name"] for c in json.loads((bundle / "kcbx.cdx.json").read_bytes())["components"]}
    assert named - {"kcbx-cli"} <= told, "the bill of materials lists all that is in the folder"
    for line in (bundle / "SHA256SUMS").read_text("utf-8").splitlines():
        sha, path = line.split("  ")
        assert hashlib.sha256((bundle / path).read_bytes()).hexdigest() == sha
