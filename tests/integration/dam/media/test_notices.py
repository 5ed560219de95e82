"""Labels of disclosure, burnt in by the real FFmpeg: where, how large, how long, in which letters."""

import subprocess
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from dam.media import ffmpeg, preset_files, runner
from dam.media.errors import MediaFailed
from dam.media.overlay import Notice
from dam.media.preset_files import Request
from dam.media.presets import Format, Recipe, Shape
from dam.rights import disclosure

GREY = 120
Picture = NDArray[np.int64]
Marked = NDArray[np.bool_]


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six seconds of grey."""
    path = tmp_path_factory.mktemp("film") / "grey.mp4"
    graph = f"color=0x{GREY:02x}{GREY:02x}{GREY:02x}:s=640x360:r=5:d=6"
    subprocess.run([ffmpeg.binary(), "-v", "error", "-f", "lavfi", "-i", graph, path], check=True)
    return path


def notice_of(label: disclosure.Label, language: str) -> Notice:
    return Notice(label.key, label.said(language), label.until_ms, label.height)


def make(source: Path, folder: Path, recipe: Recipe) -> Path:
    out = folder / f"made{recipe.spec.suffix}"
    info = runner.probe(source)
    preset_files.make(source, out, info=info, request=Request(recipe=recipe), told=lambda done: None)
    return out


def frames(path: Path) -> list[Picture]:
    with av.open(str(path)) as container:
        return [frame.to_ndarray(format="gray").astype(np.int64) for frame in container.decode(video=0)]


def drawn(picture: Picture) -> Marked:
    marked: Marked = np.abs(picture - GREY) > 25
    return marked


def letters(picture: Picture) -> tuple[int, int]:
    """The first and the last row in which a letter is."""
    rows = np.flatnonzero((picture > 190).any(axis=1))
    return int(rows[0]), int(rows[-1])


LABELS = [label for rule in disclosure.RULES for label in (rule.label, rule.lighter) if label is not None]
ALL = [(label, language) for label in LABELS for language in label.words if language in ("en", "zh", "ko")]


@pytest.mark.parametrize(("label", "language"), ALL, ids=lambda each: getattr(each, "key", each))
def test_each_label_is_at_the_top_right_as_large_and_as_long_as_its_rule_says(
    film: Path, tmp_path: Path, label: disclosure.Label, language: str
) -> None:
    shown = frames(make(film, tmp_path, Recipe(notices=(notice_of(label, language),))))
    first, last = shown[0], shown[-1]
    where = drawn(first)
    assert where[:180, 320:].any()
    assert not where[180:].any()
    assert not where[:, :100].any()
    top, bottom = letters(first)
    assert bottom - top + 1 >= 360 * label.height / 1000
    assert drawn(last).any() is np.bool_(label.until_ms is None)
    if label.until_ms is not None:
        gone = label.until_ms * 5 // 1000
        assert drawn(shown[gone - 1]).any()
        assert not drawn(shown[gone]).any()


def test_a_shape_that_crops_keeps_the_label_whole(film: Path, tmp_path: Path) -> None:
    notice = notice_of(disclosure.BY_KEY["new_york"].label, "en")  # type: ignore[arg-type]
    shown = frames(make(film, tmp_path, Recipe(shape=Shape.PORTRAIT, notices=(notice,))))[0]
    assert not drawn(shown)[:, :2].any()  # wrapped, where it is wider than the picture
    assert drawn(shown)[:90].any()


def test_two_labels_stand_below_each_other(film: Path, tmp_path: Path) -> None:
    both = tuple(notice_of(disclosure.BY_KEY[key].label, "en") for key in ("eu", "china"))  # type: ignore[arg-type]
    shown = frames(make(film, tmp_path, Recipe(notices=both)))
    alone = frames(make(film, tmp_path, Recipe(notices=both[:1])))
    assert drawn(shown[0]).sum() > 1.4 * drawn(alone[0]).sum()
    assert np.abs(shown[-1] - alone[-1]).max() < 40  # the second one has gone


def test_it_draws_what_its_words_say_and_no_boxes(film: Path, tmp_path: Path) -> None:
    chinese, korean = (letters_of(film, tmp_path, words) for words in ("生成", "생성"))
    assert chinese.shape != korean.shape or (chinese != korean).any()
    halves = np.array_split(chinese, 2, axis=1)
    width = min(half.shape[1] for half in halves)
    assert (halves[0][:, :width] != halves[1][:, :width]).mean() > 0.1  # two boxes would be alike


def letters_of(film: Path, folder: Path, words: str) -> Marked:
    still = Recipe(format=Format.PNG, notices=(Notice("x", words, None, 60),))
    with Image.open(make(film, folder, still)) as picture:
        bright = np.asarray(picture.convert("L")) > 190
    rows, columns = np.flatnonzero(bright.any(axis=1)), np.flatnonzero(bright.any(axis=0))
    return bright[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def test_the_bundled_fonts_have_every_letter_of_every_label(film: Path, tmp_path: Path) -> None:
    words = {label.said(language) for label in LABELS for language in label.words}
    notices = tuple(Notice(str(number), each, None, 30) for number, each in enumerate(sorted(words)))
    make(film, tmp_path, Recipe(format=Format.PNG, notices=notices))  # refused where a letter has no shape


def test_words_that_no_font_has_are_refused(film: Path, tmp_path: Path) -> None:
    recipe = Recipe(notices=(Notice("x", "ꦲꦤꦕꦫꦏ", None, 40),))
    with pytest.raises(MediaFailed, match="can't be drawn on this machine"):
        make(film, tmp_path, recipe)


@pytest.mark.parametrize("format", [Format.JPEG, Format.PNG])
def test_an_image_carries_it_too(tmp_path: Path, format: Format) -> None:
    source = tmp_path / "still.png"
    Image.new("RGB", (640, 360), (GREY, GREY, GREY)).save(source)
    notice = notice_of(disclosure.BY_KEY["eu"].label, "de")  # type: ignore[arg-type]
    out = make(source, tmp_path, Recipe(format=format, notices=(notice,)))
    with Image.open(out) as picture:
        shown = np.asarray(picture.convert("L")).astype(np.int64)
    assert drawn(shown)[:60, 400:].any()
    assert not drawn(shown)[180:].any()
