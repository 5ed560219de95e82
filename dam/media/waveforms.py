"""The picture of a sound: how loud it is at each moment."""

import itertools
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from django.utils.translation import gettext as _
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from dam.media import runner
from dam.media.errors import MediaFailed
from dam.media.probe import MediaInfo

BARS = 160
WIDTH, HEIGHT = 1280, 720  # pixels, as wide as a card's picture
BAR, GAP = 5, 3
GROUND, COLOUR = (22, 24, 29), (139, 178, 232)
LEAST = 0.012  # of the height: silence is a line
QUALITY = 82


def write(path: Path, out: Path, *, info: MediaInfo) -> tuple[int, int]:
    """Write the waveform as a WebP; its width and height in pixels. Raises FileRefused or MediaFailed."""
    with TemporaryDirectory(dir=out.parent) as folder:
        raw = Path(folder) / "samples"
        runner.sound(path, raw, info=info)
        if raw.stat().st_size < 2:
            raise MediaFailed(_("The audio can't be decoded."))
        loudness = peaks(np.memmap(raw, np.int16, "r"), count=BARS)
    draw(loudness).save(out, "WEBP", quality=QUALITY)
    return WIDTH, HEIGHT


def peaks(samples: NDArray[np.int16], *, count: int) -> list[float]:
    """The loudest sample of each of `count` equal parts, from 0 to 1."""
    edges = np.linspace(0, len(samples), count + 1).astype(int)
    parts = (samples[start : max(end, start + 1)] for start, end in itertools.pairwise(edges))
    return [
        float(max(abs(int(part.max())), abs(int(part.min())))) / 32768 if len(part) else 0.0 for part in parts
    ]


def draw(loudness: list[float]) -> Image.Image:
    """Bars around the middle, the loudest as tall as there is room for: a quiet recording can be read too."""
    picture = Image.new("RGB", (WIDTH, HEIGHT), GROUND)
    pen, most = ImageDraw.Draw(picture), max([*loudness, 1e-4])
    for place, value in enumerate(loudness):
        tall = max(LEAST, value / most * 0.8) * HEIGHT
        left, top = place * (BAR + GAP) + GAP // 2, (HEIGHT - tall) / 2
        pen.rounded_rectangle((left, top, left + BAR, top + tall), radius=2, fill=COLOUR)
    return picture
