"""How loud a master's sound is, as broadcasters measure it (EBU R 128), by FFmpeg's loudnorm."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from dam.core import language, sandbox
from dam.media import budgets, commands, ffmpeg
from dam.media.errors import MediaFailed
from dam.media.probe import MediaInfo

KEY = "loudness"  # in a version's media_info
TARGET = -23  # LUFS; what is measured doesn't depend on it
NOTICED = 0.1  # LU; less is said of no two files


@dataclass(frozen=True)
class Loudness:
    """Of a whole sound. None is silence, which has no loudness."""

    integrated: float | None  # LUFS
    span: float | None  # LU: the loudness range
    peak: float | None  # dBTP: the true peak

    def to_json(self) -> dict[str, float | None]:
        return {"integrated": self.integrated, "range": self.span, "peak": self.peak}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Loudness":
        return cls(kept.get("integrated"), kept.get("range"), kept.get("peak"))


def measure(path: Path, *, info: MediaInfo) -> Loudness:
    """Hear the whole sound once. Raises FileRefused or MediaFailed."""
    values = first_pass(path, info=info, target=TARGET)
    if values is None:
        return Loudness(None, None, None)
    found = (round(float(values[name]), 1) for name in ("input_i", "input_lra", "input_tp"))
    return Loudness(*found)


def first_pass(
    path: Path, *, info: MediaInfo, target: int, most_channels: int | None = None
) -> dict[str, str] | None:
    """What loudnorm measured, as its second pass wants to know it; None for silence.

    Of more than `most_channels` it is what they are mixed down to.

    Raises FileRefused or MediaFailed.
    """
    path = path.resolve()
    command = commands.measure_loudness(
        path, info=info, target=target, binary=ffmpeg.binary(), most_channels=most_channels
    )
    limits = replace(budgets.ENCODE, wall_seconds=120 + 0.3 * info.duration_ms / 1000)
    completed = sandbox.run(command, limits=limits, reads=[path])
    ffmpeg.require(completed, limits)
    beginning = completed.stderr.rfind("{")
    try:
        values: dict[str, Any] = json.loads(completed.stderr[beginning : completed.stderr.rfind("}") + 1])
        measured = {name: str(value) for name, value in values.items()}
        finite = all(math.isfinite(float(measured[name])) for name in ("input_i", "input_tp", "input_lra"))
    except (ValueError, KeyError) as problem:
        raise MediaFailed(_("The loudness of the sound couldn't be measured.")) from problem
    return measured if finite else None


def of(media_info: Mapping[str, Any]) -> Loudness | None:
    """What is kept of a version; None where it hasn't been measured (yet)."""
    kept = media_info.get(KEY)
    return Loudness.from_json(kept) if kept else None


def words(found: Loudness | None) -> str:
    """For people: "−16.2 LUFS, range 5.1 LU, peak −1.0 dBTP"; empty where nothing is known."""
    if found is None:
        return ""
    if found.integrated is None:
        return _("Silent")
    return _("%(loudness)s LUFS, range %(range)s LU, peak %(peak)s dBTP") % {
        "loudness": _figure(found.integrated),
        "range": _figure(found.span or 0.0),
        "peak": _figure(found.peak or 0.0),
    }


def difference(one: Loudness | None, two: Loudness | None) -> str:
    """How the second compares, for people; empty where they are as loud, or one of them isn't known."""
    if one is None or two is None or one.integrated is None or two.integrated is None:
        return ""
    apart = round(two.integrated - one.integrated, 1)
    if abs(apart) < NOTICED:
        return ""
    units = {"units": _figure(abs(apart))}
    return _("%(units)s LU louder") % units if apart > 0 else _("%(units)s LU quieter") % units


def _figure(value: float) -> str:
    return language.figure(f"{abs(value):.1f}") if value >= 0 else f"−{language.figure(f'{abs(value):.1f}')}"
