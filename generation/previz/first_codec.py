"""The codec of previz-dit 0.2: it decodes blocks of 8 frames and 16 x 16 pixels from principal components.

It goes when weights of a later version replace those; `codec` is what is trained with now.
"""

from typing import Any

import torch
from torch import Tensor, nn

from generation.generators.libraries import diffusers
from generation.previz.codec import Decoded

# diffusers loads a class of another library if that class's module knows the loader by this very name.
ModelMixin: Any = diffusers.ModelMixin
_register_to_config: Any = diffusers.configuration_utils.register_to_config


class PatchCodec(ModelMixin, diffusers.ConfigMixin):  # type: ignore[misc]
    """Video [B, 3, 1 + n * deep, H, W] in -1 to 1, latents [B, z_dim, 1 + n, H / side, W / side]."""

    _supports_gradient_checkpointing = False
    decodes_at_once = True
    """Any latent frame can be decoded alone, at the cost of one matrix multiplication."""

    @_register_to_config  # type: ignore[untyped-decorator]
    def __init__(
        self,
        z_dim: int = 96,
        scale_factor_temporal: int = 8,
        scale_factor_spatial: int = 16,
        latents_mean: list[float] | None = None,
        latents_std: list[float] | None = None,
    ) -> None:
        super().__init__()
        if latents_mean is None or latents_std is None:
            # WanPipeline reads both from the configuration; ours are folded into `scale`.
            self.register_to_config(latents_mean=[0.0] * z_dim, latents_std=[1.0] * z_dim)
        pixels = 3 * scale_factor_temporal * scale_factor_spatial**2
        self.basis = nn.Parameter(torch.zeros(z_dim, pixels), requires_grad=False)
        self.mean = nn.Parameter(torch.zeros(pixels), requires_grad=False)
        self.scale = nn.Parameter(torch.ones(z_dim), requires_grad=False)

    def decode(self, z: Tensor, return_dict: bool = True) -> Decoded | tuple[Tensor]:
        """Latents to video in -1 to 1, as diffusers' pipelines call it."""
        config: Any = self.config
        deep, side = int(config.scale_factor_temporal), int(config.scale_factor_spatial)
        batch, _, frames, rows, columns = z.shape
        flat = (z.permute(0, 2, 3, 4, 1) / self.scale) @ self.basis + self.mean
        cut = flat.view(batch, frames, rows, columns, 3, deep, side, side).permute(0, 4, 1, 5, 2, 6, 3, 7)
        video = cut.reshape(batch, 3, frames * deep, rows * side, columns * side)[:, :, deep - 1 :].clamp(
            -1, 1
        )
        return Decoded(sample=video) if return_dict else (video,)
