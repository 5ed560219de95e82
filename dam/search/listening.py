"""The step that finds what is said in a version: its own subtitles, or else what a recogniser hears.

What is heard comes from the sandbox as plain samples, so no recogniser ever opens a file from outside.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from django.conf import settings
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from dam.catalog.models import Version
from dam.core import storage
from dam.core.lazily import lazy
from dam.media import runner
from dam.media.probe import MediaInfo
from dam.media.runner import Told
from dam.search import timed_texts
from dam.search.models import TimedTextKind
from dam.search.timed_texts import Line

Samples = NDArray[np.float32]  # [N], of -1 to 1
RATE = runner.HEARD_RATE
PART_SECONDS = 300  # heard at a time, so that memory stays the same however long a film is
SEEK_QUIET_SECONDS = 20  # how far before that a part may end, where it is quietest
LEAST_SPEECH_SECONDS = 1.0  # that nobody understood, to be worth a word

NOTHING = lazy("No speech was found.")
NOT_UNDERSTOOD = lazy(
    "Speech in another language, or unclear speech, was not transcribed. This installation knows {}."
)
PARTLY = lazy("Some speech was not transcribed: another language, or unclear. This installation knows {}.")


@dataclass(frozen=True)
class Heard:
    """What a recogniser makes of some samples."""

    lines: tuple[Line, ...]
    speech_seconds: float = 0.0  # in which somebody speaks
    missed_seconds: float = 0.0  # of these, not understood


class Recogniser(Protocol):
    languages: str  # that it knows, for people: "English"

    def hear(self, samples: Samples) -> Heard:
        """What is said in these samples (RATE a second), with times from their beginning."""


class NoRecogniser(Exception):
    """None is installed; the message says so, for people."""


class NoSound(Exception):
    """The version has no sound, and no subtitles."""


def listen(version: Version, *, recogniser: Recogniser | None = None, told: Told | None = None) -> str:
    """Keep what is said in the version, in place of what was kept; a remark for people.

    `told` hears now and then how much is done, 0 to 1. Raises NoSound, NoRecogniser and media errors.
    """
    with storage.local_copy(version.storage_key) as path, storage.scratch() as folder:
        info = MediaInfo.from_json(version.media_info)
        subtitles = runner.subtitles(path, info=info)
        if subtitles:
            timed_texts.keep(version, TimedTextKind.SPOKEN, [Line(*each) for each in subtitles])
            return _("From the file's subtitles.")
        if not info.has_audio:
            timed_texts.keep(version, TimedTextKind.SPOKEN, [])
            raise NoSound
        recogniser = recogniser or installed()
        sound = folder / "sound.raw"
        runner.sound(path, sound, info=info)
        samples = np.memmap(sound, np.int16, "r") if sound.stat().st_size else None
        heard = list(_hear(recogniser, samples, told=told or (lambda done: None)))
    lines = [line for each in heard for line in each.lines]
    timed_texts.keep(version, TimedTextKind.SPOKEN, lines)
    missed = sum(each.missed_seconds for each in heard)
    if missed >= LEAST_SPEECH_SECONDS:
        return (PARTLY if lines else NOT_UNDERSTOOD).format(recogniser.languages)
    return "" if lines else NOTHING


def installed() -> Recogniser:
    """The recogniser of settings.SPEECH_MODEL. Raises NoRecogniser."""
    if not settings.RECOGNITION:
        raise NoRecogniser(_("Speech recognition is turned off on this installation."))
    from dam.search import whisper  # workers alone load it

    return whisper.load()


def _hear(recogniser: Recogniser, sound: NDArray[np.int16] | None, *, told: Told) -> Iterator[Heard]:
    if sound is None:
        return
    for start, end in parts(sound):
        told(start / len(sound))
        samples = np.asarray(sound[start:end], np.float32) / np.float32(32768)
        if not samples.any():
            continue  # digital silence costs nothing
        heard = recogniser.hear(samples)
        late = start * 1000 // RATE
        yield Heard(
            tuple(
                Line(line.start_ms + late, line.end_ms + late, line.text, line.language, line.confidence)
                for line in heard.lines
            ),
            heard.speech_seconds,
            heard.missed_seconds,
        )


def parts(
    sound: NDArray[np.int16] | Sequence[int], *, seconds: int = PART_SECONDS
) -> Iterator[tuple[int, int]]:
    """Stretches of the samples, from and to, that end where it is quiet: no word is cut in two."""
    start, count = 0, len(sound)
    while count - start > seconds * RATE:
        latest = start + seconds * RATE
        first = max(latest - SEEK_QUIET_SECONDS * RATE, start + RATE)
        block = RATE // 5
        tail = np.abs(np.asarray(sound[first:latest], np.int32))
        blocks = tail[: len(tail) // block * block].reshape(-1, block).mean(axis=1)
        end = first + int(blocks.argmin()) * block + block // 2
        yield start, end
        start = end
    if count > start:
        yield start, count
