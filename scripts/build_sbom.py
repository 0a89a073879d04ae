"""dist/kcbx.cdx.json: a software bill of materials (CycloneDX) of kcbx with its extras, pinned as in the lock file."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements" / "lock.txt"
EXTRAS = ("cipher", "keyring")


def main() -> int:
    """Writes it and says where."""
    target = ROOT / "dist" / "kcbx.cdx.json"
    target.parent.mkdir(exist_ok=True)
    build_sbom(target)
    print(f"wrote {target.relative_to(ROOT)}")
    return 0


def build_sbom(target: Path) -> None:
    """Resolves the run-time packages to the lock file's versions and lists them."""
    with tempfile.TemporaryDirectory() as folder:
        needed = Path(folder, "requirements.txt")
        extras = [word for extra in EXTRAS for word in ("--extra", extra)]
        _run(
            "uv", "pip", "compile", "-q", "--universal", "--python-version", "3.11", "--generate-hashes", "--no-header",
            "--no-annotate", "--no-emit-index-url", "--constraint", _pins(Path(folder)), *extras, "-o", str(needed),
            str(ROOT / "pyproject.toml"),
        )  # fmt: skip
        _run(
            "cyclonedx_py", "requirements", str(needed), "--pyproject", str(ROOT / "pyproject.toml"),
            "--output-reproducible", "--of", "JSON", "-o", str(target),
        )  # fmt: skip


def _pins(folder: Path) -> str:
    """The lock file's versions without their digests, as constraints."""
    pins = Path(folder, "pins.txt")
    lines = LOCK.read_text("utf-8").splitlines()
    pins.write_text("\n".join(line.removesuffix(" \\") for line in lines if line[:1].isalnum()) + "\n", "utf-8")
    return str(pins)


def _run(module: str, *arguments: str) -> None:
    subprocess.run([sys.executable, "-W", "ignore", "-m", module, *arguments], check=True)


if __name__ == "__main__":
    raise SystemExit(main())
