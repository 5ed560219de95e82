"""What blocks leave goes, and what is drawn stays."""

import numpy as np
import pytest
import torch
from torch import Tensor

from generation.evaluation import picture_quality
from generation.generators.base import Frames
from generation.previz import codec as codecs
from generation.previz import smoothing
from generation.previz.world import rendering, scenes

pytestmark = pytest.mark.model


@pytest.fixture(scope="module")
def clips() -> Tensor:
    """Video [B, 3, T, H, W] in -1 to 1."""
    shown = [scenes.sample(seed) for seed in range(40, 46)]
    return codecs.to_video(rendering.render(shown, frames=9, height=96, width=160))


def blocky(video: Tensor, *, amount: float) -> Tensor:
    """Each block of each frame a little brighter or darker."""
    dice = torch.Generator().manual_seed(1)
    batch, _, frames, height, width = video.shape
    tones = torch.randn(batch, 1, frames, height // 16, width // 16, generator=dice) * amount
    return video + tones.repeat_interleave(16, dim=-1).repeat_interleave(16, dim=-2)


def frames(video: Tensor) -> Frames:
    made: Frames = ((video.clamp(-1, 1) + 1) * 127.5).round().byte().permute(0, 2, 3, 4, 1).numpy()
    return made


def test_steps_between_blocks_go(clips: Tensor) -> None:
    spoilt = blocky(clips, amount=0.04)
    before, after = (
        np.mean([picture_quality.blockiness(clip, block=16) for clip in frames(video)])
        for video in (spoilt, smoothing.even_blocks(spoilt, block=16))
    )
    plain = np.mean([picture_quality.blockiness(clip, block=16) for clip in frames(clips)])
    assert before > 1.5 * plain
    assert after - plain < 0.25 * (before - plain)


def test_an_outline_on_a_border_stays() -> None:
    video = torch.full((1, 3, 1, 32, 64), -0.5)
    video[..., 32:] = 0.5
    assert torch.equal(smoothing.even_blocks(video, block=16), video)


def test_a_smooth_slope_stays() -> None:
    slope = torch.linspace(-0.8, 0.8, 64).expand(1, 3, 2, 32, 64)
    assert torch.allclose(smoothing.even_blocks(slope, block=16), slope, atol=1e-5)


def test_a_picture_of_one_block_stays() -> None:
    video = torch.rand(1, 3, 1, 16, 16)
    assert torch.equal(smoothing.even_blocks(video, block=16), video)


def test_outlines_become_steeper_and_leave_no_halo(clips: Tensor) -> None:
    found = smoothing.sharpen(clips)
    assert picture_quality.steepness(frames(found)[0]) > picture_quality.steepness(frames(clips)[0])
    wide = torch.nn.functional.max_pool3d(clips, (1, 3, 3), 1, (0, 1, 1))
    assert (found <= wide + 1e-6).all()
    assert (found >= -torch.nn.functional.max_pool3d(-clips, (1, 3, 3), 1, (0, 1, 1)) - 1e-6).all()


def test_what_rests_is_calmed() -> None:
    still = torch.zeros(1, 3, 17, 32, 32)
    restless = still + torch.randn(still.shape, generator=torch.Generator().manual_seed(2)) * 0.02
    found = smoothing.rest(restless)
    assert found.diff(dim=2).abs().mean() < 0.35 * restless.diff(dim=2).abs().mean()


def test_what_moves_stays() -> None:
    video = torch.full((1, 3, 17, 32, 96), -0.6)
    for time in range(17):
        video[:, :, time, 8:24, 4 * time : 4 * time + 16] = 0.7
    assert (smoothing.rest(video) - video).abs().mean() < 0.01
    assert (smoothing.rest(video) - video)[:, :, :, 12:20].abs().amax() < 0.2


def test_what_loops_is_calmed_across_its_seam() -> None:
    still = torch.zeros(1, 3, 17, 32, 32)
    restless = still + torch.randn(still.shape, generator=torch.Generator().manual_seed(2)) * 0.02
    seams = [
        (found[:, :, -1] - found[:, :, 0]).abs().mean()
        for found in (smoothing.rest(restless, loops=loops) for loops in (False, True))
    ]
    assert seams[1] < 0.6 * seams[0]


def test_one_frame_has_nothing_to_rest_with() -> None:
    video = torch.rand(1, 3, 1, 32, 32)
    assert torch.equal(smoothing.rest(video), video)


def test_a_codec_smooths_only_when_it_says_so_and_never_a_given_picture() -> None:
    torch.manual_seed(3)
    latents = torch.randn(1, 3, 3, 4, 6) * 0.1
    shown = []
    for smooth in (False, True):
        codec: codecs.PatchCodec = codecs.PatchCodec(
            z_dim=3, still_dim=8, scale_factor_temporal=4, smooth=smooth
        )
        dice = torch.Generator().manual_seed(5)
        codec.still_basis.data = torch.randn(codec.still_basis.shape, generator=dice) * 0.05
        decoded = codec.decode(latents)
        assert isinstance(decoded, codecs.Decoded)
        shown.append((codec.decode_plainly(latents), decoded.sample))
    (plain, rough), (_, smoothed) = shown
    assert torch.equal(plain, rough)
    assert not torch.equal(smoothed, rough)
    begun = codec.decode(latents, given=1)
    assert isinstance(begun, codecs.Decoded)
    assert torch.equal(begun.sample[:, :, 0], plain[:, :, 0])
    assert torch.equal(begun.sample[:, :, 1:], smoothed[:, :, 1:])
