"""Names that senders give to files: cleaned for people to read, never used as a path. Pure."""

import unicodedata

from dam.core import foreign_text

LONGEST = 120
LONGEST_TITLE = 200
UNNAMED = "Untitled"


def clean(name: str) -> str:
    r"""The last part of the path, in one line, readable, at most LONGEST characters with its suffix.

    >>> clean("../../etc/pass\nwd\u202egpj.mp4")
    'pass wdgpj.mp4'
    """
    name = name.replace("\\", "/").rstrip("/").rpartition("/")[2]
    name = unicodedata.normalize("NFC", foreign_text.line(name, longest=len(name) + 1))
    if not name.strip(". "):
        return UNNAMED
    if len(name) <= LONGEST:
        return name
    stem, dot, suffix = name.rpartition(".")
    if not dot or len(suffix) > 10:
        return name[: LONGEST - 1].rstrip(foreign_text.ENDS) + "…"
    return stem[: LONGEST - len(suffix) - 2].rstrip(foreign_text.ENDS) + "…." + suffix


def title_of(name: str) -> str:
    """A title from a file's name: without suffix, with spaces where names have underscores.

    >>> title_of("summer_launch-v2.mp4")
    'summer launch-v2'
    """
    stem, dot, suffix = clean(name).rpartition(".")
    words = (stem if dot and stem and len(suffix) <= 10 else clean(name)).replace("_", " ").split()
    return " ".join(words)[:LONGEST_TITLE] or UNNAMED
