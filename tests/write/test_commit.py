"""All files appear together or none does: refusals, full disks, renames that fail, runs that are killed."""

import errno
import json
import os
import random
import signal
import stat
import subprocess
import tempfile
import time
from pathlib import Path

import pytest

from kcbx_cli.errors import KcbxError
from kcbx_cli.write import commit as writing
from kcbx_cli.write import journal as beside
from kcbx_cli.write.commit import check, commit, discard, finish, make_folders, prepare, recover, swap
from kcbx_cli.write.manifest import MANIFEST, standing

OLD = [("名单.xlsx", b"old list"), ("乡镇核查表/葛城街道.xlsx", b"old sheet"), ("run.json", b"{}")]
NEW = [("名单.xlsx", b"new list"), ("data/verdicts.csv", b"new"), ("run.json", b'{"a": 1}')]
posix = pytest.mark.skipif(os.name == "nt", reason="needs fork")


def read(folder: Path) -> dict[str, bytes]:
    files = {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    files.pop(MANIFEST, None)
    return files


def alone(out: Path) -> bool:
    """Nothing of ours lies beside the folder."""
    return [p.name for p in out.parent.iterdir() if "kcbx" in p.name] == []


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "county" / "out"


@pytest.fixture
def filled(out: Path) -> Path:
    commit(out, OLD)
    return out


def refusal(*args) -> KcbxError:
    with pytest.raises(KcbxError) as caught:
        check(*args)
    return caught.value


def test_first_run_makes_the_folder_and_its_parents(out: Path):
    commit(out, OLD)
    assert read(out) == dict(OLD)
    assert alone(out)


def test_an_empty_folder_is_taken(out: Path):
    out.mkdir(parents=True)
    commit(out, OLD)
    assert read(out) == dict(OLD)


def test_a_later_run_replaces_the_whole_set(filled: Path):
    commit(filled, NEW)
    assert read(filled) == dict(NEW)
    assert not (filled / "乡镇核查表").exists()
    assert alone(filled)


@posix
def test_only_the_owner_may_read(filled: Path):
    modes = {stat.S_IMODE(p.stat().st_mode) for p in filled.rglob("*") if p.is_file()}
    folders = {stat.S_IMODE(p.stat().st_mode) for p in (filled.parent, filled, filled / "乡镇核查表")}
    assert (modes, folders) == ({0o600}, {0o700})


def test_the_manifest_is_the_same_whatever_the_order_and_the_timings(tmp_path: Path):
    commit(tmp_path / "a", OLD)
    commit(tmp_path / "b", [*reversed(OLD[:-1]), ("run.json", b'{"seconds": 2}')])
    assert (tmp_path / "a" / MANIFEST).read_bytes() == (tmp_path / "b" / MANIFEST).read_bytes()


def test_a_foreign_file_is_never_replaced(filled: Path):
    (filled / "乡镇核查表" / "笔记.txt").write_text("mine")
    error = refusal(filled)
    assert error.code == "output_occupied"
    assert "乡镇核查表/笔记.txt" in error.message
    assert "kcbx collect" in error.hint


def test_a_folder_of_somebody_else_is_refused_as_a_whole(tmp_path: Path):
    for n in range(7):
        (tmp_path / f"{n}.doc").write_text("x")
    assert "等 7 个" in refusal(tmp_path).message


@pytest.mark.parametrize("odd", ["folder", "link", "file in the place of a folder"])
def test_odd_foreign_things(filled: Path, odd: str):
    if odd == "folder":
        (filled / "空").mkdir()
    elif odd == "link":
        (filled / "名单.xlsx").rename(filled.parent / "moved.xlsx")
        (filled / "名单.xlsx").symlink_to(filled.parent / "moved.xlsx")
    else:
        (filled / "乡镇核查表" / "葛城街道.xlsx").unlink()
        (filled / "乡镇核查表").rmdir()
        (filled / "乡镇核查表").write_text("x")
    assert refusal(filled).code == "output_occupied"


def test_an_edited_workbook_is_never_replaced(filled: Path):
    (filled / "乡镇核查表/葛城街道.xlsx").write_bytes(b"filled in")
    error = refusal(filled)
    assert error.code == "output_occupied"
    assert "葛城街道.xlsx" in error.message


@pytest.mark.parametrize("broken", [b"", b"[]", b'{"files": 3}', b'{"files": {'])
def test_without_a_readable_manifest_all_is_foreign(filled: Path, broken: bytes):
    (filled / MANIFEST).write_bytes(broken)
    assert "名单.xlsx" in refusal(filled).message


def test_run_json_a_removed_file_and_droppings_are_no_hindrance(filled: Path):
    (filled / "run.json").write_text("{ }")
    (filled / "名单.xlsx").unlink()
    (filled / "Thumbs.db").write_text("x")
    check(filled)


@pytest.mark.parametrize("lock", ["~$名单.xlsx", ".~lock.名单.xlsx#", ".~名单.xlsx", "乡镇核查表/~$葛城街道.xlsx"])
def test_a_workbook_that_is_open_elsewhere(filled: Path, lock: str):
    (filled / lock).write_text("x")
    error = refusal(filled)
    assert error.code == "output_open"
    assert lock in error.message


def test_a_file_or_a_root_is_no_output_folder(tmp_path: Path):
    (tmp_path / "f").write_text("x")
    assert refusal(tmp_path / "f").code == "output_occupied"
    assert refusal(Path(tmp_path.anchor)).code == "output_occupied"


def test_the_working_directory_is_refused(filled: Path, monkeypatch):
    monkeypatch.chdir(filled / "乡镇核查表")
    assert refusal(Path("..")).code == "output_is_here"


def test_a_link_to_a_folder_is_followed(filled: Path, tmp_path: Path):
    (tmp_path / "link").symlink_to(filled)
    commit(tmp_path / "link", NEW)
    assert (tmp_path / "link").is_symlink()
    assert read(filled) == dict(NEW)


def test_check_leaves_nothing_behind(out: Path):
    check(out, ["a/b.xlsx"])
    assert not out.parent.exists()


def test_a_folder_that_cannot_be_written(out: Path, monkeypatch):
    def refuse(*_, **__):
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(os, "mkdir", refuse)
    assert refusal(out).code == "output_not_writable"
    with pytest.raises(KcbxError) as caught:
        prepare(out, NEW)
    assert caught.value.code == "output_not_writable"


@posix
def test_a_read_only_parent():
    parent = Path(tempfile.mkdtemp())
    parent.chmod(0o555)
    child = os.fork()
    if not child:
        if os.geteuid() == 0:
            os.setuid(65534)
        try:
            check(parent / "out")
        except KcbxError as error:
            os._exit(0 if error.code == "output_not_writable" else 1)
        os._exit(2)
    try:
        assert os.waitpid(child, 0)[1] == 0
        assert list(parent.iterdir()) == []
    finally:
        parent.rmdir()


def test_a_disk_that_is_really_full(tmp_path: Path):
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "kcbx", tmp_path], capture_output=True, check=False)  # fmt: skip
    if mounted.returncode:
        pytest.skip("a small disk cannot be mounted here")
    try:
        commit(tmp_path / "out", OLD)
        with pytest.raises(KcbxError) as caught:
            commit(tmp_path / "out", [*NEW, ("big.bin", b"x" * 300_000)])
        assert caught.value.code == "disk_full"
        assert read(tmp_path / "out") == dict(OLD)
        assert alone(tmp_path / "out")
    finally:
        subprocess.run(["umount", tmp_path], check=True)


