"""The convolutional decoder: what it is before training, within the codec, and two steps of its training."""

import json
import random
from pathlib import Path
from threading import Event

import pytest
import torch
from torch import Tensor

from generation import weights
from generation.previz import codec as codecs
from generation.previz import decoder as decoders
from generation.previz import decoder_pairs, decoder_training, pipelines
from generation.previz.decoder_pairs import Footage, Pairs
from generation.previz.decoder_training import DecoderRun, Plan

pytestmark = pytest.mark.model

WIDTHS = (8, 8, 8)


def plan(folder: Path) -> Plan:
    return Plan(
        folder=folder,
        footage=Footage(sizes=((96, 64),), frames=9),
        steps=4,
        crops=2,
        side=2,
        groups_at_start=1,
        most_groups=2,
        turn=1,
        widths=WIDTHS,
    )


def run(made_folder: Path, folder: Path) -> DecoderRun:
    return DecoderRun(plan(folder), pipelines.load(made_folder))


def noise(*shape: int) -> Tensor:
    return torch.rand(*shape, generator=torch.Generator().manual_seed(4)) * 2 - 1


def trained(widths: tuple[int, int, int] = WIDTHS) -> decoders.Decoder:
    """A decoder that adds something."""
    torch.manual_seed(2)
    decoder = decoders.Decoder(widths)
    torch.nn.init.normal_(decoder.leave.weight, std=0.05)
    return decoder.eval()


def codec(*, decode_widths: list[int] | None, refine_width: int = 0) -> codecs.PatchCodec:
    """A codec of random axes, with the same axes each time."""
    torch.manual_seed(3)
    made: codecs.PatchCodec = codecs.PatchCodec(
        z_dim=3,
        still_dim=8,
        scale_factor_temporal=4,
        scale_factor_spatial=16 if decode_widths else 8,
        refine_width=refine_width,
        decode_widths=decode_widths,
    )
    dice = torch.Generator().manual_seed(5)
    for axes in (made.still_basis, made.motion_basis):
        axes.data = torch.randn(axes.shape, generator=dice) * 0.02
    made.eval()
    return made


def shown(by: codecs.PatchCodec, latents: Tensor, *, loops: bool = False) -> Tensor:
    decoded = by.decode(latents, loops=loops)
    assert isinstance(decoded, codecs.Decoded)
    return decoded.sample


def test_untrained_it_enlarges_what_the_refiner_made() -> None:
    video, refined = noise(1, 3, 9, 32, 48), noise(1, 3, 9, 32, 48) * 0.5
    found = decoders.Decoder(WIDTHS).decode(video, refined)
    assert found.shape == (1, 3, 9, 64, 96)
    assert torch.allclose(
        found[0].transpose(0, 1), decoders.enlarged(refined[0].transpose(0, 1)).clamp(-1, 1)
    )


def test_it_looks_across_the_borders_of_blocks_and_of_time() -> None:
    video = noise(1, 3, 25, 32, 48) * 0.5
    decoder = trained()
    plain = decoder.decode(video, video)
    for time, column in ((12, 15), (20, 20), (4, 20)):
        other = video.clone()
        other[:, :, time, 16, column] += 0.5
        assert (decoder.decode(other, other) - plain)[0, :, 12, :, 32:64].abs().max() > 0


def test_a_frame_does_not_depend_on_how_many_are_decoded_together() -> None:
    video = noise(1, 3, 17, 32, 48) * 0.5
    decoder = trained()
    whole = decoder.decode(video, video)[0, :, 9]
    with torch.no_grad():
        alone = decoder(decoders.around(video[0], (9,), video[0, :, 9:10]))[0].clamp(-1, 1)
    assert torch.allclose(whole, alone, atol=0.02)  # bfloat16, where the processor multiplies it


def test_a_clip_ends_where_it_ends() -> None:
    near = decoders.around(
        torch.arange(3.0).view(1, 3, 1, 1).expand(3, 3, 2, 2), (0, 2), torch.zeros(3, 2, 2, 2)
    )
    assert near[:, 3::3, 0, 0].tolist() == [[0, 1, 0, 2, 0, 2], [1, 2, 0, 2, 0, 2]]


