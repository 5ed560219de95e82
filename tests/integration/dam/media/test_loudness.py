"""How loud a sound is, by FFmpeg for real, against tones whose loudness follows from their level."""

import math
import subprocess
from pathlib import Path

import pytest

from dam.media import ffmpeg, loudness, runner
from dam.media.loudness import Loudness


def tone(path: Path, *, level: float, channels: int = 2) -> Path:
    """Five seconds of a sine of 997 Hz at so many dBFS: as many LUFS in two channels (EBU Tech 3341)."""
    amplitude = 10 ** (level / 20)
    graph = f"aevalsrc={'|'.join([f'{amplitude}*sin(2*PI*997*t)'] * channels)}:s=48000:d=5"
    given = ["-f", "lavfi", "-i", graph, "-c:a", "pcm_s24le", str(path)]
    command = [ffmpeg.binary(), "-v", "error", *given]
    subprocess.run(command, check=True)
    return path


@pytest.mark.parametrize("level", [-23.0, -33.0])
def test_a_tone_is_as_loud_as_it_must_be(tmp_path: Path, level: float) -> None:
    path = tone(tmp_path / "tone.wav", level=level)
    found = loudness.measure(path, info=runner.probe(path))
    assert found.integrated == pytest.approx(level, abs=0.2)
    assert found.peak == pytest.approx(level, abs=0.3)
    assert found.span == pytest.approx(0, abs=0.2)


def test_silence_has_no_loudness(tmp_path: Path) -> None:
    path = tone(tmp_path / "silence.wav", level=-math.inf)
    found = loudness.measure(path, info=runner.probe(path))
    assert found == Loudness(None, None, None)
    assert loudness.words(found) == "Silent"
