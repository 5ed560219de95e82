"""The film of a WebP that moves is laid out once for all who read its pictures, and kept for a while."""

import os
import time
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from dam.media import films, previews, runner
from tests import webp_factory


@pytest.fixture(autouse=True)
def scratch(tmp_path: Path, settings: Any) -> Path:
    folder = tmp_path / "scratch"
    folder.mkdir()
    settings.SCRATCH_DIR = folder
    settings.DISK_RESERVE_BYTES = 0
    return folder


@pytest.fixture
def master(tmp_path: Path) -> Path:
    return webp_factory.animation(tmp_path / "moving.webp", durations=[40] * 12)


@pytest.fixture
def laid_out(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    made: list[Path] = []
    lay_out = runner._lay_out

    def seen(path: Path, film: Path, **more: Any) -> None:
        made.append(path)
        lay_out(path, film, **more)

    monkeypatch.setattr(runner, "_lay_out", seen)
    return made


def kept(scratch: Path) -> list[Path]:
    return sorted(scratch.glob("*.film"))


def test_all_who_read_its_pictures_read_one_film(
    master: Path, tmp_path: Path, laid_out: list[Path], scratch: Path
) -> None:
    info = runner.probe(master)
    previews.poster(master, tmp_path / "poster.webp", info=info)
    previews.sprite(master, tmp_path / "sprite.webp", info=info)
    runner.proxy(master, tmp_path / "proxy.mp4", info=info)
    assert len(list(runner.sample_frames(master, info=info, count=3))) == 3
    assert len(laid_out) == 1
    copy = tmp_path / "again.webp"  # as another machine's storage calls it
    copy.write_bytes(master.read_bytes())
    runner.frame(copy, info=info, index=1, max_side=64)
    assert len(laid_out) == 1
    assert len(kept(scratch)) == 1
    assert [path for path in scratch.iterdir() if path.is_dir()] == []


def test_one_that_goes_while_it_is_read_is_there_until_its_reader_ends(master: Path, scratch: Path) -> None:
    info = runner.probe(master)
    with runner.readable(master, info=info) as film:
        assert films.forget(seconds=-1) == 1
        assert kept(scratch) == []
        assert film.stat().st_size
    assert list(scratch.iterdir()) == []


def test_two_who_ask_at_once_have_it_laid_out_once(master: Path, laid_out: list[Path]) -> None:
    info = runner.probe(master)

    def read() -> None:
        with runner.readable(master, info=info):
            pass

    threads = [Thread(target=read) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(laid_out) == 1


def test_one_that_failed_leaves_nothing_and_is_tried_again(master: Path, scratch: Path) -> None:
    def breaks(film: Path) -> None:
        film.write_bytes(b"half")
        raise RuntimeError

    with pytest.raises(RuntimeError), films.of(master, breaks):
        pass
    assert kept(scratch) == []
    with films.of(master, lambda film: film.write_bytes(b"whole")) as film:
        assert film.read_bytes() == b"whole"


def test_what_nobody_asked_for_lately_and_the_oldest_of_too_many_go(tmp_path: Path, scratch: Path) -> None:
    now = time.time()
    for number, age in enumerate((30, 20, 10)):
        file = tmp_path / f"{number}"
        file.write_bytes(bytes([number]))
        with films.of(file, lambda film: film.write_bytes(b"x" * 100)):
            pass
        newest = max(kept(scratch), key=lambda path: path.stat().st_mtime)
        os.utime(newest, (now - age, now - age))
    assert films.forget(seconds=25) == 1
    assert films.forget(most_bytes=250) == 0
    assert films.forget(most_bytes=150) == 1
    assert len(kept(scratch)) == 1


def test_without_plenty_of_room_none_is_kept(master: Path, scratch: Path, settings: Any) -> None:
    settings.DISK_RESERVE_BYTES = 10**18
    with films.of(master, lambda film: film.write_bytes(b"x")):
        pass
    assert kept(scratch) == []
