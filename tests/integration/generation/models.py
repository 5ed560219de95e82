"""Model folders for tests: enough of one for the web, and a generator at our own Protocol."""

import json
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np

from generation.generators.base import Capabilities, Frames, Latents, ModelIdentity, OnStep, VideoRequest
from generation.generators.modes import Mode
from generation.prompt_parser import Understanding

CARD = {
    "name": "Test model",
    "version": "1",
    "licence": "Apache-2.0",
    "weights_sha256": "ab" * 32,
    "pipeline_class": "WanPipeline",
    "early_checkpoint": True,
    "note": "Draws one object.",
    "sizes": [[128, 80], [80, 128]],
    "min_frames": 17,
    "max_frames": 33,
    "frame_step": 4,
    "frame_rate": "16",
    "default_steps": 8,
    "max_steps": 40,
    "default_guidance": 3.0,
    "max_tokens": 64,
    "modes": list(Mode),
    "lexicon": {
        "attributes": {
            "colour": {"red": ["red", "crimson"], "blue": ["blue"]},
            "thing": {"ball": ["ball", "sphere"], "can": ["can"]},
            "motion": {"bounce": ["bouncing"], "still": ["resting"]},
        },
        "fallback": {"colour": "red", "thing": "ball"},
    },
}


def write_card(folder: Path, **changed: object) -> Path:
    """A folder that says what it can do, without weights."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "model_index.json").write_text(json.dumps({"_class_name": "WanPipeline"}))
    (folder / "reelproof.json").write_text(json.dumps(CARD | changed))
    return folder


class FakeGenerator:
    """Four quick steps, and frames that depend on the seed. `at_step` and `at_decoding` may interfere."""

    identity = ModelIdentity(
        name="Test model",
        version="1",
        licence="Apache-2.0",
        weights_sha256="ab" * 32,
        pipeline_class="WanPipeline",
        early_checkpoint=True,
        note="",
    )
    capabilities = Capabilities(
        sizes=((128, 80),),
        min_frames=17,
        max_frames=33,
        frame_step=4,
        frame_rate=Fraction(16),
        default_steps=8,
        max_steps=40,
        default_guidance=3.0,
        modes=tuple(Mode),
    )

    environment = {"torch": "2.8.0", "device": "cpu", "dtype": "float32", "scheduler": "Euler"}

    def __init__(self, at_step: Callable[[int], None] = lambda done: None) -> None:
        self.at_step = at_step
        self.at_decoding: Callable[[bool], None] = lambda tiled: None
        self.spared: list[bool] = []
        self.requests: list[VideoRequest] = []

    def understand(self, prompt: str) -> Understanding:
        return Understanding(canonical="a red ball bouncing", recognised=("red", "ball"), unknown=("table",))

    def denoise(self, request: VideoRequest, *, on_step: OnStep, sparing: bool = False) -> Latents:
        self.requests.append(request)
        self.spared.append(sparing)
        for done in range(1, 5):
            self.at_step(done)
            on_step(done=done, total=4, preview=b"jpeg")
        return str(request.seed).encode()

    def decode(self, latents: Latents, request: VideoRequest, *, tiled: bool = False) -> Frames:
        self.at_decoding(tiled)
        chance = np.random.default_rng(int(latents))
        return chance.integers(0, 256, (request.frames, request.height, request.width, 3), dtype=np.uint8)
