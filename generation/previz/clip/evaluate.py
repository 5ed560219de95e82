"""How well previz-clip finds clips it never saw: `python -m generation.previz.clip.evaluate`.

All clips are of the tenth of (shape, colour, motion) triples that training leaves out.
"""

import argparse
import itertools
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dam.search.encoders import card, openclip
from dam.search.encoders.base import Encoder
from dam.search.fusion import LEAST_LIKELIHOOD, Scale
from generation.previz.clip.train import WEIGHTS
from generation.previz.world import captions, lexicon, rendering, scenes
from generation.previz.world.scenes import Scene

FRAMES, HEIGHT, WIDTH = 8, 144, 256
FIRST_SEED = 5_000_000
# The plain way to say each attribute's value.
PLAIN = {
    "shape": lexicon.NOUNS,
    "colour": lexicon.COLOUR_WORDS,
    "size": lexicon.SIZE_WORDS,
    "ground": lexicon.GROUND_PHRASES,
    "light": lexicon.LIGHT_PHRASES,
}
# Pairs people search for: "red bottle", "star at night", "ball on a table".
PAIRS = (("colour", "shape"), ("shape", "light"), ("shape", "ground"))


def evaluate(encoder: Encoder, *, clips: int) -> dict[str, object]:
    """Recall of captions, naming of attributes, and precision and recall of short searches."""
    shown = [scenes.sample(FIRST_SEED + place, held_out=True) for place in range(clips)]
    frames = np.concatenate([_encode(encoder, shown[at : at + 20]) for at in range(0, clips, 20)])
    return {
        "clips": clips,
        "frames_each": FRAMES,
        "plain_captions": _recall(encoder, frames, [captions.plain(scene) for scene in shown]),
        "free_captions": _recall(encoder, frames, [captions.caption(s, at) for at, s in enumerate(shown)]),
        "named_right": {name: _naming(encoder, frames, shown, name) for name in PLAIN},
        "searches_of_one_word": _searches(encoder, frames, shown, [(name,) for name in PLAIN]),
        "searches_of_two": _searches(encoder, frames, shown, PAIRS),
    }


def _encode(encoder: Encoder, shown: Sequence[Scene]) -> NDArray[np.float32]:
    """[clips, frames, D]"""
    pictures = rendering.render(shown, frames=FRAMES, height=HEIGHT, width=WIDTH).flatten(0, 1).numpy()
    return encoder.encode_frames(pictures).reshape(len(shown), FRAMES, -1)


def _recall(encoder: Encoder, frames: NDArray[np.float32], texts: list[str]) -> dict[str, float]:
    """The share of captions whose own clip is first, or among five, by its best frame."""
    scores = np.einsum("td,cfd->tcf", encoder.encode_text(texts), frames).max(axis=2)
    own = np.diag(scores)[:, None]
    place = (scores > own).sum(axis=1)
    return {"recall@1": _share(place < 1), "recall@5": _share(place < 5)}


def _naming(encoder: Encoder, frames: NDArray[np.float32], shown: Sequence[Scene], name: str) -> float:
    """The share of clips whose attribute is told right from its plain words, by the mean of the frames."""
    values = scenes.ATTRIBUTES[name]
    texts = encoder.encode_text([PLAIN[name][value][0] for value in values])
    told = np.einsum("td,cd->ct", texts, frames.mean(axis=1)).argmax(axis=1)
    truth = np.array([values.index(getattr(scene, name)) for scene in shown])
    return _share(told == truth)


def _searches(
    encoder: Encoder,
    frames: NDArray[np.float32],
    shown: Sequence[Scene],
    kinds: Sequence[tuple[str, ...]],
) -> dict[str, float]:
    """Searches as the product runs them: what is above the line, against what is truly there."""
    hits = right = there = empty = honest = 0
    for kind in kinds:
        for values in itertools.product(*(scenes.ATTRIBUTES[name] for name in kind)):
            words = " ".join(PLAIN[name][value][0] for name, value in zip(kind, values, strict=True))
            meaning = encoder.understand(words)
            scores = (frames @ np.array(meaning.vector, np.float32)).max(axis=1)
            scale = Scale(steepness=meaning.steepness, level=meaning.level)
            found = np.array([scale.likelihood(float(score)) >= LEAST_LIKELIHOOD for score in scores])
            truth = np.array(
                [all(getattr(s, name) == v for name, v in zip(kind, values, strict=True)) for s in shown]
            )
            hits, right, there = hits + found.sum(), right + (found & truth).sum(), there + truth.sum()
            if not truth.any():
                empty, honest = empty + 1, honest + int(not found.any())
    return {
        "precision": round(float(right / max(hits, 1)), 3),
        "recall": round(float(right / max(there, 1)), 3),
        "without_a_match": empty,
        "of_them_said_so": round(honest / max(empty, 1), 3),
    }


def _share(which: NDArray[np.bool_]) -> float:
    return round(float(which.mean()), 3)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--clips", type=int, default=200)
    arguments.add_argument("--folder", type=Path, default=WEIGHTS)
    given = arguments.parse_args()
    encoder = openclip.OpenClip(card.read(given.folder))
    print(json.dumps(evaluate(encoder, clips=given.clips), indent=2))


if __name__ == "__main__":
    main()
