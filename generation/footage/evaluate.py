"""How well an encoder finds your own captioned clips: `python -m generation.footage.evaluate FILE`.

FILE has a line of JSON for each clip or picture: {"path": "beach.mp4", "captions": ["a dog on the
beach"]}; paths are taken from its folder. Each caption is searched among all as the product does: by a
clip's best frame.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import django
import numpy as np
from numpy.typing import NDArray
from PIL import Image

FRAMES = 8
PICTURES = {".jpg", ".jpeg", ".png", ".webp", ".bmp"}


def report(file: Path, *, folder: Path | None = None) -> dict[str, Any]:
    """Recall at 1, 5 and 10 of all captions, and of those that pass the line results are cut at (shares).

    ValueError if a line can't be read; media errors if a clip can't.
    """
    from dam.search.encoders import loading, model_card

    about = model_card.read(folder) if folder else model_card.current()
    encoder = loading.load(about)
    items = _read(file)
    seen = [encoder.encode_frames(frames(file.parent / str(item["path"]))) for item in items]
    asked = [(place, caption) for place, item in enumerate(items) for caption in item["captions"]]
    places, passed = list[int](), list[bool]()
    for place, caption in asked:
        meaning = encoder.understand(caption)
        if meaning.vector is None:
            places.append(len(items))
            passed.append(False)
            continue
        scores = np.array([(vectors @ np.array(meaning.vector)).max() for vectors in seen])
        places.append(int((scores > scores[place]).sum()))
        passed.append(_shown(meaning, float(scores[place])))
    return {"model": about.label, "clips": len(items), "captions": len(asked), **_recall(places, passed)}


def _shown(meaning: Any, score: float) -> bool:
    from dam.search.fusion import LEAST_LIKELIHOOD, Scale

    scale = Scale(steepness=meaning.steepness, level=meaning.level)
    return scale.likelihood(score) >= LEAST_LIKELIHOOD


def _recall(places: Sequence[int], passed: Sequence[bool]) -> dict[str, float]:
    at, shown = np.array(places), np.array(passed)
    found = {f"recall_at_{most}": _share(at < most) for most in (1, 5, 10)}
    return {**found, "shown_at_5": _share((at < 5) & shown)}


def _share(true: NDArray[np.bool_]) -> float:
    return round(float(true.mean()), 3) if len(true) else 0.0


def _read(file: Path) -> list[dict[str, Any]]:
    items = []
    for number, line in enumerate(file.read_text().splitlines(), start=1):
        if not line.strip():
            continue
        item = json.loads(line)
        if not isinstance(item, dict) or not item.get("path") or not isinstance(item.get("captions"), list):
            raise ValueError(f"Line {number} of {file.name} has no path with captions.")
        items.append(item)
    return items


def frames(path: Path) -> NDArray[np.uint8]:
    """[N, H, W, 3]: the picture, or frames spread over the clip."""
    if path.suffix.lower() in PICTURES:
        with Image.open(path) as picture:
            picture.thumbnail((448, 448))
            return np.asarray(picture.convert("RGB"))[None]
    from dam.media import runner

    info = runner.probe(path)
    return np.stack(
        [frame.rgb for frame in runner.sample_frames(path, info=info, count=FRAMES, max_side=448)]
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("file", type=Path, help="captioned clips, JSON Lines")
    parser.add_argument("--folder", type=Path, help="the encoder, if not the one in use")
    options = parser.parse_args()
    django.setup()
    sys.stdout.write(json.dumps(report(options.file, folder=options.folder), indent=2) + "\n")


if __name__ == "__main__":
    main()
