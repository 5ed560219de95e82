"""The ways to make a clip: what each is given, and what a generator must be able to do for it. Pure."""

from collections.abc import Container
from dataclasses import dataclass
from enum import StrEnum

from dam.core.language import noop


class Mode(StrEnum):
    """What a brief begins with. Each is the same request with other guides (generation.composition)."""

    TEXT = "text"
    STILL = "still"
    IMAGE = "image"
    FRAMES = "frames"
    EXTEND = "extend"
    LEAD_IN = "lead_in"
    LOOP = "loop"
    BLEND = "blend"
    RESTYLE = "restyle"
    EDIT = "edit"


class SourceKind(StrEnum):
    """What may stand in a slot, and what a mode makes; the values are those of the library's kinds."""

    VIDEO = "video"
    STILL = "still"


_BOTH = (SourceKind.VIDEO, SourceKind.STILL)
_FILMS = (SourceKind.VIDEO,)


@dataclass(frozen=True, slots=True)
class Slot:
    """Something from the library that a mode takes. `role` names it in forms, jobs and manifests."""

    role: str
    label: str
    takes: tuple[SourceKind, ...]
    required: bool = True
    moment: str = ""
    """What its time in seconds means, for people; empty where the whole clip counts."""


@dataclass(frozen=True, slots=True)
class ModeFacts:
    label: str
    help: str
    icon: str
    slots: tuple[Slot, ...] = ()
    makes: SourceKind = SourceKind.VIDEO
    has_strength: bool = False
    has_region: bool = False
    relation: str = ""
    """What its sources are to the clip, in C2PA's words; see dam.rights.models.Relation."""


_FRAME = noop("Use the frame at")
_FROM = noop("Start at")

# In the order in which pages offer them.
MODES: dict[Mode, ModeFacts] = {
    Mode.TEXT: ModeFacts(
        label=noop("Text"),
        icon="type",
        help=noop("The prompt alone describes the clip."),
    ),
    Mode.STILL: ModeFacts(
        label=noop("Still image"),
        icon="frame",
        help=noop("Makes one picture, which clips can begin with."),
        makes=SourceKind.STILL,
    ),
    Mode.IMAGE: ModeFacts(
        label=noop("Image"),
        icon="image",
        help=noop("Starts from an image, then follows the prompt."),
        slots=(Slot("first", noop("First frame"), _BOTH, moment=_FRAME),),
        relation="inputTo",
    ),
    Mode.FRAMES: ModeFacts(
        label=noop("First and last frame"),
        icon="images",
        help=noop("Starts on one image and ends on another."),
        slots=(
            Slot("first", noop("First frame"), _BOTH, moment=_FRAME),
            Slot("last", noop("Last frame"), _BOTH, moment=_FRAME),
        ),
        relation="inputTo",
    ),
    Mode.EXTEND: ModeFacts(
        label=noop("Extend"),
        icon="chevrons-right",
        help=noop("Continues a clip after its end. The original stays as it is."),
        slots=(Slot("source", noop("Clip to extend"), _FILMS),),
        relation="parentOf",
    ),
    Mode.LEAD_IN: ModeFacts(
        label=noop("Lead-in"),
        icon="chevrons-left",
        help=noop("Adds a new opening that leads into a clip."),
        slots=(Slot("source", noop("Clip to lead into"), _FILMS),),
        relation="parentOf",
    ),
    Mode.LOOP: ModeFacts(
        label=noop("Loop"),
        icon="repeat",
        help=noop(
            "Ends where it starts: from the prompt, from an image, or from a clip that gets a way back."
        ),
        slots=(Slot("source", noop("Image or clip"), _BOTH, required=False),),
        relation="parentOf",
    ),
    Mode.BLEND: ModeFacts(
        label=noop("Blend"),
        icon="blend",
        help=noop("Turns one clip into another with a new transition."),
        slots=(
            Slot("from", noop("First clip"), _FILMS),
            Slot("to", noop("Second clip"), _FILMS),
        ),
        relation="componentOf",
    ),
    Mode.RESTYLE: ModeFacts(
        label=noop("Restyle"),
        icon="wand-sparkles",
        help=noop("Remakes a clip to match the prompt. Low strength keeps more of it."),
        slots=(Slot("source", noop("Clip to restyle"), _FILMS, moment=_FROM),),
        has_strength=True,
        relation="parentOf",
    ),
    Mode.EDIT: ModeFacts(
        label=noop("Edit region"),
        icon="square-dashed",
        help=noop(
            "Regenerates only what is inside the rectangle. In an image, everything else stands still."
        ),
        slots=(Slot("source", noop("Clip or image to edit"), _BOTH, moment=_FROM),),
        has_region=True,
        relation="parentOf",
    ),
}


