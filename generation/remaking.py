"""A brief out of a remark on a clip: what it is drawn around is made anew, in the remark's words. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from generation import briefs
from generation.composition import Box
from generation.generators.base import Capabilities
from generation.generators.modes import Mode

# In this order: with a drawing its place is made anew, else the passage, else a clip begins there.
DRAWN, MEANT, BEGUN = Mode.EDIT, Mode.RESTYLE, Mode.IMAGE
MARGIN = 0.03  # of the picture, around what was drawn
LEAST_SIDE = 0.1
POINTED_AT = 0.3  # side of what an arrow's head or a word stands in the middle of


@dataclass(frozen=True)
class Remade:
    """What a brief begins with; `at` in seconds, `region` in shares of the picture."""

    mode: Mode
    at: float
    frames: int
    region: Box | None = None


def remade(
    *,
    drawing: Mapping[str, Any] | None,
    frame: int | None,
    end_frame: int | None,
    rate: Fraction,
    seconds: float,
    can: Capabilities,
    lengths: Sequence[int],
) -> Remade:
    """The passage that is meant, as long as the model makes one and the clip has one from there.

    `lengths` are those that the brief offers. A clip shorter than the shortest can only be begun with.
    """
    begins = float((frame or 0) / rate)
    meant = float(((end_frame or frame or 0) + 1) / rate) - begins
    fitting = [each for each in sorted(lengths) if float((each - 1) / can.frame_rate) <= seconds]
    region = box_of(drawing) if drawing else None
    wanted = DRAWN if region is not None else MEANT
    if not fitting or wanted not in can.modes:
        mode = BEGUN if BEGUN in can.modes else can.usual_mode
        return Remade(mode, round(begins, 2), max(lengths))
    whole = (end_frame is None and float(fitting[-1] / can.frame_rate)) or meant
    frames = next((each for each in fitting if float(each / can.frame_rate) >= whole), fitting[-1])
    latest = max(0.0, seconds - float(frames / can.frame_rate))
    return Remade(wanted, round(min(begins, latest), 2), frames, region)


def box_of(drawing: Mapping[str, Any]) -> Box | None:
    """What the shapes lie around: lines with what is inside them, else what arrows and words stand at."""
    around: list[Sequence[float]] = []
    beside: list[Sequence[float]] = []
    for shape in drawing.get("shapes", ()):
        points = shape["points"]
        if shape["kind"] == "arrow":
            beside.append(points[-1])
        elif shape["kind"] == "text":
            beside.append(points[0])
        else:
            around += points
    points, margin = (around, MARGIN) if around else (beside, POINTED_AT / 2)
    if not points:
        return None
    left, width = _side([point[0] for point in points], margin)
    top, height = _side([point[1] for point in points], margin)
    return left, top, width, height


def _side(values: Sequence[float], margin: float) -> tuple[float, float]:
    """Where it begins and how long it is, within the picture."""
    first, last = min(values) - margin, max(values) + margin
    middle, half = (first + last) / 2, max(last - first, LEAST_SIDE) / 2
    first, last = max(0.0, middle - half), min(1.0, middle + half)
    first = min(first, 1 - LEAST_SIDE)
    return first, max(last - first, LEAST_SIDE)


def query(found: Remade, *, prompt: str) -> dict[str, str]:
    """The address's fields of the brief, beside the clip itself."""
    said = {"mode": found.mode.value, "prompt": prompt[: briefs.LONGEST_PROMPT], "frames": str(found.frames)}
    slot = {Mode.EDIT: "source", Mode.RESTYLE: "source", Mode.IMAGE: "first"}.get(found.mode)
    if slot:
        said[f"at_{slot}"] = f"{found.at:g}"
    if found.region is not None:
        left, top, width, height = (round(100 * share) for share in found.region)
        said |= {"left": str(left), "top": str(top)}
        said |= {"width": str(min(width, 100 - left)), "height": str(min(height, 100 - top))}
    return said
