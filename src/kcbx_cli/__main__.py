"""`python -m kcbx_cli` and the `kcbx` command."""

from __future__ import annotations


def main() -> None:
    """Runs kcbx and exits with its code."""
    from kcbx_cli import console, lastword
    from kcbx_cli.app import run

    console.prepare()
    lastword.leave_no_image()
    try:
        code = run()
    except BaseException:  # not one word of it can be told safely, and it must not look like a run that has finished
        code = 2
    raise SystemExit(code)


if __name__ == "__main__":
    main()
