from pathlib import Path

import pytest
import torch

from generation.previz import export, train, training
from generation.previz.config import TrainingConfig
from generation.previz.data import LatentStore, fit_codec


def settings(folder: Path) -> TrainingConfig:
    return TrainingConfig(
        folder=folder,
        frames=5,
        height=32,
        width=48,
        channels=8,
        block_frames=4,
        block=8,
        clips=24,
        clips_at_start=24,
        model_width=48,
        heads=2,
        layers=1,
        feed_forward=48,
        text_width=32,
        text_layers=1,
        sentences=200,
        text_warm_up=2,
        batch=4,
        steps=6,
        warm_up=1,
        threads=1,
        compile=False,
    )


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> TrainingConfig:
    """A run of six steps, taken without a break."""
    config = settings(tmp_path_factory.mktemp("run"))
    train.train(config, until=6)
    return config


def test_a_run_leaves_a_checkpoint_a_log_and_a_sheet(config: TrainingConfig) -> None:
    assert {"checkpoint.pt", "log.jsonl", "sheet-000006.png"} <= {p.name for p in config.folder.iterdir()}


def test_an_interrupted_run_ends_with_the_same_weights(config: TrainingConfig, tmp_path: Path) -> None:
    broken = settings(tmp_path)
    for stop in (2, 6):
        train.train(broken, until=stop)
    found, expected = (train.open_run(c) for c in (broken, config))
    assert found.step == 6
    pairs = zip(found.averages, expected.averages, strict=True)
    assert all(torch.equal(one, other) for one, other in pairs)


def test_a_step_always_gets_the_same_batch(config: TrainingConfig) -> None:
    store, tokenizer = LatentStore(config, fit_codec(config)), training.build(config).tokenizer
    once, again = (training.batch(config, store, tokenizer, 3) for _ in range(2))
    assert torch.equal(once.latents, again.latents)
    assert torch.equal(once.noise, again.noise)
    assert torch.equal(once.tokens, again.tokens)


def test_learning_lowers_the_error(config: TrainingConfig) -> None:
    run = train.Run(config)
    store = LatentStore(config, fit_codec(config))
    given = training.batch(config, store, run.models.tokenizer, 0)
    before = training.loss(config, run.models, given)[1]
    for _ in range(12):
        total, _, _ = training.loss(config, run.models, given)
        total.backward()
        for optimiser in run.optimisers:
            optimiser.step()
            optimiser.zero_grad()
    assert training.loss(config, run.models, given)[1] < 0.9 * before


def test_the_card_tells_how_the_weights_were_made(config: TrainingConfig, tmp_path: Path) -> None:
    said = export.export(config, tmp_path / "model", version="0")
    assert said["training"]["steps"] == 6
    assert said["training"]["clips_seen"] == 24
    assert said["early_checkpoint"] is True


def test_a_stopped_run_keeps_what_it_has_learnt(tmp_path: Path) -> None:
    train.train(settings(tmp_path), until=6, stopped=lambda: True)
    assert train.open_run(settings(tmp_path)).step == 1
