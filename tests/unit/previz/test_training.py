import json
import random
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path

import pytest
import torch

from generation.previz import codec, data, export, refine, train, training, training_run
from generation.previz.config import Phase, TrainingConfig
from generation.previz.data import LatentStore, fit_codec, require_codec
from generation.previz.world import scenes

pytestmark = pytest.mark.model

CONFIGS = Path(data.__file__).parent / "configs"


def settings(folder: Path) -> TrainingConfig:
    return TrainingConfig(
        folder=folder,
        frames=9,
        sizes=((64, 32), (32, 64)),
        size_shares=(3, 1),
        still_channels=6,
        motion_channels=6,
        block_frames=4,
        block=16,
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
        tokens=48,
        phases=(Phase(until=3, spans={1: 1.0}), Phase(until=6, spans={2: 0.5, 3: 0.5})),
        given_share=0.5,
        steps=6,
        warm_up=1,
        threads=1,
        compile=False,
        device="cpu",
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
    found, expected = (training_run.open_run(c) for c in (broken, config))
    assert found.step == 6
    pairs = zip(found.averages, expected.averages, strict=True)
    assert all(torch.equal(one, other) for one, other in pairs)


def test_a_step_always_gets_the_same_batch(config: TrainingConfig) -> None:
    store, tokenizer = LatentStore(config, fit_codec(config)), training.build(config).tokenizer
    once, again = (training.batch(config, store, tokenizer, 3) for _ in range(2))
    assert torch.equal(once.latents, again.latents)
    assert torch.equal(once.noise, again.noise)
    assert torch.equal(once.tokens, again.tokens)


def test_what_other_processes_plan_ahead_is_the_same(config: TrainingConfig) -> None:
    store, tokenizer = LatentStore(config, None), training.build(config).tokenizer
    ahead = training.plans(replace(config, feeders=2), store, tokenizer, range(1, 5))
    here = training.plans(config, store, tokenizer, range(1, 5))
    for one, other in zip(ahead, here, strict=True):
        assert (one.step, one.places, one.times) == (other.step, other.places, other.times)
        assert torch.equal(one.tokens, other.tokens)
        assert torch.equal(one.paths, other.paths)


def test_the_plan_of_another_step_is_refused(config: TrainingConfig) -> None:
    run = training_run.TrainingRun(config)
    store = LatentStore(config, fit_codec(config))
    with pytest.raises(ValueError, match="step 0, and the plan is that of 2"):
        run.advance(store, training.plan(config, store, run.models.tokenizer, 2))


def test_only_what_other_processes_have_drawn_is_chosen(tmp_path: Path) -> None:
    config = replace(settings(tmp_path), drawn_elsewhere=True)
    store = LatentStore(config, fit_codec(config))
    store.draw(range(10))
    store.draw(range(12, 20))
    assert store.reach(step=500) == store.drawn() == 10
    found = training.plan(config, LatentStore(config, None), training.build(config).tokenizer, 500)
    assert max(found.places) < 10


def test_without_a_codec_nothing_is_drawn(tmp_path: Path) -> None:
    store = LatentStore(settings(tmp_path), None)
    with pytest.raises(RuntimeError, match="2 clips have not been drawn yet, from number 4"):
        store.draw([5, 4])


def test_several_processes_draw_everything_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = settings(tmp_path / "run")
    written = json.dumps(asdict(config), default=str)
    (tmp_path / "config.json").write_text(written)
    drawn: list[int] = []
    real = data.LatentStore.draw

    def counted(store: LatentStore, places: Sequence[int]) -> None:
        drawn.extend(places)
        real(store, places)

    monkeypatch.setattr(data.LatentStore, "draw", counted)
    for share in ("0/2", "1/2"):
        monkeypatch.setattr("sys.argv", ["data", "--config", str(tmp_path / "config.json"), "--share", share])
        data.main()
    assert sorted(drawn) == list(range(config.clips))
    assert LatentStore(config, None).missing() == []


def test_a_shape_that_the_world_does_not_have_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "config.json"
    path.write_text(json.dumps({"folder": "run", "shape_shares": {"logo": 2, "ring": 3}}))
    with pytest.raises(ValueError, match="does not have: logo"):
        TrainingConfig.load(path)


@pytest.mark.parametrize("path", sorted(CONFIGS.glob("*.json")), ids=lambda path: path.stem)
def test_every_configuration_that_comes_with_the_project_is_read(path: Path) -> None:
    assert TrainingConfig.load(path).steps > 0


def test_learning_lowers_the_error(config: TrainingConfig) -> None:
    run = training_run.TrainingRun(config)
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


def test_batches_show_as_many_latent_frames_as_the_phase_says(config: TrainingConfig) -> None:
    store, tokenizer = LatentStore(config, fit_codec(config)), training.build(config).tokenizer
    early, late = (
        {training.batch(config, store, tokenizer, step).latents.shape[2] for step in steps}
        for steps in (range(3), range(3, 12))
    )
    assert (early, late) == ({1}, {2, 3})


def test_a_latent_frame_is_told_the_time_it_stands_at(config: TrainingConfig) -> None:
    rotary = training.build(config).times
    latents = torch.zeros(1, 3, 3, 4, 8)
    rotary.times = (0, 1, 2)
    whole = rotary(latents)[0].unflatten(1, (3, -1))
    rotary.times = (2,)
    alone = rotary(latents[:, :, :1])[0]
    assert torch.equal(alone, whole[:, 2])
    assert not torch.equal(alone, whole[:, 0])


def test_what_is_given_is_neither_noisy_nor_judged(config: TrainingConfig) -> None:
    """Only what is asked for counts: a change in the rest moves the error little."""
    run = training_run.TrainingRun(config)
    store = LatentStore(config, fit_codec(config))
    batch = training.batch(config, store, run.models.tokenizer, 4)
    given = torch.ones(batch.latents.shape[2:], dtype=torch.bool)
    given[-1] = False
    elsewhere = batch.latents.clone()
    elsewhere[:, :, 0] += 5
    one, other = (
        training.loss(
            config, run.models, replace(batch, latents=latents, given=given, level=batch.level * 0)
        )[1]
        for latents in (batch.latents, elsewhere)
    )
    assert abs(one.item() - other.item()) < 1


def test_a_refiner_learns_and_goes_on(config: TrainingConfig, tmp_path: Path) -> None:
    broken = refine.Refinement(config, width=4, steps=4, through_model=True)
    errors = [broken.advance() for _ in range(2)]
    broken.save(tmp_path / "refiner.pt")
    again = refine.Refinement(config, width=4, steps=4, through_model=True)
    again.restore(tmp_path / "refiner.pt")
    assert again.step == 2
    assert torch.equal(again.refiner.enter.weight, broken.refiner.enter.weight)
    assert all(0 < error < 255 for error in errors)


def test_a_trained_refiner_becomes_part_of_the_codec(config: TrainingConfig, tmp_path: Path) -> None:
    trained = refine.Refinement(config, width=4, steps=2, through_model=False)
    trained.advance()
    trained.advance()
    trained.save(config.folder / "refiner.pt")
    refine.refined(config).save_pretrained(tmp_path)
    (config.folder / "refiner.pt").unlink()
    loaded = codec.PatchCodec.from_pretrained(tmp_path, local_files_only=True)
    assert torch.equal(loaded.refiner.leave.weight, trained.refiner.leave.weight)
    assert refine.refined(config).refiner is None


def test_the_card_tells_how_the_weights_were_made(config: TrainingConfig, tmp_path: Path) -> None:
    said = export.export(config, tmp_path / "model", version="0", early=True)
    assert said["training"]["steps"] == 6
    assert said["training"]["clips_seen"] > 6
    assert said["early_checkpoint"] is True


def test_a_stopped_run_keeps_what_it_has_learnt(tmp_path: Path) -> None:
    train.train(settings(tmp_path), until=6, stopped=lambda: True)
    assert training_run.open_run(settings(tmp_path)).step == 1


def test_an_exported_folder_takes_a_run_up_elsewhere(config: TrainingConfig, tmp_path: Path) -> None:
    here = training_run.open_run(config)
    export.export(config, tmp_path / "model", version="0")
    elsewhere = settings(tmp_path / "run")
    train.train(elsewhere, until=7, start=tmp_path / "model")
    taken = training_run.open_run(elsewhere)
    assert (taken.step, taken.clips > here.clips) == (7, True)
    pairs = zip(taken.averages, here.averages, strict=True)
    assert all(torch.allclose(one, other, atol=0.05) for one, other in pairs)
    codecs = [fit_codec(c) for c in (config, elsewhere)]
    torch.testing.assert_close(codecs[0].still_basis, codecs[1].still_basis, atol=0.01, rtol=0.01)


def test_a_folder_with_other_words_is_refused(config: TrainingConfig, tmp_path: Path) -> None:
    export.export(config, tmp_path / "model", version="0")
    fewer = replace(config, folder=tmp_path / "run", sentences=3)
    with pytest.raises(ValueError, match="words of model"):
        train.train(fewer, until=7, start=tmp_path / "model")


def test_paths_of_objects_are_known_block_by_block(config: TrainingConfig) -> None:
    store = LatentStore(config, fit_codec(config))
    one = next(i for i in store.places((64, 32), 24) if scenes.sample(i).count == "one")
    none = next(i for i in range(99) if scenes.sample(i).count == "none")
    passed = store.paths([one], size=(64, 32))
    assert passed.shape == (1, 2, 4)
    assert passed.any()
    assert not passed.all()
    assert not store.paths([none], size=(64, 32)).any()


def test_errors_where_objects_pass_count_more(config: TrainingConfig) -> None:
    models, store = training.build(config), LatentStore(config, fit_codec(config))
    given = training.batch(config, store, models.tokenizer, 3)
    everywhere = replace(given, paths=torch.ones_like(given.paths))
    nowhere = replace(given, paths=torch.zeros_like(given.paths))
    somewhere = replace(nowhere, paths=nowhere.paths.clone())
    somewhere.paths[:, 0] = True
    with torch.no_grad():
        alike = [float(training.loss(config, models, b)[1]) for b in (everywhere, nowhere)]
        mixed = float(training.loss(config, models, somewhere)[1])
    assert alike[0] == pytest.approx(alike[1])
    assert mixed != pytest.approx(alike[0])


def test_a_window_shows_a_part_of_its_clip(config: TrainingConfig) -> None:
    narrow = replace(config, window=(2, 2), phases=(Phase(until=9, spans={1: 1.0}, windows=1.0),))
    store, tokenizer = LatentStore(narrow, fit_codec(narrow)), training.build(narrow).tokenizer
    found = training.batch(narrow, store, tokenizer, 0)
    shown = found.shown
    assert found.latents.shape[2:] == (1, 4, 4)
    assert found.paths.float().mean() > 0.4
    size = (shown.columns * 16, shown.rows * 16)
    whole = store.get(store.places(size, 24), size=size, times=range(3))
    for clip, time, top, left in zip(found.latents, shown.times[:, 0], shown.top, shown.left, strict=True):
        cut = whole[:, :, time, 2 * top : 2 * top + 4, 2 * left : 2 * left + 4]
        assert (cut == clip[:, 0]).flatten(1).all(dim=1).any()


def test_hard_shapes_are_shown_more_often(config: TrainingConfig) -> None:
    shapes = [scenes.sample(place).shape for place in range(config.clips)]
    hard = max(set(shapes), key=shapes.count)
    store = LatentStore(replace(config, shape_shares={hard: 8.0}), fit_codec(config))
    chosen = store.chosen(range(config.clips), 4_000, random.Random(1))
    expected = 8 * shapes.count(hard) / (config.clips + 7 * shapes.count(hard))
    assert sum(shapes[place] == hard for place in chosen) / 4_000 == pytest.approx(expected, abs=0.04)
    evenly = LatentStore(config, fit_codec(config)).chosen(range(config.clips), 4_000, random.Random(1))
    share = shapes.count(hard) / config.clips
    assert sum(shapes[place] == hard for place in evenly) / 4_000 == pytest.approx(share, abs=0.04)


def test_a_run_that_goes_on_warms_up_again(config: TrainingConfig) -> None:
    later = replace(config, first_step=3, steps=100, decay_from=90, warm_up=4)
    assert [training.rate(later, step) for step in (3, 4, 6, 7)] == [0.25, 0.5, 1.0, 1.0]
    with pytest.raises(ValueError, match="at step 2, before its first_step"):
        training.rate(later, 2)


def test_nothing_is_drawn_for_a_run_that_goes_on_before_it_has_the_codec_of_its_weights(
    config: TrainingConfig,
) -> None:
    later = replace(config, first_step=3, folder=config.folder / "later")
    with pytest.raises(SystemExit, match="has no codec yet"):
        require_codec(later)
    fit_codec(config).save_pretrained(later.folder / "codec")
    require_codec(later)
    require_codec(replace(config, folder=config.folder / "new"))  # a run from nothing fits its own
