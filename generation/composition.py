"""How a brief's sources become a request's guides, and the frames that were made a whole clip. Pure.

A generator makes a clip of a fixed range of lengths. What is longer (a clip with more at its end, two clips
and what leads from one to the other) is that, with the sources' own frames before and after it.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from generation.generators.base import Capabilities, Frames
from generation.generators.guides import Guide, Region, region_of
from generation.generators.modes import Mode

MOST_KEPT_SECONDS = 60
"""Of a source that goes into the new clip as a whole: all frames of that are in memory."""
_EXTEND_SECONDS, _BRIDGE_SECONDS = 1.0, 0.5
"""How much of a source the model sees; what it sees takes its share of the frames it makes."""
FEATHER = 4
"""Pixels over which a region's new picture fades into what stays."""

Box = tuple[float, float, float, float]
"""Left, top, width and height as shares of the picture, 0 to 1."""


@dataclass(frozen=True, eq=False)
class Plan:
    """What to ask a generator for, and what stands around that. `head` and `tail` are the frames of the made
    clip that are the sources' too, in its beginning and its end."""

    guides: tuple[Guide, ...] = ()
    loops: bool = False
    before: Frames | None = None
    after: Frames | None = None
    head: int = 0
    tail: int = 0


@dataclass(frozen=True, slots=True)
class Settings:
    """`strength` is how much may change, above 0 up to 1; `region` what is made anew."""

    strength: float = 0.5
    region: Box = (0.25, 0.25, 0.5, 0.5)


def needed(mode: Mode, *, frames: int) -> int | None:
    """How many frames a source that is a clip must have to be worked over as a whole; None: any number."""
    return frames if mode in (Mode.RESTYLE, Mode.EDIT) else None


def plan(
    mode: Mode, given: Mapping[str, Frames], *, can: Capabilities, frames: int, settings: Settings
) -> Plan:
    """What a mode makes of its sources: role to frames [T, H, W, 3] at the request's size and rate.

    A picture is one frame. Clips of RESTYLE and EDIT have `frames` frames.
    """
    match mode:
        case Mode.TEXT | Mode.STILL:
            return Plan()
        case Mode.IMAGE:
            return Plan(guides=(Guide(given["first"][:1], at=0),))
        case Mode.FRAMES:
            last = Guide(given["last"][:1], at=frames - 1)
            return Plan(guides=(Guide(given["first"][:1], at=0), last))
        case Mode.EXTEND:
            return _extended(given["source"], can=can, frames=frames)
        case Mode.LEAD_IN:
            return _led_in(given["source"], can=can, frames=frames)
        case Mode.LOOP:
            return _looped(given.get("source"), can=can, frames=frames)
        case Mode.BLEND:
            return _bridge(given["from"], given["to"], can=can, frames=frames, both=True)
        case Mode.RESTYLE:
            return Plan(guides=(Guide(given["source"], at=0, strength=1 - settings.strength),))
        case Mode.EDIT:
            return _edited(given["source"], frames=frames, box=settings.region)


def _extended(source: Frames, *, can: Capabilities, frames: int) -> Plan:
    head = _head(source, can=can, frames=frames, seconds=_EXTEND_SECONDS)
    return Plan(guides=(Guide(source[-head:], at=0),), before=source[:-head], head=head)


def _led_in(source: Frames, *, can: Capabilities, frames: int) -> Plan:
    tail = _tail(source, can=can, frames=frames, seconds=_EXTEND_SECONDS)
    return Plan(guides=(Guide(source[:tail], at=frames - tail),), after=source[tail:], tail=tail)


def _looped(source: Frames | None, *, can: Capabilities, frames: int) -> Plan:
    if source is None:
        return Plan(loops=True)
    if len(source) == 1:
        return Plan(guides=(Guide(source, at=0),), loops=True)
    return _bridge(source, source, can=can, frames=frames, both=False)


