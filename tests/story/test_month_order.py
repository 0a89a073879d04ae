"""Months follow each other: the ledger tells each as the difference from the one before."""

from offices import Office, member, pupil


def run(office: Office, month: str, *more: object) -> int:
    return office.reconcile("--out", office.folder / month, *more, as_of=f"{month}-30")


def test_a_month_that_was_never_run_cannot_come_in_before_one_that_was(office: Office):
    office.registry(pupil("王大力", "20120101", 9))
    office.households(member("张小明", "20120315", 1))
    assert run(office, "2021-09") == 0 and run(office, "2021-11") == 0
    held = (office.folder / "kcbx-ledger.db").read_bytes()
    for more in ((), ("--dry-run",)):
        assert run(office, "2021-10", *more) == 2
        assert "2021-11" in office.stderr and "2021-10 没有登记过" in office.stderr and "kcbx restore" in office.stderr
    assert not (office.folder / "2021-10").exists()
    assert (office.folder / "kcbx-ledger.db").read_bytes() == held
    for month in ("2021-09", "2021-11"):
        assert run(office, month) == 0 and "与上一次运行完全相同" in office.stdout
    assert run(office, "2021-12") == 0
