"""What a search compares with, beside its words: a clip, a shot, part of a frame or a picture. Pure.

In addresses: `like=CLIP`, `like=CLIP@4500` for the shot at that millisecond, `like=CLIP@4500:120,80,400,300`
for a box in the frame there (left, top, width and height in thousandths), `like=picture:KEY`.
"""

import re
from dataclasses import dataclass
from uuid import UUID

WHOLE = 1000  # thousandths
LEAST_SIDE = 20  # of a box: smaller ones show nothing
_PICTURE = "picture:"
_KEY = re.compile(r"[A-Za-z0-9_-]{16,64}")
_BOX = re.compile(r"\d{1,4},\d{1,4},\d{1,4},\d{1,4}", re.ASCII)
_CLIP = re.compile(
    rf"(?P<asset>[0-9a-f-]{{36}})(?:@(?P<time>\d{{1,9}})(?::(?P<box>{_BOX.pattern}))?)?", re.ASCII
)


@dataclass(frozen=True)
class Box:
    """A part of a frame, in thousandths of its width and height."""

    left: int
    top: int
    width: int
    height: int

    def __str__(self) -> str:
        return f"{self.left},{self.top},{self.width},{self.height}"

    def in_pixels(self, width: int, height: int) -> tuple[int, int, int, int]:
        """Left, top, right and bottom in a picture of this size; never empty."""
        left, top = self.left * width // WHOLE, self.top * height // WHOLE
        right = max(left + 1, (self.left + self.width) * width // WHOLE)
        return left, top, right, max(top + 1, (self.top + self.height) * height // WHOLE)


@dataclass(frozen=True)
class Like:
    """One of: a clip as a whole, its shot at a time, a box of its frame then, or a picture by its key."""

    asset_id: UUID | None = None
    time_ms: int | None = None
    box: Box | None = None
    picture: str = ""

    def __str__(self) -> str:
        if self.picture:
            return _PICTURE + self.picture
        time = "" if self.time_ms is None else f"@{self.time_ms}"
        return f"{self.asset_id}{time}" + (f":{self.box}" if self.box else "")


def read(text: str) -> Like | None:
    """What an address says; None for anything else: addresses are cut and edited."""
    if text.startswith(_PICTURE):
        key = text.removeprefix(_PICTURE)
        return Like(picture=key) if _KEY.fullmatch(key) else None
    found = _CLIP.fullmatch(text)
    if found is None:
        return None
    try:
        asset = UUID(found["asset"])
    except ValueError:
        return None
    box = read_box(found["box"]) if found["box"] else None
    if found["box"] and box is None:
        return None
    return Like(asset_id=asset, time_ms=int(found["time"]) if found["time"] else None, box=box)


def read_box(text: str) -> Box | None:
    """As str(Box) has it; None for one that isn't inside the frame, or too small to show anything."""
    if not _BOX.fullmatch(text):
        return None
    left, top, width, height = map(int, text.split(","))
    inside = left + width <= WHOLE and top + height <= WHOLE
    return Box(left, top, width, height) if inside and min(width, height) >= LEAST_SIDE else None
