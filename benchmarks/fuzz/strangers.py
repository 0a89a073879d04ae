"""Reads the workbooks of other libraries' test suites, as they are and damaged; none may end in anything but rows or words.

Usage: python benchmarks/fuzz/strangers.py ARCHIVE... [--damaged 20]

An ARCHIVE is a source package (.tar.gz) of a library that ships its tests, such as agate-excel, csvkit, odfpy, pyexcel,
pyexcel-io, pyexcel-ods3, pyexcel-xls or xlwt: `pip download --no-deps --no-binary :all: NAME`.
"""

from __future__ import annotations

import argparse
import random
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from damage import bytes_of, parts_of  # noqa: E402
from run import fuzz  # noqa: E402
from targets import Target, loaded  # noqa: E402

_KINDS = (".xlsx", ".xlsm", ".xls", ".xlsb", ".ods", ".csv", ".tsv", ".htm", ".html", ".et")
_LARGEST = 4 << 20


def workbooks(archive: Path) -> Iterator[tuple[str, bytes]]:
    """The tables in a source package: name and bytes."""
    with tarfile.open(archive) as tar:
        for member in tar:
            if member.isfile() and member.name.lower().endswith(_KINDS) and member.size < _LARGEST:
                file = tar.extractfile(member)
                if file is not None:
                    yield Path(member.name).name, file.read()


def main() -> int:
    """Reads them and prints a line for each package."""
    options = argparse.ArgumentParser()
    options.add_argument("archives", nargs="+", type=Path)
    options.add_argument("--damaged", type=int, default=20)
    asked = options.parse_args()
    wrong = count = 0
    for archive in asked.archives:
        books = list(workbooks(archive))
        cases = [*books, *(_damaged(book, number) for book in books for number in range(asked.damaged))]
        following = iter(cases)
        target = Target(archive.name, 0, lambda _, following=following: next(following), loaded)
        outcome = fuzz(target, len(cases), 1, tell=False)
        print(
            f"{archive.name}: {len(books)} tables, {outcome.cases} readings, {outcome.failed} failed, {outcome.hung} hung, slowest {outcome.slowest:.2f} s"
        )
        wrong, count = wrong + outcome.failed + outcome.hung, count + outcome.cases
    print(f"together {count} readings, {wrong} wrong")
    return 1 if wrong else 0


def _damaged(book: tuple[str, bytes], number: int) -> tuple[str, bytes]:
    name, data = book
    rng = random.Random(f"{name} {number}")
    try:
        return name, parts_of(data, rng) if data.startswith(b"PK") and number % 2 else bytes_of(data, rng)
    except Exception:  # an archive that is broken already cannot be packed again
        return name, bytes_of(data, rng)


if __name__ == "__main__":
    raise SystemExit(main())
