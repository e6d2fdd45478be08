"""The disk is full, read-only or damaged: people are told, and nothing is lost."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.factories import NOON
from tests.faults.running import copy_of, hashes, refused, running, stored_tickets
from volunteer_hub.core import backup
from volunteer_hub.core.backup import BackupError

DISK = "8m"


@contextmanager
def small_disk(place: Path) -> Iterator[Path]:
    """Mount a small disk that lies in memory."""
    place.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK}", "tmpfs", place], check=True)
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", place], check=True)


def fill(place: Path) -> Path:
    """Leave no byte free."""
    ballast = place / "ballast"
    with ballast.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(b"\0" * 4096)
        except OSError:
            return ballast


@pytest.mark.needs("mount")
def test_on_a_full_disk_readers_go_on_and_writers_are_told_and_nothing_is_lost(home, tmp_path):
    with small_disk(tmp_path / "disk") as disk:
        folder = copy_of(home, disk / "site")
        with running(folder) as site:
            visitor = site.visitor()
            kept = [visitor.register().ticket]
            ballast = fill(disk)
            answers = [visitor.register() for _ in range(3)]
            kept += [answer.ticket for answer in answers if answer.ticket]
            full = next(answer for answer in answers if answer.status != 302)
            read = visitor.get("/e/1")
            ballast.unlink()
            after = visitor.register()
            kept.append(after.ticket)

            assert full.status == 503
            assert full.headers["Retry-After"] == "5"
            assert read.status == 200
            assert after.ticket is not None
            site.kill()
            assert hashes(kept) <= stored_tickets(folder)


@pytest.mark.needs("mount")
def test_a_backup_that_finds_no_room_leaves_nothing_behind(home, tmp_path):
    with small_disk(tmp_path / "disk") as disk:
        folder = copy_of(home, disk / "site")
        fill(disk)
        url = f"sqlite:///{folder / 'volunteer_hub.db'}"
        with pytest.raises(BackupError, match=r"cannot be saved|No space left"):
            backup.make_in(folder / "backups", url, now=NOON)
        assert list((folder / "backups").glob("*")) == []


@pytest.mark.needs("mount")
def test_a_folder_that_cannot_be_written_in_is_named(home, tmp_path):
    with small_disk(tmp_path / "disk") as disk:
        folder = copy_of(home, disk / "site")
        subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
        assert refused(folder) == (
            f"VH_DATA_DIR: {folder} cannot be written in (Read-only file system). Give it to the "
            "user who runs this, or set VH_DATA_DIR to another folder."
        )


def spoil(file: Path, *, at: int, length: int = 4096) -> None:
    raw = bytearray(file.read_bytes())
    raw[at : at + length] = os.urandom(length)
    file.write_bytes(raw)


@pytest.mark.parametrize("at", [0, 40_000])
def test_a_damaged_database_is_named_with_the_backup_and_the_way_back(folder, at):
    url = f"sqlite:///{folder / 'volunteer_hub.db'}"
    saved = backup.make_in(folder / "backups", url, now=NOON)
    spoil(folder / "volunteer_hub.db", at=at)

    said = refused(folder)

    assert said.startswith(f"The database {folder / 'volunteer_hub.db'} is damaged (")
    assert said.endswith(f"Put back the newest backup: python3 run.py restore {saved}")


def test_without_a_backup_the_damage_is_named_all_the_same(folder):
    shutil.copy(__file__, folder / "volunteer_hub.db")
    assert refused(folder) == (
        f"The database {folder / 'volunteer_hub.db'} is damaged (file is not a database). "
        "Put back a backup (there is none in the data folder): python3 run.py restore FILE"
    )


def test_a_log_cut_short_costs_no_acknowledged_row_before_the_cut(folder):
    with running(folder) as site:
        visitor = site.visitor()
        kept = [visitor.register().ticket for _ in range(10)]
        site.kill()
    log = folder / "volunteer_hub.db-wal"
    with log.open("rb+") as file:
        file.truncate(log.stat().st_size - 100)
    with running(folder) as site:
        assert site.visitor().register().ticket is not None
        site.kill()
    assert len(hashes(kept) & stored_tickets(folder)) >= 9
