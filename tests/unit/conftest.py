"""A complete model folder with random weights, small enough to run in a fraction of a second."""

import json
import shutil
from pathlib import Path
from typing import Protocol

import pytest

from generation.generators.base import VideoGenerator, VideoRequest


class Ask(Protocol):
    def __call__(self, *, seed: int = 1, prompt: str = "a red ball", frames: int = 9) -> VideoRequest: ...


@pytest.fixture(scope="session")
def made_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from generation.previz import codec, export, pipelines, training
    from generation.previz.config import TrainingConfig
    from generation.previz.world import rendering, scenes

    folder = tmp_path_factory.mktemp("models") / "tiny"
    config = TrainingConfig(
        folder=folder.parent,
        frames=9,
        sizes=((48, 32),),
        size_shares=(1,),
        still_channels=8,
        motion_channels=4,
        block_frames=4,
        block=16,
        model_width=48,
        heads=2,
        layers=1,
        feed_forward=48,
        text_width=32,
        text_layers=1,
        sentences=200,
    )
    models = training.build(config)
    clips = rendering.render([scenes.sample(s) for s in range(8)], frames=9, height=32, width=48)
    fitted = codec.fit([clips], still_channels=8, motion_channels=4, block_frames=4, block=16, seed=1)
    whole = pipelines.build(
        transformer=models.transformer, encoder=models.encoder, tokenizer=models.tokenizer, codec=fitted
    )
    export.write(whole, folder)
    card = export.card(config, folder, version="test", early=True, facts={})
    (folder / "reelproof.json").write_text(json.dumps(card))
    return folder


@pytest.fixture
def model_folder(made_folder: Path, tmp_path: Path) -> Path:
    """A copy to spoil."""
    return Path(shutil.copytree(made_folder, tmp_path / "tiny"))


@pytest.fixture(scope="session")
def generator(made_folder: Path) -> VideoGenerator:
    from generation.generators import loading

    return loading.load(made_folder)


@pytest.fixture
def ask(generator: VideoGenerator) -> Ask:
    """A request that the tiny generator can meet, in four steps."""

    def ask(*, seed: int = 1, prompt: str = "a red ball", frames: int = 9) -> VideoRequest:
        return VideoRequest(
            prompt=prompt,
            negative_prompt="",
            seed=seed,
            frames=frames,
            width=48,
            height=32,
            frame_rate=generator.capabilities.frame_rate,
            steps=4,
            guidance=3.0,
        )

    return ask
