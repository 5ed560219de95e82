from pathlib import Path

import pytest
import torch
from torch import Tensor

from generation.previz import codec as codecs
from generation.previz.refiner import Refiner
from generation.previz.world import rendering, scenes

pytestmark = pytest.mark.model


def draw(seeds: range) -> Tensor:
    return rendering.render([scenes.sample(s) for s in seeds], frames=9, height=64, width=96)


@pytest.fixture(scope="module")
def codec() -> codecs.PatchCodec:
    batches = (draw(range(start, start + 12)) for start in (0, 12, 24))
    return codecs.fit(batches, still_channels=40, motion_channels=24, block_frames=4, block=8, seed=1)


def decibels(one: Tensor, other: Tensor) -> float:
    return float(-10 * torch.log10((one - other).square().mean() / 4))


def test_latents_have_one_still_frame_and_then_a_block_each(codec: codecs.PatchCodec) -> None:
    assert codec.encode(codecs.to_video(draw(range(100, 102)))).latents.shape == (2, 16, 3, 16, 24)


def test_folding_keeps_every_number() -> None:
    numbers = torch.randn(2, 3, 4, 5, 8)
    assert torch.equal(codecs.unfold(codecs.fold(numbers)), numbers)


def test_unseen_clips_come_back_much_as_they_were(codec: codecs.PatchCodec) -> None:
    video = codecs.to_video(draw(range(100, 112)))
    found = codec.decode(codec.encode(video).latents, return_dict=False)[0]  # type: ignore[index]
    assert found.shape == video.shape
    assert decibels(found, video) > 28


def test_a_still_picture_leaves_the_numbers_of_motion_at_zero(codec: codecs.PatchCodec) -> None:
    still = codecs.to_video(draw(range(100, 101)))[:, :, :1].expand(-1, -1, 9, -1, -1)
    numbers = codec.encode_blocks(still)
    assert numbers[..., 40:].abs().max() < 1e-4
    assert torch.allclose(numbers[:, 0], numbers[:, 2], atol=1e-4)


def test_a_latent_frame_can_be_decoded_alone(codec: codecs.PatchCodec) -> None:
    latents = codec.encode(codecs.to_video(draw(range(100, 101)))).latents
    whole = codec.decode_plainly(latents)
    alone = codec.decode_plainly(latents[:, :, 1:2])
    assert torch.allclose(alone[0, :, 0], whole[0, :, 4], atol=1e-5)


def test_a_length_between_blocks_is_refused(codec: codecs.PatchCodec) -> None:
    with pytest.raises(ValueError, match="4n \\+ 1"):
        codec.encode(torch.zeros(1, 3, 8, 64, 96))


def test_a_saved_codec_gives_the_same_latents(codec: codecs.PatchCodec, tmp_path: Path) -> None:
    codec.save_pretrained(tmp_path)
    again = codecs.PatchCodec.from_pretrained(tmp_path, local_files_only=True)
    video = codecs.to_video(draw(range(3, 4)))
    assert torch.equal(codec.encode(video).latents, again.encode(video).latents)


def test_a_fresh_refiner_changes_nothing(codec: codecs.PatchCodec) -> None:
    video = codecs.to_video(draw(range(2)))
    assert torch.equal(Refiner(4).refine(video), video)
