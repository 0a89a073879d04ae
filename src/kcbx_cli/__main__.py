"""`python -m kcbx_cli` and the `kcbx` command."""

from __future__ import annotations


def main() -> None:
    """Runs kcbx and exits with its code."""
    from kcbx_cli import console, lastword
    from kcbx_cli.app import run

    console.prepare()
    lastword.leave_no_image()
    raise SystemExit(run())


if __name__ == "__main__":
    main()