def _bridge(first: Frames, second: Frames, *, can: Capabilities, frames: int, both: bool) -> Plan:
    """From the end of one to the beginning of another.

    Without `both` the second isn't shown: it is the first, which begins again there.
    """
    head = _head(first, can=can, frames=frames, seconds=_BRIDGE_SECONDS)
    tail = _tail(second, can=can, frames=frames - head, seconds=_BRIDGE_SECONDS)
    return Plan(
        guides=(Guide(first[-head:], at=0), Guide(second[:tail], at=frames - tail)),
        before=first[:-head],
        after=second[tail:] if both else None,
        head=head,
        tail=tail,
    )


def _edited(source: Frames, *, frames: int, box: Box) -> Plan:
    region = region_of(box, width=source.shape[2], height=source.shape[1])
    if len(source) > 1:
        return Plan(guides=(Guide(source, at=0, region=region),))
    # A picture of which a part begins to move: the clip begins with the whole of it.
    still = np.broadcast_to(source, (frames, *source.shape[1:]))
    return Plan(guides=(Guide(still, at=0, region=region), Guide(source, at=0)))


def _head(source: Frames, *, can: Capabilities, frames: int, seconds: float) -> int:
    """How many frames a clip is to begin with: 1 + n * step, as many as are worth it and there are."""
    steps = round(seconds * float(can.frame_rate) / can.frame_step)
    most = min(len(source), 1 + (frames - 1) // 2)
    return 1 + max(0, min(steps, (most - 1) // can.frame_step)) * can.frame_step


def _tail(source: Frames, *, can: Capabilities, frames: int, seconds: float) -> int:
    """The same of an end: n * step frames, or a single one where there are no more."""
    steps = round(seconds * float(can.frame_rate) / can.frame_step)
    most = min(len(source), frames // 2)
    return max(1, min(steps, most // can.frame_step) * can.frame_step)


def compose(plan: Plan, made: Frames) -> Frames:
    """The whole clip of what a generator made of the plan's guides.

    What stays is the source's own picture, not what the model made of it: outside a region, and before and
    after what is new, with a short crossing over.
    """
    for guide in plan.guides:
        if guide.region is not None and guide.stays:
            made = _outside(made, guide)
    if plan.head:
        made = _crossed(made, plan.guides[0].pictures, forward=True)
    if plan.tail:
        made = _crossed(made, plan.guides[-1].pictures, forward=False)
    if plan.tail and plan.after is None:
        made = made[: -plan.tail]  # it leads back to a clip that begins there
    parts = [part for part in (plan.before, made, plan.after) if part is not None and len(part)]
    return np.concatenate(parts) if len(parts) > 1 else parts[0]


def _outside(made: Frames, guide: Guide) -> Frames:
    assert guide.region is not None
    inside = _depth(guide.region)
    share = np.minimum(inside / (FEATHER + 1), 1.0).astype(np.float32)[None, :, :, None]
    whole = made.copy()
    for start in range(0, len(guide.pictures), 32):  # floats of a whole clip are four clips
        place = slice(guide.at + start, guide.at + min(start + 32, len(guide.pictures)))
        kept = guide.pictures[start : start + 32]
        whole[place] = np.rint(kept + (made[place].astype(np.float32) - kept) * share).astype(np.uint8)
    return whole


def _depth(region: Region) -> NDArray[np.int16]:
    """How deep each pixel lies in a region, up to FEATHER + 1; 0 outside. Beyond the picture is inside."""
    depth = region.astype(np.int16)
    inner = region
    for _round in range(FEATHER):
        wide = np.pad(inner, 1, constant_values=True)
        inner = inner & wide[:-2, 1:-1] & wide[2:, 1:-1] & wide[1:-1, :-2] & wide[1:-1, 2:]
        depth += inner
    return depth


def _crossed(made: Frames, source: Frames, *, forward: bool) -> Frames:
    """The source's own frames at the end that they stand at, passing over into what the model saw them as."""
    many = len(source)
    share = np.arange(1, many + 1, dtype=np.float32) / (many + 1)
    share = np.maximum(0.0, 2 * share - 1)  # the outer half is the source alone
    whole = made.copy()
    part = whole[:many] if forward else whole[-many:]
    share = (share if forward else share[::-1])[:, None, None, None]
    part[:] = np.rint(source + (part.astype(np.float32) - source) * share).astype(np.uint8)
    return whole
