"""Names that senders give to files: cleaned for people to read, never used as a path. Pure."""

import re
import unicodedata

from dam.core import code_points, foreign_text

LONGEST = 120
LONGEST_TITLE = 200
LONGEST_ALONE = 4  # as a suffix with nothing before it: ".mp4" is no name, ".hidden" is one
UNNAMED = "Untitled"
NO_NAME = "._-… "  # of these alone no title is made
LONGEST_ON_DISK = 200  # bytes; file systems take 255 with the suffix
# Names of devices on Windows, with any suffix.
RESERVED = {"CON", "PRN", "AUX", "NUL", *(f"{port}{n}" for port in ("COM", "LPT") for n in range(10))}


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
        return foreign_text.cut(name, LONGEST)
    return f"{foreign_text.cut(stem, LONGEST - len(suffix) - 1)}.{suffix}"


def title_of(name: str) -> str:
    """A title from a file's name: without suffix, with spaces where names have underscores.

    >>> title_of("summer_launch-v2.mp4")
    'summer launch-v2'
    """
    name = clean(name)
    stem, _, suffix = name.rpartition(".")
    has_suffix = suffix.isalnum() and not suffix.isdigit() and len(suffix) <= 10 and suffix != name
    if has_suffix and not stem and len(suffix) <= LONGEST_ALONE:
        return UNNAMED
    words = (stem if has_suffix and stem else name).replace("_", " ").split()
    title = foreign_text.cut(" ".join(words), LONGEST_TITLE)
    return title if title.strip(NO_NAME) else UNNAMED


def of_title(title: str, *, longest: int = 60) -> str:
    """A name for a file from a title, without suffix: in small letters, with hyphens; may be empty.

    >>> of_title("A café, at night")
    'a-café-at-night'
    """
    kept = (letter if _is_written(letter) else "-" for letter in unicodedata.normalize("NFC", title).lower())
    return foreign_text.cut(re.sub("-+", "-", "".join(kept)).strip("-"), longest, mark="").strip("-")


def for_disk(name: str) -> str:
    """The name under which a browser may save it, on Windows too.

    >>> for_disk("Take 1: “Con?”.mp4"), for_disk("con.mp4")
    ('Take 1_ “Con_”.mp4', '_con.mp4')
    """
    name = re.sub(r'[<>:"/\\|?*\x00-\x1f\x7f]', "_", foreign_text.line(name, longest=len(name) + 1))
    stem, dot, suffix = name.rstrip(". ").rpartition(".")
    if not dot or len(suffix) > 10:
        stem, dot, suffix = name.rstrip(". "), "", ""
    if stem.partition(".")[0].strip().upper() in RESERVED:
        stem = f"_{stem}"
    while len(stem.encode()) > LONGEST_ON_DISK:
        stem = foreign_text.cut(stem, len(stem) - 1, mark="")
    return f"{stem.strip() or UNNAMED}{dot}{suffix}"


def _is_written(letter: str) -> bool:
    if unicodedata.category(letter)[0] in "LMN" or letter in foreign_text.JOINERS:
        return True
    return code_points.is_unassigned(letter) or foreign_text.is_of_emoji(letter)
