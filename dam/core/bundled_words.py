"""What the cards of the bundled models say, for the catalogues: the cards lie beside the weights."""

from dam.core.language import gettext as _
from dam.core.language import noop

WORDS = frozenset(
    (
        noop(
            "things, animals, food, vehicles, places and sports in filmed clips, in a few English words or a "
            "sentence; in clips of the bundled generator what the object is, its colour and number, where it "
            "is and the time of day"
        ),
        noop(
            "faces, actions without a telling object, colours and counts in filmed clips, writing, and other "
            "languages than English"
        ),
        noop(
            "drawn scenes like the demo library's: what the object is, its colour, how many there are, where "
            "it is and the time of day, as in “red bottle”, “star at night” or “empty city”"
        ),
        noop(
            "real footage, movement and writing, for it is a small model that has seen drawn scenes only; "
            "ENCODER_MODEL takes a full OpenCLIP model"
        ),
        noop(
            "Previz quality: a very small model that was trained for hours, not weeks. It sketches objects "
            "it knows in places it knows; shapes can be soft or wrong."
        ),
    )
)


def said(words: str) -> str:
    """In the reader's language; what another model's card says, as it says it."""
    return _(words) if words in WORDS else words
