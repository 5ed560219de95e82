"""How well previz-clip finds clips it never saw: `python -m generation.previz.clip.evaluate`.

All clips are of the tenth of (shape, colour, motion) triples that training leaves out, and empty views.
"""

import argparse
import itertools
import json
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dam.search.encoders import loading, model_card
from dam.search.encoders.base import Encoder, TextEmbedding
from dam.search.fusion import LEAST_LIKELIHOOD, Scale
from generation.previz.clip import photographs, phrases
from generation.previz.clip.train import WEIGHTS
from generation.previz.world import captions, lexicon, rendering, scenes
from generation.previz.world.scenes import Scene

FRAMES, HEIGHT, WIDTH = 8, 144, 256
FIRST_SEED = 5_000_000
AT_ONCE = 20
EMPTY_SHARE = 10
"""To every so many clips comes one empty view: told from the others and searched, not counted in recall."""
# Pairs people search for: "red bottle", "two birds", "star at night", "ball on a table".
PAIRS = (
    ("colour", "shape"),
    ("material", "shape"),
    ("count", "shape"),
    ("shape", "light"),
    ("shape", "ground"),
)


def report(
    folder: Path, *, clips: int = 500, on_progress: Callable[[int, int], None] | None = None
) -> dict[str, object]:
    """Recall of captions, naming of attributes, precision and recall of short searches, and speed.

    Shares are 0 to 1. `on_progress` is told the clips done and the clips in all.
    Raises card.NoEncoder if there is no model in `folder`.
    """
    about = model_card.read(folder)
    encoder = loading.load(about)
    full = [scenes.sample(FIRST_SEED + place, held_out=True) for place in range(clips)]
    shown = [*full, *_empty(max(1, clips // EMPTY_SHARE))]
    parts = []
    for at in range(0, len(shown), AT_ONCE):
        parts.append(_encode(encoder, shown[at : at + AT_ONCE]))
        if on_progress:
            on_progress(min(at + AT_ONCE, len(shown)), len(shown))
    frames = np.concatenate(parts)
    plain = _recall(encoder, frames[:clips], [captions.plain(scene) for scene in full])
    free = _recall(encoder, frames[:clips], [captions.caption(s, at) for at, s in enumerate(full)])
    return {
        "model": about.label,
        "clips": clips,
        "empty_views": len(shown) - clips,
        "frames_each": FRAMES,
        "recall_at_1": plain[0],
        "recall_at_5": plain[1],
        "free_recall_at_1": free[0],
        "free_recall_at_5": free[1],
        "named_right": {name: _naming(encoder, frames, shown, name) for name in phrases.VISIBLE},
        "searches_of_one_word": _searches(encoder, frames, shown, [(name,) for name in phrases.VISIBLE]),
        "searches_of_two": _searches(encoder, frames, shown, PAIRS),
        "photographs": photographs.report(encoder),
        "milliseconds": _milliseconds(encoder),
    }


def _empty(count: int) -> list[Scene]:
    seeds = itertools.count(FIRST_SEED)
    return list(itertools.islice((s for s in map(scenes.sample, seeds) if not s.objects), count))


def _encode(encoder: Encoder, shown: Sequence[Scene]) -> NDArray[np.float32]:
    """[clips, frames, D]"""
    pictures = rendering.render(shown, frames=FRAMES, height=HEIGHT, width=WIDTH).flatten(0, 1).numpy()
    return encoder.encode_frames(pictures).reshape(len(shown), FRAMES, -1)


def _recall(encoder: Encoder, frames: NDArray[np.float32], texts: list[str]) -> tuple[float, float]:
    """The share of captions whose own clip is first, and among five, by its best frame."""
    scores = np.einsum("td,cfd->tcf", encoder.encode_text(texts), frames).max(axis=2)
    own = np.diag(scores)[:, None]
    place = (scores > own).sum(axis=1)
    return _share(place < 1), _share(place < 5)


def _naming(encoder: Encoder, frames: NDArray[np.float32], shown: Sequence[Scene], name: str) -> float:
    """The share of clips whose attribute is told right from its plain words, by the mean of the frames."""
    values = scenes.ATTRIBUTES[name]
    texts = encoder.encode_text([spoken({name: value}) for value in values])
    guessed = np.einsum("td,cd->ct", texts, frames.mean(axis=1)).argmax(axis=1)
    judged = [
        (place, values.index(phrases.shown(scene)[name]))
        for place, scene in enumerate(shown)
        if name in phrases.shown(scene) and name not in phrases.unsure(scene)
    ]
    return _share(np.array([guessed[place] == value for place, value in judged]))


def _searches(
    encoder: Encoder,
    frames: NDArray[np.float32],
    shown: Sequence[Scene],
    kinds: Sequence[tuple[str, ...]],
) -> dict[str, float]:
    """Searches as the product runs them: what is above the line, against what is truly there."""
    hits = right = there = without = honest = 0
    for kind in kinds:
        judged = np.array([not phrases.unsure(scene).intersection(kind) for scene in shown])
        for values in itertools.product(*(scenes.ATTRIBUTES[name] for name in kind)):
            named = dict(zip(kind, values, strict=True))
            if named.get("count") == "none" and len(named) > 1:
                continue
            meaning = encoder.understand(spoken(named))
            found = judged & _found(meaning, frames)
            truth = np.array([named.items() <= phrases.shown(scene).items() for scene in shown]) & judged
            hits, right, there = hits + found.sum(), right + (found & truth).sum(), there + truth.sum()
            if not truth.any():
                without, honest = without + 1, honest + int(not found.any())
    return {
        "precision": round(float(right / max(hits, 1)), 3),
        "recall": round(float(right / max(there, 1)), 3),
        "without_a_match": without,
        "of_them_said_so": round(honest / max(without, 1), 3),
    }


def _found(meaning: TextEmbedding, frames: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Which clips a search shows; none where the encoder knows no word of it."""
    if meaning.vector is None:
        return np.zeros(len(frames), bool)
    scale = Scale(steepness=meaning.steepness, level=meaning.level)
    scores = (frames @ np.array(meaning.vector, np.float32)).max(axis=1)
    return np.array([scale.likelihood(float(score)) >= LEAST_LIKELIHOOD for score in scores])


def spoken(named: dict[str, str]) -> str:
    """The plainest words for some visible attributes: "red bottle", "two birds", "star at night"."""
    words = {name: lexicon.WORDS[name][named[name]][0] for name in phrases.VISIBLE if name in named}
    if named.get("count") == "one":
        words["count"] = "one"  # its first word, "a", counts nothing
    if named.get("count") in ("two", "three") and "shape" in words:
        words["shape"] = lexicon.plural(words["shape"])
    return " ".join(words.values())


def _milliseconds(encoder: Encoder) -> dict[str, float]:
    """For one frame of 224 pixels in batches of 16, and for one text; the best of some tries."""
    pictures = np.random.default_rng(0).integers(0, 256, (16, 224, 224, 3), np.uint8)
    return {
        "frame": round(_quickest(lambda: encoder.encode_frames(pictures)) / len(pictures), 1),
        "text": round(_quickest(lambda: encoder.encode_text(["a red bottle on a table at night"])), 1),
    }


def _quickest(work: Callable[[], object], *, tries: int = 5) -> float:
    taken = []
    for _ in range(tries):
        started = time.perf_counter()
        work()
        taken.append(time.perf_counter() - started)
    return 1000 * min(taken)


def _share(which: NDArray[np.bool_]) -> float:
    return round(float(which.mean()), 3) if len(which) else 0.0


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--clips", type=int, default=500)
    arguments.add_argument("--folder", type=Path, default=WEIGHTS)
    given = arguments.parse_args()
    print(json.dumps(report(given.folder, clips=given.clips), indent=2))


if __name__ == "__main__":
    main()