@pytest.mark.parametrize("path", ["/a", "../a", "a//b", "a/./b", "a\\b", "c:a", "", MANIFEST])
def test_paths_that_leave_the_folder(out: Path, path: str):
    with pytest.raises(ValueError, match="relative"):
        prepare(out, [(path, b"")])


def test_two_files_under_one_name(out: Path):
    with pytest.raises(ValueError, match="twice"):
        prepare(out, [("A.xlsx", b""), ("a.xlsx", b"")])


@pytest.mark.parametrize("call", ["open", "fsync", "write", "mkdir"])
@pytest.mark.parametrize("nth", range(6))
def test_disk_full_at_any_write(filled: Path, monkeypatch, call: str, nth: int):
    real, count = getattr(os, call), iter(range(1000))

    def full(*args, **kwargs):
        if next(count) >= nth and not (call == "open" and args[1] == os.O_RDONLY):
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(*args, **kwargs)

    with monkeypatch.context() as patched:
        patched.setattr(os, call, full)
        try:
            staged = prepare(filled, NEW)
        except KcbxError as error:
            assert error.code == "disk_full"
            assert "没有写出任何文件" in error.message
        else:
            discard(staged)
    assert read(filled) == dict(OLD)
    assert alone(filled)


def test_disk_full_on_the_first_run_removes_the_parents_it_made(out: Path, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(KcbxError, match="磁盘已满"):
        commit(out, NEW)
    assert not out.parent.exists()


@pytest.mark.parametrize("failing", [(0,), (1,)])
def test_a_rename_that_windows_refuses_is_undone(filled: Path, monkeypatch, failing: tuple[int, ...]):
    monkeypatch.setattr(os, "rename", flaky(failing, 32))
    with pytest.raises(KcbxError) as caught:
        commit(filled, NEW)
    assert caught.value.code == "output_open"
    assert read(filled) == dict(OLD)
    assert alone(filled)


def test_a_virus_scanner_is_waited_for(filled: Path, monkeypatch):
    monkeypatch.setattr(writing, "_PAUSES", (0.001, 0.001))
    monkeypatch.setattr(os, "rename", flaky((0, 1, 3), 5))
    commit(filled, NEW)
    assert read(filled) == dict(NEW)


def test_a_rename_that_cannot_be_taken_back_is_for_the_next_run(filled: Path, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr(os, "rename", flaky((1, 2), 32))
        with pytest.raises(KcbxError, match="换到一半"):
            commit(filled, NEW)
        assert not filled.exists()
    recover(filled)
    assert read(filled) == dict(OLD)
    assert alone(filled)


def flaky(failing: tuple[int, ...], winerror: int):
    real, count = os.rename, iter(range(1000))

    def rename(source, destination):
        if next(count) in failing:
            error = PermissionError(errno.EACCES, "in use")
            error.winerror = winerror
            raise error
        real(source, destination)

    return rename


def test_a_busy_mount_point(filled: Path, monkeypatch):
    def busy(*_):
        raise OSError(errno.EBUSY, "Device or resource busy")

    with monkeypatch.context() as patched:
        patched.setattr(os, "rename", busy)
        with pytest.raises(KcbxError) as caught:
            commit(filled, NEW)
    assert caught.value.code == "output_not_writable"
    assert read(filled) == dict(OLD)


def test_work_done_during_the_run_is_not_lost(filled: Path):
    with pytest.raises(KcbxError, match="改过"), prepare(filled, NEW) as staged:
        (filled / "名单.xlsx").write_bytes(b"filled in")
        swap(staged)
    assert read(filled)["名单.xlsx"] == b"filled in"
    assert alone(filled)


def test_an_error_after_the_swap_undoes_it(filled: Path, out: Path):
    with pytest.raises(ZeroDivisionError), prepare(filled, NEW) as staged:
        swap(staged)
        raise ZeroDivisionError
    assert read(filled) == dict(OLD)
    discard(staged)
    finish(staged)
    assert read(filled) == dict(OLD)


def test_an_error_after_the_first_swap_leaves_nothing(out: Path):
    with pytest.raises(ZeroDivisionError), prepare(out, NEW) as staged:
        swap(staged)
        raise ZeroDivisionError
    assert not out.parent.exists()


def test_a_second_run_at_the_same_time_says_so(filled: Path):
    with prepare(filled, NEW) as staged:
        for attempt in (lambda: recover(filled), lambda: prepare(filled, OLD)):
            with pytest.raises(KcbxError) as caught:
                attempt()
            assert caught.value.code == "output_busy"
        swap(staged)
    assert read(filled) == dict(NEW)


@posix
def test_a_disk_without_locks_is_written_all_the_same(filled: Path, monkeypatch):
    import fcntl

    def unsupported(*_):
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", unsupported)
    commit(filled, NEW)
    assert read(filled) == dict(NEW)


@posix
def test_a_journal_that_its_owner_removes_before_we_lock_it_is_not_believed(filled: Path, monkeypatch):
    import fcntl

    real, owner = fcntl.flock, iter([beside.path_of(filled)])

    def late(descriptor, how):
        for journal in owner:
            journal.unlink()
        real(descriptor, how)

    monkeypatch.setattr(fcntl, "flock", late)
    with prepare(filled, NEW) as staged:
        assert beside.path_of(filled).exists()
        swap(staged)
    assert alone(filled)


def test_an_interruption_while_writing_leaves_nothing(filled: Path, monkeypatch):
    interruptions = iter([KeyboardInterrupt])

    def interrupted(*_):
        for interruption in interruptions:
            raise interruption

    monkeypatch.setattr(os, "fsync", interrupted)
    with pytest.raises(KeyboardInterrupt):
        commit(filled, NEW)
    assert read(filled) == dict(OLD)
    assert alone(filled)


def test_a_next_run_that_cannot_put_things_right_says_so(filled: Path, monkeypatch):
    beside.path_of(filled).touch()

    def refuse(*_, **__):
        raise PermissionError(errno.EACCES, "Permission denied")

    with monkeypatch.context() as patched:
        patched.setattr(os, "open", refuse)
        with pytest.raises(KcbxError) as caught:
            recover(filled)
    assert caught.value.code == "output_not_writable"


def test_a_token_is_plain_json_and_its_id_tells_the_set(filled: Path):
    with prepare(filled, NEW) as staged:
        assert json.loads(json.dumps(staged.token)) == staged.token
        assert standing(filled) != staged.token["id"]
        swap(staged)
        assert standing(filled) == staged.token["id"]
    assert recover(filled) == staged.token["id"]


# -- killed ------------------------------------------------------------------------------------------------------

CALLS = ("open", "mkdir", "write", "fsync", "rename", "ftruncate", "unlink", "rmdir")


def killed(work, at: int) -> bool:
    """Do the work in a process of its own and kill it before its call number `at`; True if it lived to the end."""
    child = os.fork()
    if not child:
        count = iter(range(100_000))
        for name in CALLS:
            setattr(os, name, fatal(getattr(os, name), count, at))
        work()
        os._exit(0)
    return os.waitpid(child, 0)[1] == 0


def fatal(real, count, at: int):
    def call(*args, **kwargs):
        if next(count) == at:
            os.kill(os.getpid(), signal.SIGKILL)
        return real(*args, **kwargs)

    return call


@posix
@pytest.mark.parametrize("kept", [True, False])
@pytest.mark.parametrize("first", [True, False])
def test_killed_at_each_step_leaves_one_whole_set(out: Path, kept: bool, first: bool):
    seen = set()
    for step in range(400):
        if not first:
            commit(out, OLD)
        lived = killed(lambda: commit(out, NEW), step)
        recover(out, lambda _: kept)
        assert alone(out) if out.parent.exists() else True
        seen.add("new" if out.exists() and read(out) == dict(NEW) else "old")
        assert (read(out) if out.exists() else {}) in (dict(NEW), {} if first else dict(OLD))
        if lived:
            break
        commit(out, [])
        for path in out.iterdir():
            path.unlink()
        out.rmdir()
    assert lived
    assert seen == {"old", "new"}


@posix
def test_killed_while_recovering(filled: Path):
    """A run killed between its two renames, and the next one killed at each step of putting things back."""
    for step in range(100):
        with pytest.raises(ChildProcessError):
            stop_between_renames(filled)
        lived = killed(lambda: recover(filled), step)
        recover(filled)
        assert read(filled) == dict(OLD)
        assert alone(filled)
        if lived:
            break
    assert lived


def stop_between_renames(folder: Path) -> None:
    child = os.fork()
    if not child:
        real, count = os.rename, iter(range(10))
        os.rename = fatal(real, count, 1)
        commit(folder, NEW)
        os._exit(0)
    if os.waitpid(child, 0)[1]:
        assert not folder.exists()
        raise ChildProcessError


@posix
def test_killed_at_random_moments(filled: Path):
    """SIGKILL from outside, twenty times; big files, so that the moments spread over writing, syncing and renaming."""
    rng = random.Random(7)
    sets = {True: [("a.bin", b"x" * 2_000_000), ("b/c.bin", b"y" * 500_000)], False: OLD}
    now = False
    for _ in range(20):
        child = os.fork()
        if not child:
            while True:
                now = not now
                commit(filled, sets[now])
        time.sleep(rng.uniform(0.001, 0.05))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        recover(filled)
        assert read(filled) in (dict(sets[True]), dict(sets[False]))
        assert alone(filled)
        check(filled)
        now = read(filled) == dict(sets[True])


@posix
def test_the_ledger_not_knowing_it_a_swapped_set_is_undone_unless_it_was_worked_in(filled: Path):
    for edited in (False, True):
        killed(lambda: swap(prepare(filled, NEW)), 10_000)
        assert read(filled) == dict(NEW)
        if edited:
            (filled / "名单.xlsx").write_bytes(b"filled in")
        recover(filled, lambda _: False)
        assert read(filled)["名单.xlsx"] == (b"filled in" if edited else b"old list")
        assert alone(filled)


def test_a_torn_journal_means_that_nothing_was_renamed(filled: Path):
    beside.path_of(filled).write_bytes(b'{"id": "')
    (filled.parent / ".out.kcbx-new-abcd1234").mkdir()
    recover(filled)
    assert read(filled) == dict(OLD)
    assert alone(filled)


def test_another_folder_with_a_like_name_is_left_alone(filled: Path):
    others = [
        filled.parent / name for name in (".out2.kcbx-new-abcd1234", ".out.kcbx-new-mine", "out.kcbx-new-abcd1234")
    ]
    for other in others:
        other.mkdir()
    commit(filled, NEW)
    assert all(other.exists() for other in others)


def test_a_folder_that_another_process_makes_at_the_same_moment_is_used(tmp_path, monkeypatch):
    """Two counties' processes make the folder of all counties."""
    mkdir = os.mkdir

    def second(path, mode):
        mkdir(path, mode)
        mkdir(path, mode)

    monkeypatch.setattr(os, "mkdir", second)
    made: list[str] = []
    make_folders(tmp_path / "a" / "b", made)
    assert (tmp_path / "a" / "b").is_dir()
    assert made == []
