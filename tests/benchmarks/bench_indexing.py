"""Making a clip findable by what is seen, against a plain loop: decode every frame, encode one by one."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from dam.media import frames, kept_frames, runner
from dam.media.probe import MediaInfo
from dam.search import indexing
from dam.search.encoders.base import Encoder
from tests.benchmarks.conftest import Measure

SHOTS, EACH, RATE = 5, 40, Fraction(25)


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Eight seconds of 720p in five shots, each a slow pan."""
    path = tmp_path_factory.mktemp("indexing") / "film.mp4"
    random = np.random.default_rng(4)
    pictures = []
    for _ in range(SHOTS):
        wide = random.integers(0, 255, (9, 24, 3), np.uint8).repeat(80, 0).repeat(80, 1)
        pictures += [wide[:, 4 * place : 4 * place + 1280] for place in range(EACH)]
    runner.encode_frames(np.stack(pictures), frame_rate=RATE, path=path)
    return path


def plain_loop(film: Path, info: MediaInfo, encoder: Encoder) -> None:
    with frames.open_media(film, info.format.demuxer) as container:
        stream = frames.stream_at(container, info.video_index)
        for picture in frames.decode(container, stream):
            encoder.encode_frames(frames.upright(picture, info, indexing.MAX_SIDE)[None])


def product(film: Path, info: MediaInfo, encoder: Encoder, out: Path) -> None:
    """The steps "frames" and "embed", but for storage and the database."""
    footage = kept_frames.write(film, out, info=info)
    embed(out, footage, encoder)


def embed(kept: Path, footage: kept_frames.Footage, encoder: Encoder) -> None:
    for batch in indexing.ahead(kept_frames.read(kept, footage, max_side=indexing.MAX_SIDE)):
        encoder.encode_frames(np.stack([frame.rgb for frame in batch]))


def test_indexing_a_clip(measure: Measure, film: Path, tmp_path: Path) -> None:
    info, encoder, out = runner.probe(film), indexing.installed(), tmp_path / "frames.zip"
    count = SHOTS * EACH
    plain = "decode every frame, encode one by one"
    measure(plain, lambda: plain_loop(film, info, encoder), runs=1, units=count, unit="frame")
    name = "index: one look, kept frames, batches"
    measure(name, lambda: product(film, info, encoder, out), runs=3, units=count, unit="frame", against=plain)
    footage = kept_frames.write(film, out, info=info)
    kept = list(kept_frames.read(out, footage, max_side=indexing.MAX_SIDE))
    alone = "encode the kept frames, ready in memory"
    pictures = np.stack([frame.rgb for frame in kept])
    measure(alone, lambda: encoder.encode_frames(pictures), runs=3, units=len(kept), unit="kept frame")
    # As long as that alone: the encoder never waits for a frame.
    measure(
        "encode the kept frames, read beside it",
        lambda: embed(out, footage, encoder),
        runs=3,
        units=len(kept),
        unit="kept frame",
        against=alone,
    )
