"""What the bundled model draws, for everyone to see: `python -m generation.evaluation.contact_sheet`.

The prompts are written as people write them, the seeds are their numbers, and nothing is picked.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from generation import prompt_parser
from generation.generators import model_card
from generation.generators.base import Frames, GeneratorError
from generation.previz.export import WEIGHTS

PROMPTS = (
    "a red bottle turning on a white pedestal",
    "sunset over the sea, slow zoom",
    "blue ball bouncing left",
    "a yellow star rising into the night sky",
    "a large green car driving right through the city at dusk",
    "pink heart growing on a gradient",
    "teal cup pouring on a wooden table",
    "a purple bird flying left over a meadow",
    "an orange cube standing still in the desert",
    "a black phone turning in a studio",
    "a big white balloon rising over the sea",
    "red shoe on a pedestal, by night",
    "a golden ring orbiting in a studio",
    "a green leaf falling in a meadow",
    "blue can moving right on a table at dusk",
    "two red balls bouncing in a studio",
    "a large purple box falling in the desert",
    "orange logo growing on a grid",
    "a glossy pink bottle standing still on a pedestal",
    "yellow car moving left in the desert by day",
    "desert at night, panning left",
    "a large teal star turning on a gradient",
    "white cup turning on a table at dusk",
    "a red heart bouncing right in the sky",
)
_COLUMNS, _FRAMES = 2, 5
_AT_ONCE = 4
_SCALE = 0.75
_LINE = 18
"""Pixels above each clip for its prompt."""


def draw(clips: Sequence[Frames], titles: Sequence[str]) -> Image.Image:
    """Clips [T, H, W, 3] as strips of frames under their titles, in columns."""
    height, width = (round(n * _SCALE) for n in clips[0].shape[1:3])
    rows = -(-len(clips) // _COLUMNS)
    across, down = width * _FRAMES + 8, height + _LINE + 6
    sheet = Image.new("RGB", (across * _COLUMNS - 8, down * rows - 6), "white")
    pen = ImageDraw.Draw(sheet)
    for place, (clip, title) in enumerate(zip(clips, titles, strict=True)):
        left, top = place // rows * across, place % rows * down
        pen.text((left + 2, top + 3), title, fill="black")
        for number, time in enumerate(np.linspace(0, len(clip) - 1, _FRAMES).round().astype(int)):
            frame = Image.fromarray(clip[time]).resize((width, height), Image.Resampling.LANCZOS)
            sheet.paste(frame, (left + number * width, top + _LINE))
    return sheet


def make(folder: Path, prompts: Sequence[str] = PROMPTS) -> Image.Image:
    """The sheet of a model's folder. Raises GeneratorError."""
    # Loading diffusers takes seconds, and drawing does without.
    from generation.evaluation.sampling import Sampler

    lexicon = model_card.read(folder).lexicon
    if lexicon is None:
        raise GeneratorError(f"{folder.name} has no lexicon: this sheet is for bundled models.")
    canonical = [prompt_parser.understand(prompt, lexicon).canonical for prompt in prompts]
    sampler = Sampler(folder)
    clips: list[Frames] = []
    for first in range(0, len(prompts), _AT_ONCE):
        some = canonical[first : first + _AT_ONCE]
        clips.extend(sampler.make(some, [first + place + 1 for place in range(len(some))]))
    return draw(clips, [f"{place}. {prompt}" for place, prompt in enumerate(prompts, 1)])


def main() -> None:
    parser = argparse.ArgumentParser(description=f"Draw {len(PROMPTS)} prompts with fixed seeds.")
    parser.add_argument("--folder", type=Path, default=WEIGHTS)
    parser.add_argument("--out", type=Path, default=Path("docs/previz-dit.webp"))
    given = parser.parse_args()
    make(given.folder).save(given.out, quality=82, method=6)


if __name__ == "__main__":
    main()
