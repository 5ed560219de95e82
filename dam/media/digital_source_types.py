"""IPTC's digital source types: what people read of each, and which origin it declares. Pure.

The words are the last ones of addresses below cv.iptc.org/newscodes/digitalsourcetype.
"""

from dam.core.language import noop

TITLES = {
    "trainedAlgorithmicMedia": noop("AI-generated"),
    "compositeWithTrainedAlgorithmicMedia": noop("Partly AI-generated"),
    "compositeSynthetic": noop("Partly AI-generated"),
    "algorithmicMedia": noop("Computer-generated"),
    "virtualRecording": noop("Recorded from a screen or a virtual world"),
    "screenCapture": noop("Recorded from a screen"),
    "digitalCapture": noop("Recorded by a camera"),
    "computationalCapture": noop("Recorded by a camera"),
    "negativeFilm": noop("Digitised from film"),
    "positiveFilm": noop("Digitised from film"),
    "print": noop("Digitised from a print"),
    "digitalArt": noop("Created by a person with software"),
    "digitalCreation": noop("Created by a person with software"),
    "humanEdits": noop("Edited by a person"),
    "composite": noop("Composed from several sources"),
    "compositeCapture": noop("Composed from several sources"),
}

# As uploaders declare an origin (dam.catalog.models.DeclaredOrigin). What isn't here declares none.
ORIGINS = {
    "trainedAlgorithmicMedia": "generated",
    "compositeWithTrainedAlgorithmicMedia": "partly_generated",
    "compositeSynthetic": "partly_generated",
    "digitalCapture": "camera",
    "computationalCapture": "camera",
    "negativeFilm": "camera",
    "positiveFilm": "camera",
    "digitalCreation": "software",
    "digitalArt": "software",
    "composite": "composite",
    "compositeCapture": "composite",
}

AI = frozenset(code for code, origin in ORIGINS.items() if origin in ("generated", "partly_generated"))

ADDRESS = "http://cv.iptc.org/newscodes/digitalsourcetype/"


def address(origin: str) -> str:
    """What files are given for a declared origin: the first of ORIGINS that stands for it, or nothing.

    >>> address("camera").rpartition("/")[2], address("")
    ('digitalCapture', '')
    """
    return next((f"{ADDRESS}{code}" for code, declared in ORIGINS.items() if declared == origin), "")
