import logging

import pytest
from django.utils import translation

from dam.core import failures
from dam.core.errors import Refused


@pytest.mark.parametrize(
    "printed",
    [
        'Traceback (most recent call last):\n  File "/srv/dam/x.py", line 3',
        "The decoder stopped: av.error.InvalidDataError: [Errno 1094995529] Invalid data",
        "FileNotFoundError: [Errno 2] No such file or directory: '/srv/data/models/wan.json'",
        "index.json in wan cannot be read: [Errno 13] Permission denied",
        "/var/lib/reelproof/scratch/tmpab12/made: Invalid argument",
        "file:/srv/x.mp4: Operation not permitted",
        "The signing library stopped: C2paError::Other(io)",
        "[libx264 @ 0x55ee463e3d40] Cannot open encoder.",
        "<av.VideoFrame object at here>",
        "KeyError: 'colour'",
        "",
    ],
)
def test_what_a_program_printed_is_never_for_people(printed: str, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        told = failures.sentence(Refused(printed) if printed else ValueError(), of="Step poster")
    assert told.startswith("Something went wrong on the server.")
    reference = told.rstrip(".").rpartition(" ")[2]
    assert reference in caplog.text


@pytest.mark.parametrize(
    "plain",
    [
        "The file is damaged and can't be read. Export it again, or send the original.",
        "The picture is 20000 × 16 pixels. At most 8192 on a side and 33 megapixels are taken.",
        "Only 3 of 177 frames could be decoded.",
        "It runs at 24000/1001 frames a second and/or stops.",
        "The library has this file already, as “A 24/7 error”.",
    ],
)
def test_a_sentence_of_ours_is_kept(plain: str) -> None:
    assert failures.sentence(Refused(plain), of="it") == plain


def test_an_exception_that_nobody_foresaw_is_never_quoted() -> None:
    assert "secret" not in failures.sentence(ValueError("a secret"), of="it")


def test_what_an_earlier_release_kept_is_not_shown_as_it_was_printed() -> None:
    assert failures.shown("The decoder stopped: Traceback (most recent call last):") == failures.KEPT_BEFORE
    assert failures.shown("It ends too early.") == "It ends too early."
    assert failures.shown("") == ""


def test_the_sentence_with_its_reference_is_shown_as_it_is() -> None:
    told = failures.sentence(KeyError("x"), of="it")
    assert failures.shown(told) == told


def test_a_sentence_that_another_follows_is_said_in_the_readers_language() -> None:
    kept = "The task queue is unavailable. Reelproof will try again automatically."
    with translation.override("de"):
        said = failures.shown(kept)
    assert said.endswith("Reelproof versucht es automatisch erneut.")
    assert "queue is unavailable" not in said
