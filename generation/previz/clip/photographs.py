"""Real pictures of known content: scikit-image's samples, where that package happens to be installed.

A sanity check of a dozen questions, not a benchmark: whether anything learned from drawn scenes carries over.
"""

from dataclasses import dataclass
from importlib import resources
from importlib.util import find_spec

import numpy as np
from PIL import Image

from dam.search.encoders.base import Encoder, Pictures
from generation.previz.world import lexicon, scenes


@dataclass(frozen=True)
class Question:
    """Which value of an attribute the picture shows, among all its values (or among `choices`)."""

    file: str
    attribute: str
    answer: str
    choices: tuple[str, ...] = ()


_DAY_OR_NIGHT = ("day", "night")
# Made by looking at the pictures, before any model was asked.
QUESTIONS = (
    Question("coffee.png", "shape", "cup"),
    Question("coffee.png", "ground", "table"),
    Question("coffee.png", "count", "one"),
    Question("grass.png", "ground", "meadow"),
    Question("gravel.png", "count", "none"),
    Question("rocket.jpg", "ground", "sky"),
    Question("rocket.jpg", "count", "one"),
    Question("hubble_deep_field.jpg", "light", "night", _DAY_OR_NIGHT),
    Question("hubble_deep_field.jpg", "ground", "sky"),
    Question("chelsea.png", "light", "day", _DAY_OR_NIGHT),
    Question("camera.png", "light", "day", _DAY_OR_NIGHT),
    Question("chessboard_RGB.png", "ground", "grid"),
    Question("retina.jpg", "colour", "orange"),
    Question("retina.jpg", "shape", "ball"),
)


def report(encoder: Encoder) -> dict[str, object]:
    """How many questions are answered right, and how many chance would answer."""
    if find_spec("skimage") is None:
        return {"left_out": "scikit-image, whose sample pictures are asked about, is not installed"}
    right, chance = 0, 0.0
    for question in QUESTIONS:
        values = question.choices or scenes.ATTRIBUTES[question.attribute]
        words = lexicon.WORDS[question.attribute]
        texts = [words[value][0] if words[value][0] != "a" else "one" for value in values]
        scores = encoder.encode_text(texts) @ encoder.encode_frames(_picture(question.file))[0]
        right += values[int(scores.argmax())] == question.answer
        chance += 1 / len(values)
    return {
        "asked": len(QUESTIONS),
        "right": right,
        "share_right": round(right / len(QUESTIONS), 3),
        "by_chance": round(chance / len(QUESTIONS), 3),
    }


def _picture(file: str) -> Pictures:
    with resources.as_file(resources.files("skimage.data") / file) as path, Image.open(path) as picture:
        return np.asarray(picture.convert("RGB"))[None]