# What comes nearest to each, the nearest first, and how it does.
_NEAREST: dict[Mode, tuple[tuple[Mode, str], ...]] = {
    Mode.TEXT: (
        (Mode.IMAGE, noop("“Image” starts from an image and follows the prompt.")),
        (Mode.RESTYLE, noop("“Restyle” remakes a clip to match the prompt.")),
    ),
    Mode.STILL: ((Mode.TEXT, noop("“Text” makes a clip, and one of its frames can be used as an image.")),),
    Mode.IMAGE: (
        (Mode.FRAMES, noop("“First and last frame” starts from the image and ends on another.")),
        (Mode.RESTYLE, noop("“Restyle” remakes a clip to match the prompt.")),
        (Mode.TEXT, noop("“Text” makes a clip of what you write: describe the image in the prompt.")),
    ),
    Mode.FRAMES: (
        (Mode.IMAGE, noop("“Image” starts from the first image; the prompt can describe the last.")),
        (Mode.TEXT, noop("“Text” makes a clip of what you write: describe both images in the prompt.")),
    ),
    Mode.EXTEND: (
        (Mode.IMAGE, noop("“Image” can start from the clip's last frame; how it moved isn't known then.")),
    ),
    Mode.LEAD_IN: (
        (Mode.FRAMES, noop("“First and last frame” can end on the clip's first frame.")),
        (Mode.IMAGE, noop("“Image” can start from the clip's first frame, but won't lead into it.")),
    ),
    Mode.LOOP: (
        (Mode.FRAMES, noop("“First and last frame” can start and end on the same image.")),
        (Mode.TEXT, noop("“Text” makes a clip of what you write; its end won't meet its start.")),
    ),
    Mode.BLEND: (
        (
            Mode.FRAMES,
            noop("“First and last frame” can start on one clip's last frame and end on the other's first."),
        ),
        (Mode.IMAGE, noop("“Image” can start from the first clip's last frame.")),
    ),
    Mode.RESTYLE: (
        (Mode.IMAGE, noop("“Image” can start from a frame of the clip and follow new words.")),
        (Mode.TEXT, noop("“Text” makes a clip of what you write: describe the clip in the prompt.")),
    ),
    Mode.EDIT: (
        (Mode.RESTYLE, noop("“Restyle” remakes the whole picture; low strength keeps more of it.")),
        (Mode.IMAGE, noop("“Image” can start from a frame of the clip and follow new words.")),
    ),
}


def nearest(mode: Mode, offered: Container[Mode]) -> str:
    """How a model that offers these comes nearest to `mode`, to be translated; empty where none does."""
    return next((how for other, how in _NEAREST[mode] if other in offered), "")


def is_still(mode: Mode) -> bool:
    """Whether it makes one picture."""
    return MODES[mode].makes is SourceKind.STILL


def slots(mode: Mode) -> tuple[Slot, ...]:
    return MODES[mode].slots


def all_roles() -> tuple[str, ...]:
    """Every role of any mode, once."""
    return tuple(dict.fromkeys(slot.role for facts in MODES.values() for slot in facts.slots))
