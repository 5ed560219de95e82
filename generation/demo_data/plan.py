"""What the starter library holds. Plain values."""

from dataclasses import dataclass
from enum import StrEnum

from dam.accounts.capabilities import Role
from dam.rights.disclosure import Disclosed

PEOPLE = {
    Role.CREATOR: "Carla Jensen",
    Role.BRAND_REVIEWER: "Ben Okafor",
    Role.LEGAL_REVIEWER: "Lena Hartmann",
    Role.LIBRARIAN: "Luis Moreno",
    Role.VIEWER: "Vera Novak",
    Role.ADMIN: "Ada Lindqvist",
}


class Goal(StrEnum):
    """How far a clip comes."""

    DRAFT = "a draft"
    BRAND_STAGE = "waiting for the brand review"
    LEGAL_STAGE = "waiting for the legal review"
    CHANGES = "sent back with a comment"
    RELEASED = "approved and released"


@dataclass(frozen=True)
class PlannedClip:
    """A clip to generate."""

    prompt: str
    seed: int
    goal: Goal


@dataclass(frozen=True)
class Footage:
    """A clip to film in the procedural world and upload. The words are those of the world."""

    title: str
    shape: str
    colour: str
    motion: str
    ground: str
    light: str
    goal: Goal
    tags: tuple[str, ...]

    @property
    def filename(self) -> str:
        return f"{self.title}.mp4"


# What the bundled model draws well: a first look should not begin with what it is bad at.
GENERATED = (
    PlannedClip("A large red can standing still on a pedestal in a studio", 3, Goal.RELEASED),
    PlannedClip("A large orange cube moving right over the sea at dusk", 3, Goal.BRAND_STAGE),
    PlannedClip("A large white cup standing still on a wooden table", 12, Goal.LEGAL_STAGE),
    PlannedClip("A large red heart growing in a studio", 12, Goal.DRAFT),
)

FOOTAGE = (
    Footage(
        "Harbour ball, first cut", "ball", "red", "bounce", "sea", "day", Goal.RELEASED, ("summer", "harbour")
    ),
    Footage(
        "Leaf in the dunes", "leaf", "green", "turn", "desert", "dusk", Goal.CHANGES, ("autumn", "outdoor")
    ),
    Footage(
        "City can, night drive", "can", "orange", "right", "city", "night", Goal.DRAFT, ("city", "night")
    ),
)

FOOTAGE_FRAMES = 60
FOOTAGE_SIZE = (960, 540)  # pixels
FOOTAGE_RATE = 24  # frames a second

CHANGES_FRAME = 30
CHANGES_COMMENT = "The leaf's tip leaves its shadow here. Keep it closer to the ground, please."
CHANGES_DECISION = "Nearly there: see my comment at the frame where the leaf lifts off."
NOTE = "For the autumn campaign."
USES = ("web", "social")
TERRITORIES = ("EU",)
DISCLOSED = Disclosed(looks_real=False, artistic=True, performer=False)  # as the bundled model draws
VALID_DAYS = 365
