"""A fixed linear codec: blocks of pixels against their principal components.

It stands where diffusers' Wan pipelines expect a variational autoencoder. A block is `block_frames` frames
deep and 16 pixels wide and high. Its mean over time is told in `still_dim` numbers, what moves around that
mean in the rest; the two never overlap, so the numbers of a still picture mean the same in every latent
frame, and where nothing moves the rest is zero. The first frame is repeated to fill the first block, so
latent frame 0 is a still picture, as with Wan's causal autoencoder.

Stock pipelines count tokens in steps of two latents. So the numbers of one block are folded over 2 x 2
latents, and one token of a transformer with patches of (1, 2, 2) is one block.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from generation.diffusers_compat import diffusers
from generation.previz import decoder as decoders
from generation.previz import smoothing
from generation.previz.refiner import Refiner

# diffusers loads a class of another library if that class's module knows the loader by this very name.
ModelMixin: Any = diffusers.ModelMixin
_register_to_config: Any = diffusers.configuration_utils.register_to_config
FOLD = 2


@dataclass(frozen=True, slots=True)
class Encoded:
    """What diffusers expects of `encode`: latents [B, z, T', h, w]."""

    latents: Tensor


@dataclass(frozen=True, slots=True)
class Decoded:
    """What diffusers expects of `decode`: video [B, 3, T, H, W] in -1 to 1."""

    sample: Tensor


class PatchCodec(ModelMixin, diffusers.ConfigMixin):  # type: ignore[misc]
    """Video [B, 3, 1 + n * deep, H, W] in -1 to 1, latents [B, z_dim, 1 + n, H / 8, W / 8].

    `refine_width` is the width of the network that cleans decoded frames; with 0 there is none. With
    `decode_widths` a convolutional decoder follows: videos are twice as large then, on both sides of the
    codec, and `scale_factor_spatial` is 16 for blocks of the same size. `smooth` takes away from decoded
    clips what blocks leave, see `smoothing`.
    """

    _supports_gradient_checkpointing = False
    decodes_at_once = True
    """Any latent frame can be decoded alone, at the cost of one matrix multiplication."""

    @_register_to_config  # type: ignore[untyped-decorator]
    def __init__(
        self,
        z_dim: int = 20,
        still_dim: int = 48,
        scale_factor_temporal: int = 8,
        scale_factor_spatial: int = 8,
        refine_width: int = 0,
        decode_widths: list[int] | None = None,
        smooth: bool = False,
        latents_mean: list[float] | None = None,
        latents_std: list[float] | None = None,
    ) -> None:
        super().__init__()
        if latents_mean is None or latents_std is None:
            # WanPipeline reads both from the configuration; ours are folded into `scale`.
            self.register_to_config(latents_mean=[0.0] * z_dim, latents_std=[1.0] * z_dim)
        self._enlarges = decoders.ENLARGES if decode_widths else 1
        self._deep, self._side = scale_factor_temporal, scale_factor_spatial * FOLD // self._enlarges
        self._still = still_dim
        channels = z_dim * FOLD**2
        pixels = 3 * self._side**2
        self.still_basis = nn.Parameter(torch.zeros(still_dim, pixels), requires_grad=False)
        self.motion_basis = nn.Parameter(
            torch.zeros(channels - still_dim, self._deep * pixels), requires_grad=False
        )
        self.mean = nn.Parameter(torch.zeros(pixels), requires_grad=False)
        self.scale = nn.Parameter(torch.ones(channels), requires_grad=False)
        self.refiner = Refiner(refine_width) if refine_width else None
        self.decoder = decoders.Decoder(decode_widths) if decode_widths else None

    def blocks(self, video: Tensor) -> Tensor:
        """Cut a video into flat blocks: [B, T', h, w, block_frames, 3 * side * side]."""
        deep, side = self._deep, self._side
        batch, colours, frames, height, width = video.shape
        if (frames - 1) % deep or height % side or width % side:
            raise ValueError(
                f"frames must be {deep}n + 1 and sides multiples of {side}, got {tuple(video.shape)}"
            )
        video = torch.cat([video[:, :, :1].expand(-1, -1, deep - 1, -1, -1), video], dim=2)
        cut = video.view(batch, colours, -1, deep, height // side, side, width // side, side)
        return cut.permute(0, 2, 4, 6, 3, 1, 5, 7).flatten(5)

    def encode_blocks(self, video: Tensor) -> Tensor:
        """Video in -1 to 1 to the numbers of its blocks [B, T', h, w, channels]."""
        flat = self.blocks(video)
        still = flat.mean(dim=-2)
        moving = (flat - still.unsqueeze(-2)).flatten(-2)
        found = torch.cat([(still - self.mean) @ self.still_basis.T, moving @ self.motion_basis.T], dim=-1)
        return found * self.scale

    def encode(self, video: Tensor) -> Encoded:
        """Video in -1 to 1 to latents, as diffusers' pipelines call it."""
        return Encoded(latents=fold(self.encode_blocks(self.small(video))))

    def small(self, video: Tensor) -> Tensor:
        """A video as large as it is cut into blocks; the same one where nothing enlarges what is decoded."""
        if self._enlarges == 1:
            return video
        made = functional.avg_pool2d(video.transpose(1, 2).flatten(0, 1), self._enlarges)
        apart: Tensor = made.unflatten(0, (len(video), -1)).transpose(1, 2)
        return apart

    def decode(
        self, z: Tensor, return_dict: bool = True, *, given: int = 0, loops: bool = False
    ) -> Decoded | tuple[Tensor]:
        """Latents to video in -1 to 1, as diffusers' pipelines call it.

        The first `given` frames are someone's pictures, and are not smoothed. What `loops` is smoothed across
        its seam.
        """
        plain = self.decode_plainly(z)
        video = self.clean(plain, given=given, loops=loops)
        if self.decoder is not None:
            video = self.decoder.decode(plain, video, loops=loops)
        return Decoded(sample=video) if return_dict else (video,)

    def clean(self, video: Tensor, *, given: int = 0, loops: bool = False) -> Tensor:
        """A plainly decoded video, cleaned and, where the codec does so, smoothed."""
        if not self.config.smooth:
            return self._refined(video)
        evened = self._refined(smoothing.even_blocks(video, block=self._side))
        smoothed = smoothing.rest(smoothing.sharpen(evened), loops=loops)
        if given:
            # What surrounds a frame in time helps to refine it.
            pictures = self._refined(video[:, :, : given + 1])[:, :, :given]
            smoothed = torch.cat([pictures, smoothed[:, :, given:]], dim=2)
        return smoothed

    def _refined(self, video: Tensor) -> Tensor:
        return self.refiner.refine(video) if self.refiner is not None else video

    def decode_plainly(self, z: Tensor) -> Tensor:
        """Latents to video without cleaning or enlarging it: one matrix multiplication."""
        deep, side = self._deep, self._side
        numbers = unfold(z) / self.scale
        batch, frames, rows, columns, _ = numbers.shape
        still = numbers[..., : self._still] @ self.still_basis + self.mean
        moving = numbers[..., self._still :] @ self.motion_basis
        flat = moving.unflatten(-1, (deep, -1)) + still.unsqueeze(-2)
        cut = flat.view(batch, frames, rows, columns, deep, 3, side, side).permute(0, 5, 1, 4, 2, 6, 3, 7)
        video = cut.reshape(batch, 3, frames * deep, rows * side, columns * side)
        seen: Tensor = video[:, :, deep - 1 :].clamp(-1, 1)
        return seen


def fold(numbers: Tensor) -> Tensor:
    """Numbers of blocks [B, T, h, w, channels] to latents [B, channels / 4, T, 2h, 2w]."""
    shuffled = functional.pixel_shuffle(numbers.permute(0, 1, 4, 2, 3), FOLD)
    return shuffled.permute(0, 2, 1, 3, 4)


def unfold(latents: Tensor) -> Tensor:
    """The inverse of `fold`."""
    apart = functional.pixel_unshuffle(latents.permute(0, 2, 1, 3, 4), FOLD)
    return apart.permute(0, 1, 3, 4, 2)


def fit(
    clips: Iterable[Tensor],
    *,
    still_channels: int,
    motion_channels: int,
    block_frames: int,
    block: int,
    seed: int,
) -> PatchCodec:
    """Fit a codec to batches of clips (uint8 [B, T, H, W, 3]), busy blocks weighing more than plain ones.

    Channels are scaled by the square root of their deviation: full whitening would let fine detail
    dominate the training loss, none would hide it.
    """
    codec: PatchCodec = PatchCodec(
        z_dim=(still_channels + motion_channels) // FOLD**2,
        still_dim=still_channels,
        scale_factor_temporal=block_frames,
        scale_factor_spatial=block // FOLD,
    )
    dice = torch.Generator().manual_seed(seed)
    still, moving = [], []
    for batch in clips:
        flat = codec.blocks(to_video(batch))
        mean = flat.mean(dim=-2)
        rest = (flat - mean.unsqueeze(-2))[:, 1:].flatten(-2).flatten(0, 3)
        mean = mean.flatten(0, 3)
        still.append(mean[torch.multinomial(mean.var(1) + 0.02, min(len(mean), 3000), generator=dice)])
        moving.append(rest[torch.multinomial(rest.var(1) + 1e-5, min(len(rest), 1500), generator=dice)])
    pictures, changes = torch.cat(still), torch.cat(moving)
    middle = pictures.mean(0)
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        still_axes = torch.pca_lowrank(pictures - middle, q=still_channels + 16, center=False, niter=3)[2]
        motion_axes = torch.pca_lowrank(changes, q=motion_channels + 16, center=False, niter=3)[2]
    codec.mean.data = middle
    codec.still_basis.data = still_axes[:, :still_channels].T.contiguous()
    codec.motion_basis.data = motion_axes[:, :motion_channels].T.contiguous()
    deviation = torch.cat(
        [
            ((pictures - middle) @ codec.still_basis.T).std(0),
            # Most blocks of most clips do not move; they are told apart from those that do by this.
            (changes @ codec.motion_basis.T).std(0),
        ]
    )
    codec.scale.data = (deviation * deviation.mean()).rsqrt()
    return codec


def to_video(clips: Tensor) -> Tensor:
    """Frames uint8 [B, T, H, W, 3] to video [B, 3, T, H, W] in -1 to 1."""
    return clips.permute(0, 4, 1, 2, 3).float() / 127.5 - 1