def test_a_loop_ends_where_it_begins() -> None:
    clip = torch.arange(20.0).view(1, 20, 1, 1).expand(3, 20, 2, 2)
    near = decoders.around(clip, (19, 0), torch.zeros(3, 2, 2, 2), loops=True)
    assert near[:, 3::3, 0, 0].tolist() == [[18, 0, 15, 3, 11, 7], [19, 1, 16, 4, 12, 8]]


def test_of_a_loop_the_codec_shows_the_end_beside_the_beginning() -> None:
    made = decoder_training.with_decoder(codec(decode_widths=None), trained(), WIDTHS)
    latents = noise(1, 3, 3, 4, 6)
    once, loop = shown(made, latents), shown(made, latents, loops=True)
    assert not torch.equal(once[:, :, -1], loop[:, :, -1])


def test_with_a_decoder_videos_are_twice_as_large_for_the_same_latents() -> None:
    plain, larger = codec(decode_widths=None), codec(decode_widths=list(WIDTHS))
    small = noise(1, 3, 9, 32, 48)
    large = small.repeat_interleave(2, dim=-1).repeat_interleave(2, dim=-2)
    latents = plain.encode(small).latents
    assert torch.allclose(larger.encode(large).latents, latents, atol=1e-4)
    assert shown(larger, latents).shape == large.shape
    assert larger.decode_plainly(latents).shape == small.shape


def test_a_saved_decoder_shows_the_same(tmp_path: Path) -> None:
    made = decoder_training.with_decoder(codec(decode_widths=None, refine_width=4), trained(), WIDTHS)
    made.save_pretrained(tmp_path)
    again = codecs.PatchCodec.from_pretrained(tmp_path, local_files_only=True)
    latents = noise(1, 3, 3, 4, 6)
    assert torch.equal(shown(made, latents), shown(again, latents))


def test_learning_goes_on_where_it_stopped(made_folder: Path, tmp_path: Path) -> None:
    whole, part = run(made_folder, tmp_path), run(made_folder, tmp_path)
    checkpoint = tmp_path / "checkpoint.pt"
    decoder_training.train(part, checkpoint, until=1, stopping=Event())
    again = run(made_folder, tmp_path)
    again.restore(checkpoint)
    for left in (whole, again):
        decoder_training.train(left, checkpoint, until=2, stopping=Event())
    assert again.step == whole.step == 2
    assert whole.decoder.leave.weight.abs().max() > 0
    assert torch.equal(again.decoder.leave.weight, whole.decoder.leave.weight)


def test_told_to_stop_it_keeps_what_it_has(made_folder: Path, tmp_path: Path) -> None:
    stopping = Event()
    stopping.set()
    decoder_training.train(run(made_folder, tmp_path), tmp_path / "kept.pt", until=2, stopping=stopping)
    assert torch.load(tmp_path / "kept.pt", weights_only=True)["step"] == 0


def test_many_steps_on_one_crop_bring_it_nearer(made_folder: Path, tmp_path: Path) -> None:
    learning = run(made_folder, tmp_path)
    near, wanted = learning._batch()
    optimiser = torch.optim.Adam(learning.decoder.parameters(), lr=3e-3)
    found: list[float] = []
    for _ in range(15):
        error = decoder_training.losses(learning.decoder(near), wanted)["pixels"]
        optimiser.zero_grad()
        error.backward()
        optimiser.step()
        found.append(float(error.detach()))
    assert found[-1] < 0.9 * found[0]


