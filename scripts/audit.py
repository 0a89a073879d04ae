"""Asks the vulnerability service about every package of the lock file; where it cannot be reached, says so plainly.

Exit code: 0 nothing known, or skipped; 1 a known weakness.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

LOCK = Path(__file__).resolve().parent.parent / "requirements" / "lock.txt"


def main() -> int:
    """Runs pip-audit on the lock file."""
    command = [
        sys.executable, "-m", "pip_audit", "--disable-pip", "--no-deps", "--progress-spinner", "off", "-f", "json", "-r", str(LOCK),
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    try:
        packages = json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError):
        packages = []
    asked = [package for package in packages if "skip_reason" not in package]
    if not asked:
        print("pip-audit: SKIPPED, the vulnerability service cannot be reached from here; nothing was checked")
        return 0
    for package in asked:
        for weakness in package["vulns"]:
            print(f"{package['name']} {package['version']}: {weakness['id']}, mended in {weakness['fix_versions']}")
    print(f"pip-audit: {len(asked)} of {len(packages)} packages were checked")
    return int(any(package["vulns"] for package in asked))


if __name__ == "__main__":
    raise SystemExit(main())
