"""The ways to make a clip: what each is given, and what a generator must be able to do for it. Pure."""

from dataclasses import dataclass
from enum import StrEnum

from dam.core.language import noop


class Mode(StrEnum):
    """What a brief begins with. Each is the same request with other guides (generation.composition)."""

    TEXT = "text"
    IMAGE = "image"
    FRAMES = "frames"
    EXTEND = "extend"
    LEAD_IN = "lead_in"
    LOOP = "loop"
    BLEND = "blend"
    RESTYLE = "restyle"
    EDIT = "edit"


class SourceKind(StrEnum):
    """What may stand in a slot; the values are those of the library's kinds of assets."""

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
    slots: tuple[Slot, ...] = ()
    has_strength: bool = False
    has_region: bool = False
    relation: str = ""
    """What its sources are to the clip, in C2PA's words; see dam.rights.models.Relation."""


_FRAME = noop("Take its picture at")
_FROM = noop("Begin at")

# In the order in which pages offer them.
MODES: dict[Mode, ModeFacts] = {
    Mode.TEXT: ModeFacts(label=noop("Text"), help=noop("The prompt alone says what the clip shows.")),
    Mode.IMAGE: ModeFacts(
        label=noop("Image"),
        help=noop("The clip begins with a picture and goes on as the prompt says."),
        slots=(Slot("first", noop("First picture"), _BOTH, moment=_FRAME),),
        relation="inputTo",
    ),
    Mode.FRAMES: ModeFacts(
        label=noop("First and last"),
        help=noop("The clip begins with one picture and ends with another."),
        slots=(
            Slot("first", noop("First picture"), _BOTH, moment=_FRAME),
            Slot("last", noop("Last picture"), _BOTH, moment=_FRAME),
        ),
        relation="inputTo",
    ),
    Mode.EXTEND: ModeFacts(
        label=noop("Extend"),
        help=noop("A clip goes on after its end. What it was stays as it is."),
        slots=(Slot("source", noop("Clip to extend"), _FILMS),),
        relation="parentOf",
    ),
    Mode.LEAD_IN: ModeFacts(
        label=noop("Lead-in"),
        help=noop("A clip gets a new beginning that leads up to it."),
        slots=(Slot("source", noop("Clip to lead up to"), _FILMS),),
        relation="parentOf",
    ),
    Mode.LOOP: ModeFacts(
        label=noop("Loop"),
        help=noop(
            "A clip that ends where it begins: from the prompt, from a picture, or a clip with a way back."
        ),
        slots=(Slot("source", noop("Picture or clip"), _BOTH, required=False),),
        relation="parentOf",
    ),
    Mode.BLEND: ModeFacts(
        label=noop("Blend"),
        help=noop("One clip turns into another by a new piece between them."),
        slots=(
            Slot("from", noop("Begins as"), _FILMS),
            Slot("to", noop("Ends as"), _FILMS),
        ),
        relation="componentOf",
    ),
    Mode.RESTYLE: ModeFacts(
        label=noop("Restyle"),
        help=noop("A clip is made again along the prompt. Little strength keeps most of it."),
        slots=(Slot("source", noop("Clip to restyle"), _FILMS, moment=_FROM),),
        has_strength=True,
        relation="parentOf",
    ),
    Mode.EDIT: ModeFacts(
        label=noop("Edit region"),
        help=noop(
            "Only what lies in the rectangle is made again. All else stays; of a picture it stands still."
        ),
        slots=(Slot("source", noop("Clip or picture to edit"), _BOTH, moment=_FROM),),
        has_region=True,
        relation="parentOf",
    ),
}


def slots(mode: Mode) -> tuple[Slot, ...]:
    return MODES[mode].slots


def all_roles() -> tuple[str, ...]:
    """Every role of any mode, once."""
    return tuple(dict.fromkeys(slot.role for facts in MODES.values() for slot in facts.slots))
