"""Builds the offline installer: one folder with everything that a computer without a network needs, but Python itself.

Usage: python scripts/build_bundle.py [--out dist] [--python 3.12] [--platform windows --platform linux]

The versions and digests are those of requirements/lock.txt; each wheel is checked against them here, and again by pip
when it is installed. The extras that a workspace may need (an encrypted ledger, the keyring) are in it, and so is the
software bill of materials. Needs a network (or a mirror that pip is set up for) where it is built, none where it is installed.
"""

from __future__ import annotations

import argparse
import hashlib
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from build_sbom import EXTRAS, build_sbom

ROOT = Path(__file__).resolve().parent.parent
TEMPLATES = ROOT / "scripts" / "bundle"


@dataclass(frozen=True)
class Platform:
    """A system: what uv and pip call it, and its install script with the encoding and line ends that it needs."""

    name: str
    uv: str
    tags: tuple[str, ...]
    script: str
    encoding: str
    line: str


#: pip takes only the tags that are named, so every manylinux that this one includes is.
_MANYLINUX = (*(f"manylinux_2_{n}_x86_64" for n in range(34, 4, -1)), "manylinux2014_x86_64", "manylinux2010_x86_64")
PLATFORMS = {
    "windows": Platform("windows", "x86_64-pc-windows-msvc", ("win_amd64",), "安装-Windows.bat", "gb18030", "\r\n"),
    "linux": Platform("linux", "x86_64-manylinux_2_34", _MANYLINUX, "安装-Linux.sh", "utf-8", "\n"),
}


def main() -> int:
    """Builds the folder and says where it is."""
    options = argparse.ArgumentParser()
    options.add_argument("--out", type=Path, default=ROOT / "dist")
    options.add_argument("--python", default="3.12")
    options.add_argument("--platform", action="append", choices=sorted(PLATFORMS))
    asked = options.parse_args()
    own = build_wheel(ROOT / "build" / "wheel")
    folder = asked.out / f"kcbx-offline-{own.name.split('-')[1]}"
    if folder.exists():
        shutil.rmtree(folder)
    (folder / "wheels").mkdir(parents=True)
    shutil.copy(own, folder / "wheels")
    for name in asked.platform or sorted(PLATFORMS):
        add(PLATFORMS[name], asked.python, own, folder)
    write(folder / "请先看我.txt", (TEMPLATES / "readme.txt").read_text("utf-8"), asked.python, "utf-8-sig", "\r\n")
    for licence in ("LICENSE", "NOTICE"):
        shutil.copy(ROOT / licence, folder)
    build_sbom(folder / "kcbx.cdx.json")
    sums = [f"{digest(p)}  {p.relative_to(folder).as_posix()}" for p in sorted(folder.rglob("*")) if p.is_file()]
    (folder / "SHA256SUMS").write_text("\n".join(sums) + "\n", "utf-8")
    size = sum(p.stat().st_size for p in folder.rglob("*") if p.is_file()) >> 20
    print(f"{folder} ({len(sums)} files, {size} MB)")
    return 0


def build_wheel(folder: Path) -> Path:
    """kcbx itself."""
    shutil.rmtree(folder, ignore_errors=True)
    pip("wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", str(folder), str(ROOT))
    (wheel,) = folder.glob("kcbx_cli-*.whl")
    return wheel


def add(system: Platform, python: str, own: Path, folder: Path) -> None:
    """The wheels of one system, with the list by which pip installs and checks them, and the script that calls it."""
    pinned = needed(system, python)
    names = folder / f"packages-{system.name}.txt"
    names.write_text("\n".join(pinned) + "\n", "utf-8")
    wheels = folder / "wheels" / system.name
    pip(
        "download", "--no-deps", "--only-binary=:all:", "--implementation", "cp", "--python-version", python,
        *(f"--platform={tag}" for tag in system.tags), "--dest", str(wheels), "--requirement", str(names),
    )  # fmt: skip
    allowed = locked_digests()
    lines = [f"kcbx-cli=={own.name.split('-')[1]} --hash=sha256:{digest(own)}"]
    for wheel in sorted(wheels.iterdir()):
        found = digest(wheel)
        if found not in allowed:
            raise SystemExit(f"{wheel.name} is not the wheel that requirements/lock.txt names")
        name, version = wheel.name.split("-")[:2]
        lines.append(f"{name.replace('_', '-')}=={version} --hash=sha256:{found}")
    if len(lines) != len(pinned) + 1:
        raise SystemExit(f"{system.name}: {len(pinned)} packages, but {len(lines) - 1} wheels")
    names.write_text("\n".join(lines) + "\n", "utf-8")
    script = folder / system.script
    write(script, (TEMPLATES / f"install-{system.name}").read_text("utf-8"), python, system.encoding, system.line)
    script.chmod(0o755)


def needed(system: Platform, python: str) -> list[str]:
    """The packages that kcbx needs on this system, at the locked versions. uv knows its markers, pip only our own."""
    locked = re.sub(
        r"(?m)^ +--hash.*\n?| \\$|\[[a-z0-9,_-]+\](?===)", "", (ROOT / "requirements" / "lock.txt").read_text("utf-8")
    )
    constraints = ROOT / "build" / "constraints.txt"
    constraints.parent.mkdir(exist_ok=True)
    constraints.write_text(locked, "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "uv", "pip", "compile", "--quiet", "--no-header", "--no-annotate", "--python-version", python,
         "--python-platform", system.uv, "--constraint", str(constraints), *(f"--extra={extra}" for extra in EXTRAS),
         str(ROOT / "pyproject.toml")],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    return [line.strip() for line in done.stdout.splitlines() if "==" in line and not line.startswith("-")]


def locked_digests() -> set[str]:
    """Every digest of requirements/lock.txt."""
    return set(re.findall(r"--hash=sha256:([0-9a-f]{64})", (ROOT / "requirements" / "lock.txt").read_text("utf-8")))


def pip(*arguments: str) -> None:
    """Runs pip of this environment."""
    subprocess.run([sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", *arguments], check=True)


def write(path: Path, text: str, python: str, encoding: str, line: str) -> None:
    """A text with the version of Python filled in, in the encoding and with the line ends of its system."""
    path.write_bytes(text.replace("@PYTHON@", python).replace("\n", line).encode(encoding))


def digest(path: Path) -> str:
    """SHA-256, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


if __name__ == "__main__":
    raise SystemExit(main())