def test_a_step_across_a_border_of_blocks_costs_more_than_one_within() -> None:
    side = 2 * decoder_pairs.BLOCK
    wanted = torch.zeros(2, 3, side, side)

    def costs(column: int) -> dict[str, float]:
        found = wanted.clone()
        found[..., column:] = 0.1
        return {name: float(value) for name, value in decoder_training.losses(found, wanted).items()}

    on, off = costs(side // 2), costs(side // 2 + 1)
    assert off["borders"] == 0 < on["borders"]
    assert on["edges"] == pytest.approx(off["edges"])
    assert on["borders"] > 5 * on["edges"]


def test_the_exported_folder_makes_clips_of_twice_the_size(made_folder: Path, tmp_path: Path) -> None:
    learning = run(made_folder, tmp_path)
    learning.advance()
    card = decoder_training.export(learning, made_folder, tmp_path / "larger", version="0.4")
    assert card["sizes"] == [[96, 64]]
    assert card["weights_sha256"] == weights.digest(tmp_path / "larger")
    assert json.loads((tmp_path / "larger/reelproof.json").read_text())["training"]["decoder_steps"] == 1
    from generation.evaluation.sampling import Sampler

    sampler = Sampler(tmp_path / "larger")
    assert sampler.make(["a red ball"], [1]).shape == (1, 9, 64, 96, 3)
    picture = ((noise(64, 96, 3) + 1) * 127).byte().numpy()
    assert sampler.loop("a red ball", picture, 1).shape == (9, 64, 96, 3)


def test_latents_are_those_the_model_gives(made_folder: Path) -> None:
    pipeline = pipelines.load(made_folder)
    footage = Footage(sizes=((96, 64),), frames=9)
    one, again = (
        decoder_pairs.pair(pipeline, decoder_pairs.draw(pipeline.vae, 0, footage), 0, footage)
        for _ in range(2)
    )
    assert torch.equal(one.latents, again.latents)
    assert one.frames.shape == (4, 8, 2, 64, 96, 3)
    assert one.cleaned.shape == (4, 8, 2, 32, 48, 3)


def test_what_is_drawn_ahead_becomes_the_same_pairs(
    made_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pipeline = pipelines.load(made_folder)
    footage = Footage(sizes=((96, 64),), frames=9, group=2)
    pipeline.vae.save_pretrained(tmp_path / "codec")
    asked = [
        "decoder_pairs",
        "--codec",
        str(tmp_path / "codec"),
        "--folder",
        str(tmp_path),
        "--sizes",
        "96x64",
    ]
    monkeypatch.setattr("sys.argv", [*asked, "--frames", "9", "--group", "2", "--groups", "1", "2", "1"])
    decoder_pairs.main()
    here = decoder_pairs.draw(pipeline.vae, 1, footage)
    monkeypatch.setattr(decoder_pairs, "draw", None)  # it is there already
    found = decoder_pairs.pair(pipeline, here, 1, footage)
    kept = decoder_pairs.kept(tmp_path, pipeline, 1, footage)
    assert torch.equal(found.cleaned, kept.cleaned)
    assert torch.equal(found.frames, kept.frames)
    assert (kept.times[:, 0] == 0).all()
    with pytest.raises(ValueError, match="holds 2 clips, and a group has 4"):
        decoder_pairs.drawn(tmp_path, pipeline.vae, 1, Footage(sizes=((96, 64),), frames=9))


def test_a_crop_shows_the_same_part_in_latents_and_frames() -> None:
    places = torch.arange(3 * 4, dtype=torch.float16).view(1, 1, 1, 3, 4)
    pairs = Pairs(
        latents=places.repeat_interleave(2, dim=-1).repeat_interleave(2, dim=-2),
        frames=places.to(torch.uint8)
        .view(1, 1, 1, 3, 4, 1)
        .repeat_interleave(32, dim=3)
        .repeat_interleave(32, dim=4)
        .expand(1, 1, 2, 96, 128, 3),
        cleaned=places.to(torch.uint8)
        .view(1, 1, 1, 3, 4, 1)
        .repeat_interleave(16, dim=3)
        .repeat_interleave(16, dim=4)
        .expand(1, 1, 2, 48, 64, 3),
        times=torch.tensor([[5]]),
        boxes=torch.tensor([[[40.0, 40.0, 60.0, 60.0]]]),
    )
    for seed in range(6):
        cut = decoder_pairs.crop(pairs, 2, random.Random(seed))
        assert cut.time == 5
        drawn = ((cut.frames[0, 0, ::32, ::32] + 1) * 127.5).round()
        assert torch.equal(drawn, cut.latents[0, 0, ::2, ::2])
        assert torch.equal(cut.cleaned[:, :, ::16, ::16], cut.frames[:, :, ::32, ::32])
