"""How well an encoder finds one's own clips or pictures: `manage.py evaluate clip --captions FILE`.

FILE has a line of JSON for each: {"path": "beach.mp4", "captions": ["a dog on the beach"]}; paths are taken
from its folder. Each caption is searched among all of them as the product does: by a clip's best frame.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from PIL import Image

from dam.media import kept_frames, runner
from dam.search import indexing
from dam.search.encoders import loading, model_card
from dam.search.encoders.base import Encoder, Pictures, Vectors
from dam.search.fusion import LEAST_LIKELIHOOD, Scale

PICTURES = {".jpg", ".jpeg", ".png", ".webp", ".bmp"}


@dataclass(frozen=True)
class Search:
    """What searching one caption gave."""

    place: int  # of its own clip: 0 is the first
    found: bool  # its own clip is above the line that results are cut at
    shown: int  # how many clips are


def report(
    file: Path, folder: Path, *, on_progress: Callable[[int, int], None] | None = None
) -> dict[str, Any]:
    """How many captions find their clip first, and among five and ten (shares).

    `shown_at_5` counts those alone that the search page would show; `shown` is how many clips it shows for a
    caption on average. `on_progress` is told the clips done and the clips in all. Raises NoEncoder, and
    ValueError if a line can't be read, OSError and media errors if a clip can't.
    """
    items = read(file)
    about = model_card.read(folder)
    encoder = loading.load(about)
    seen = []
    for item in items:
        seen.append(encoder.encode_frames(frames(file.parent / str(item["path"]))))
        if on_progress:
            on_progress(len(seen), len(items))
    searches = [
        _search(encoder, caption, seen, own) for own, item in enumerate(items) for caption in item["captions"]
    ]
    return {
        "model": about.label,
        "clips": len(items),
        "captions": len(searches),
        **{f"recall_at_{most}": _mean([s.place < most for s in searches]) for most in (1, 5, 10)},
        "shown_at_5": _mean([s.place < 5 and s.found for s in searches]),
        "shown": _mean([s.shown for s in searches]),
    }


def frames(path: Path) -> Pictures:
    """The picture, or the frames of a clip that are indexed: [N, H, W, 3]."""
    if path.suffix.lower() in PICTURES:
        with Image.open(path) as picture:
            picture.thumbnail((indexing.MAX_SIDE, indexing.MAX_SIDE))
            return np.asarray(picture.convert("RGB"))[None]
    with TemporaryDirectory() as folder:
        out = Path(folder) / "frames.zip"
        footage = kept_frames.write(path, out, info=runner.probe(path))
        kept = kept_frames.read(out, footage, max_side=indexing.MAX_SIDE)
        return np.stack([frame.rgb for frame in kept])


def _search(encoder: Encoder, caption: str, seen: list[Vectors], own: int) -> Search:
    meaning = encoder.understand(caption)
    if meaning.vector is None:
        return Search(place=len(seen), found=False, shown=0)
    scale = Scale(steepness=meaning.steepness, level=meaning.level)
    scores = [float((vectors @ np.array(meaning.vector)).max()) for vectors in seen]
    shown = [scale.likelihood(score) >= LEAST_LIKELIHOOD for score in scores]
    return Search(place=sum(score > scores[own] for score in scores), found=shown[own], shown=sum(shown))


def read(file: Path) -> list[dict[str, Any]]:
    """The lines of a file of captioned clips. Raises ValueError for one that is not as it should be."""
    items = []
    for number, line in enumerate(file.read_text().splitlines(), start=1):
        if not line.strip():
            continue
        try:
            item = json.loads(line)
        except ValueError:
            item = None
        if not isinstance(item, dict) or not item.get("path") or not isinstance(item.get("captions"), list):
            raise ValueError(
                f'Line {number} of {file.name} is not {{"path": "clip.mp4", "captions": ["what it shows"]}}.'
            )
        items.append(item)
    return items


def _mean(values: list[bool] | list[int]) -> float:
    return round(float(np.mean(values)), 3) if values else 0.0
