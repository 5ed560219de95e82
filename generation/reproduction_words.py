"""What a reproduction found in words: a sentence with its figures, and what made it then and now."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dam.core import failures, language
from dam.core.language import number
from generation.frame_comparison import Outcome
from generation.models import Reproduction
from generation.states import ReproductionState

TONES = {Outcome.IDENTICAL: "tone-ok", Outcome.SAME: "tone-ok", Outcome.DIFFERENT: "tone-bad"}
LABELS = {
    Outcome.IDENTICAL: language.noop("Identical"),
    Outcome.SAME: language.noop("The same to the eye"),
    Outcome.DIFFERENT: language.noop("Different"),
    Outcome.IMPOSSIBLE: language.noop("Can't be reproduced"),
}
FACTS = {
    "model": language.noop("Model"),
    "weights_sha256": language.noop("Model weights"),
    "pipeline_class": language.noop("Pipeline"),
    "read_as": language.noop("Prompt understood as"),
    "frames_sha256": language.noop("Hash of the frames (SHA-256)"),
    "device": language.noop("Device"),
    "device_name": language.noop("Processor"),
    "dtype": language.noop("Number type"),
    "scheduler": language.noop("Scheduler"),
}


@dataclass(frozen=True)
class Fact:
    """A line of the details: the same thing when the clip was made and when it was made again."""

    name: str
    then: str
    now: str

    @property
    def changed(self) -> bool:
        return bool(self.then and self.now) and self.then != self.now


@dataclass(frozen=True)
class Shown:
    """A reproduction that has ended, in words."""

    row: Reproduction
    label: str
    tone: str
    sentence: str
    facts: tuple[Fact, ...]


def shown(row: Reproduction) -> Shown:
    """The row in words of the reader's language; it has ended."""
    if row.state == ReproductionState.FAILED:
        return Shown(row, _("Failed"), "tone-bad", failures.shown(row.reason), _facts(row))
    if row.state == ReproductionState.CANCELLED:
        return Shown(row, _("Cancelled"), "", "", ())
    outcome = Outcome(row.verdict)
    return Shown(row, _(LABELS[outcome]), TONES.get(outcome, "tone-warn"), sentence(row), _facts(row))


def sentence(row: Reproduction) -> str:
    """What a finished reproduction found, in one plain sentence with its figures."""
    outcome = Outcome(row.verdict)
    if outcome is Outcome.IMPOSSIBLE:
        return _("This clip can't be reproduced: %(reason)s") % {"reason": failures.shown(row.reason)}
    figures = row.figures
    frames, differing = figures["frames"], figures["differing"]
    if outcome is Outcome.IDENTICAL and row.then.get("frames_sha256"):
        return ngettext(
            "Made again, the clip is exactly as it was recorded: %(frames)s frame is the same, bit for bit.",
            "Made again, the clip is exactly as it was recorded: all %(frames)s frames are the same, "
            "bit for bit.",
            frames,
        ) % {"frames": number(frames)}
    if outcome is Outcome.IDENTICAL:
        return ngettext(
            "Made again, the clip shows the same picture: %(frames)s decoded frame is the same, bit for bit.",
            "Made again, the clip shows the same pictures: all %(frames)s decoded frames are the same, "
            "bit for bit.",
            frames,
        ) % {"frames": number(frames)}
    if figures["longer"]:
        return ngettext(
            "Made again, the clip is different: its length differs by %(longer)s frame.",
            "Made again, the clip is different: its length differs by %(longer)s frames.",
            figures["longer"],
        ) % {"longer": number(figures["longer"])}
    if not differing:
        return _(
            "Made again, the clip looks the same: its raw frames differ from those recorded, but no decoded "
            "frame does."
        )
    told = {
        "differing": number(differing),
        "frames": number(frames),
        "psnr": language.figure(f"{figures['psnr']:.1f}"),
        "ssim": language.figure(f"{figures['ssim']:.4f}"),
    }
    if outcome is Outcome.SAME:
        return (
            _(
                "Made again, the clip looks the same: %(differing)s of %(frames)s frames differ "
                "(worst frame: %(psnr)s dB PSNR, %(ssim)s SSIM)."
            )
            % told
        )
    return (
        _(
            "Made again, the clip is different: %(differing)s of %(frames)s frames differ "
            "(worst frame: %(psnr)s dB PSNR, %(ssim)s SSIM)."
        )
        % told
    )


def _facts(row: Reproduction) -> tuple[Fact, ...]:
    then, now = _flat(row.then), _flat(row.now)
    names = [*FACTS, *sorted((then.keys() | now.keys()) - FACTS.keys())]
    return tuple(
        Fact(_(FACTS[name]) if name in FACTS else name, then.get(name, ""), now.get(name, ""))
        for name in names
        if then.get(name) or now.get(name)
    )


def _flat(made: dict[str, Any]) -> dict[str, str]:
    """What made it, under the names of FACTS and, of libraries, their own."""
    model = made.get("model", {})
    whole = {
        "model": f"{model.get('name', '')} {model.get('version', '')}".strip(),
        "weights_sha256": model.get("weights_sha256", ""),
        "pipeline_class": model.get("pipeline_class", ""),
        "read_as": made.get("read_as", ""),
        "frames_sha256": made.get("frames_sha256", ""),
        **made.get("environment", {}),
    }
    return {name: str(value) for name, value in whole.items()}
