"""What a signed clip says of how it was made, as a brief to make it again. Pure.

A file is a stranger's until its signature says otherwise, and may say anything: what isn't of its kind is
left out, and nothing of it is believed beyond filling in a form that a person then reads and sends.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from generation import briefs
from generation.briefs import MOST_SIZE
from generation.composition import Settings
from generation.generators import modes
from generation.generators.modes import Mode
from provenance.manifests import foreign_json
from provenance.manifests.claims import GENERATION_LABEL

ACTIVE, PARENT = "active", "parentOf"
_MOST_FRAMES = 100_000
_MOST_STEPS = 10_000


@dataclass(frozen=True)
class ClipSource:
    """What the clip began with: the file in this slot, and from which second on."""

    role: str
    sha256: str
    at: float


@dataclass(frozen=True)
class ClipBrief:
    """How a clip was made, as far as its manifest says. None and empty where it doesn't."""

    proven: bool  # signed by somebody trusted here, and unchanged
    signer: str
    job: UUID | None
    prompt: str
    prompt_kept: bool  # it had one, of which the file has the hash alone
    model: str
    weights_sha256: str
    mode: Mode | None  # None: a way of making clips that isn't known here
    seed: int | None
    steps: int | None
    guidance: float | None
    frames: int | None
    size: tuple[int, int] | None
    settings: Settings | None
    sources: tuple[ClipSource, ...]


def read(report: Mapping[str, Any]) -> ClipBrief | None:
    """The newest making in the line of the file's parents, of a report as Report.to_json(raw=True) gives it.

    None where none says how it was made, as of what people filmed, or other programs signed.
    """
    for manifest in report.get("manifests", ()):
        if manifest.get("relation") not in (ACTIVE, PARENT):
            continue
        if manifest.get("generation"):
            return _brief(manifest, _assertion(report, str(manifest.get("label"))))
    return None


def _assertion(report: Mapping[str, Any], label: str) -> Mapping[str, Any]:
    """The making as the file has it, with its lists, which the report's summary doesn't keep."""
    manifests = foreign_json.mapping(foreign_json.mapping(report.get("raw")).get("manifests"))
    found = foreign_json.mappings(foreign_json.mapping(manifests.get(label)).get("assertions"))
    return next(
        (foreign_json.mapping(each.get("data")) for each in found if each.get("label") == GENERATION_LABEL),
        {},
    )


def _brief(manifest: Mapping[str, Any], making: Mapping[str, Any]) -> ClipBrief:
    facts: Mapping[str, Any] = manifest["generation"]
    signer = foreign_json.mapping(manifest.get("signer"))
    prompt = " ".join(str(manifest.get("prompt") or "").split())
    return ClipBrief(
        proven=manifest.get("proven") is True,
        signer=str(signer.get("organisation") or signer.get("name") or ""),
        job=_uuid(facts.get("job")),
        prompt=prompt,
        prompt_kept=not prompt and bool(facts.get("prompt_sha256")),
        model=f"{facts.get('model', '')} {facts.get('model_version', '')}".strip(),
        weights_sha256=str(facts.get("weights_sha256", "")),
        mode=_mode(facts.get("mode", Mode.TEXT.value)),
        seed=_whole(facts.get("seed"), most=briefs.LARGEST_SEED),
        steps=_whole(facts.get("steps"), least=1, most=_MOST_STEPS),
        guidance=_number(facts.get("guidance"), most=briefs.HIGHEST_GUIDANCE),
        # Files signed before this was said have the whole clip's, which is more where a source is part of it.
        frames=_whole(facts.get("frames_generated", facts.get("frames")), least=1, most=_MOST_FRAMES),
        size=_size(facts),
        settings=_settings(making),
        sources=tuple(_sources(making)),
    )


def _mode(value: object) -> Mode | None:
    try:
        return Mode(str(value))
    except ValueError:
        return None


def _uuid(value: object) -> UUID | None:
    try:
        return UUID(str(value))
    except ValueError:
        return None


def _whole(value: object, *, most: int, least: int = 0) -> int | None:
    exact = isinstance(value, int) and not isinstance(value, bool)
    return value if exact and isinstance(value, int) and least <= value <= most else None


def _number(value: object, *, most: float) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return float(value) if 0 <= value <= most else None


def _size(facts: Mapping[str, Any]) -> tuple[int, int] | None:
    width, height = (_whole(facts.get(name), least=1, most=MOST_SIZE) for name in ("width", "height"))
    return (width, height) if width and height else None


def _settings(making: Mapping[str, Any]) -> Settings | None:
    """How much was to change, and where; None where neither is said."""
    strength, region = _number(making.get("strength"), most=1), _shares(making.get("region"))
    if strength is None and region is None:
        return None
    usual = Settings()
    return Settings(strength=usual.strength if strength is None else strength, region=region or usual.region)


def _shares(value: object) -> tuple[float, float, float, float] | None:
    shares = [_number(each, most=1) for each in value] if isinstance(value, Sequence) else []
    if len(shares) != 4 or None in shares:
        return None
    left, top, width, height = (each for each in shares if each is not None)
    return left, top, width, height


def _sources(making: Mapping[str, Any]) -> Sequence[ClipSource]:
    roles = modes.all_roles()
    named = foreign_json.mappings(making.get("sources"))[: len(roles)]
    return [
        ClipSource(
            str(each["role"]), str(each.get("sha256", "")), _number(each.get("at"), most=86_400) or 0.0
        )
        for each in named
        if each.get("role") in roles
    ]
