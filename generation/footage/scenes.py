"""What pictures of each class of ImageNet show beside the thing itself: `scenes.txt`, written by hand.

ImageNet names things and no people, places or doings. Who searches does: "a man playing a guitar" is what a
classifier calls an acoustic guitar.
"""

from pathlib import Path

FILE = Path(__file__).with_name("scenes.txt")
CLASSES = 1000


def definitions() -> list[str]:
    """Name and WordNet definition of each class, in the classifier's order (timm, Apache-2.0)."""
    from dam.core import torchvision_compat  # noqa: F401 - before timm

    from timm.data.imagenet_info import ImageNetInfo  # isort: skip

    known = ImageNetInfo("imagenet-1k")
    return [str(known.index_to_description(place, detailed=True)) for place in range(CLASSES)]


def scenes(text: str | None = None) -> list[list[str]]:
    """The scenes of each class, in the classifier's order; of some there are none.

    Each line is `class|words` or `first-last|words`. ValueError names a line that isn't.
    """
    found: list[list[str]] = [[] for _ in range(CLASSES)]
    for number, line in enumerate((FILE.read_text() if text is None else text).splitlines(), start=1):
        span, mark, words = line.partition("|")
        first, _, last = span.partition("-")
        if not (mark and words and first.isdecimal() and (last or first).isdecimal()):
            raise ValueError(f"Line {number} is not `class|words` or `first-last|words`: {line!r}")
        if not 0 <= int(first) <= int(last or first) < CLASSES:
            raise ValueError(f"Line {number} names no class from 0 to {CLASSES - 1}: {line!r}")
        for place in range(int(first), int(last or first) + 1):
            found[place].append(words)
    return found
