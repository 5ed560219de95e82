"""Clips around what is known of them, by a model that learnt with a noise level for each token.

Any part of a clip can be given clean, and the rest is made to fit; stock pipelines do that for the first
frame alone. For the bundled model, whose codec (`PatchCodec`) is linear and cut into blocks.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from dam.core.language import gettext as _
from generation.generators import guides as guiding
from generation.generators.base import Frames, GeneratorError, VideoRequest
from generation.generators.guides import Guide
from generation.previz import codec as codecs

Settle = Callable[[Tensor], Tensor]
OnLatents = Callable[[int, int, Tensor], None]
"""Hears of each step: how many are done, of how many, and the finished clip's latents as expected by now."""


@dataclass(frozen=True, slots=True, eq=False)
class _Known:
    """Latents [1, z, T', h, w] of what is known, and where they stay [T', h, w]."""

    latents: Tensor
    keep: Tensor


def possible(pipeline: Any) -> bool:
    """Whether this pipeline's parts can do it: ours, with a timestep for each token."""
    return isinstance(pipeline.vae, codecs.PatchCodec) and bool(pipeline.config.expand_timesteps)


@torch.inference_mode()
def denoise(
    pipeline: Any,
    request: VideoRequest,
    *,
    prompt: str,
    negative: str,
    max_tokens: int,
    on_latents: OnLatents,
) -> Tensor:
    """Latents of the clip around the request's guides. Raises GeneratorError where they don't fit.

    `prompt` and `negative` are what the model reads. The same request gives the same bytes.
    """
    known = _known(pipeline, request)
    changed = [guide for guide in request.guides if not guide.stays]
    scheduler = type(pipeline.scheduler).from_config(pipeline.scheduler.config)
    scheduler.set_timesteps(request.steps, device=known.latents.device)
    # Chance is drawn on the CPU, so that a seed means the same on every device.
    dice = torch.Generator("cpu").manual_seed(request.seed)
    latents = torch.randn(known.latents.shape, generator=dice).to(known.latents.device)
    first = 0
    if changed:
        first = request.steps - max(1, round(request.steps * (1 - changed[0].strength)))
        scheduler.set_begin_index(first)
        start = _encode(pipeline.vae, changed[0])
        latents = torch.lerp(start, latents, float(scheduler.sigmas[first]))
    words = pipeline.encode_prompt(
        prompt, negative, do_classifier_free_guidance=True, max_sequence_length=max_tokens
    )
    return _sample(
        pipeline,
        scheduler,
        latents,
        known,
        states=torch.cat(words),
        guidance=request.guidance,
        times=scheduler.timesteps[first:],
        settle=_settle(pipeline.vae, request),
        on_latents=on_latents,
    )


@torch.inference_mode()
def decode(pipeline: Any, latents: Tensor, request: VideoRequest) -> Frames:
    """The clip [T, H, W, 3] of what `denoise` made of the request."""
    codec = pipeline.vae
    here = latents.to(next(codec.parameters()).device)
    video = codec.decode(here, given=_begins(request), loops=request.loops).sample[0]
    frames: Frames = ((video.permute(1, 2, 3, 0) + 1) * 127.5).round().to(torch.uint8).cpu().numpy()
    return frames


def _begins(request: VideoRequest) -> int:
    """How many whole frames the clip begins with that are somebody's pictures.

    None of what comes back to its beginning: that is smoothed across its seam, its first frame as well.
    """
    whole = [
        guide
        for guide in request.guides
        if guide.at == 0 and guide.stays and guide.region is None and not _alone_at_end(guide, request)
    ]
    return len(whole[-1].pictures) if whole and not request.loops else 0


def _sample(
    pipeline: Any,
    scheduler: Any,
    latents: Tensor,
    known: _Known,
    *,
    states: Tensor,
    guidance: float,
    times: Sequence[Tensor],
    settle: Settle | None,
    on_latents: OnLatents,
) -> Tensor:
    open_places = (~known.keep).float()
    patch = pipeline.transformer.config.patch_size[-1]
    for done, time in enumerate(times, start=1):
        shown = torch.lerp(known.latents, latents, open_places).to(states.dtype).expand(2, -1, -1, -1, -1)
        timestep = (open_places[:, ::patch, ::patch].flatten() * time).expand(2, -1)
        output = pipeline.transformer(
            hidden_states=shown, timestep=timestep, encoder_hidden_states=states, return_dict=False
        )[0].float()
        guided, unguided = output.chunk(2)
        expected = unguided + guidance * (guided - unguided)
        if settle is not None:
            expected = settle(expected)
        expected = torch.lerp(known.latents, expected, open_places)
        latents = scheduler.step(expected, time, latents, return_dict=False)[0]
        on_latents(done, len(times), expected)
    return torch.lerp(known.latents, latents, open_places)


def _known(pipeline: Any, request: VideoRequest) -> _Known:
    codec = pipeline.vae
    step = codec.config.scale_factor_temporal
    device = pipeline.transformer.device
    cell = codec.config.scale_factor_spatial
    size = (request.height // cell, request.width // cell)
    latents = torch.zeros(1, codec.config.z_dim, (request.frames - 1) // step + 1, *size, device=device)
    keep = torch.zeros(latents.shape[2:], dtype=torch.bool, device=device)
    for guide in request.guides:
        if not guiding.fits_blocks(guide, frames=request.frames, step=step):
            raise GeneratorError(
                _("This model takes reference frames in steps of %(step)s.") % {"step": step}
            )
        if not guide.stays or _alone_at_end(guide, request):
            continue
        found = _encode(codec, guide)
        place = slice(0 if guide.at == 0 else (guide.at - 1) // step + 1, (guide.end - 1) // step + 1)
        latents[:, :, place] = found
        stays = torch.ones(size, dtype=torch.bool, device=device)
        if guide.region is not None:
            stays = ~_tokens(torch.from_numpy(guide.region).to(device), cell * codecs.FOLD)
        keep[place] = stays
    return _Known(latents, keep)


def _tokens(region: Tensor, side: int) -> Tensor:
    """True for each latent [h, w] of the tokens that any pixel of a region lies in."""
    tokens = torch.nn.functional.max_pool2d(region[None, None].float(), side)[0, 0] > 0
    return tokens.repeat_interleave(codecs.FOLD, 0).repeat_interleave(codecs.FOLD, 1)


def _encode(codec: Any, guide: Guide) -> Tensor:
    """Latents of a guide's pictures, where the model is."""
    device = next(codec.parameters()).device
    video = codecs.to_video(torch.from_numpy(guide.pictures.copy())[None]).to(device)
    if guide.at == 0:
        latents: Tensor = codec.encode(video).latents
        return latents
    # Whatever comes first is taken for a picture that stands alone; here that is one before them.
    return codec.encode(torch.cat([video[:, :, :1], video], dim=2)).latents[:, :, 1:]  # type: ignore[no-any-return]


def _alone_at_end(guide: Guide, request: VideoRequest) -> bool:
    return len(guide.pictures) == 1 and guide.end == request.frames and guide.at > 0


def _settle(codec: Any, request: VideoRequest) -> Settle | None:
    """What bends the last block towards the picture that the clip is to end with, more with each frame.

    The codec is linear, so that can be done to what the model expects at each step; the model then makes the
    rest fit. A clip that loops ends with its first frame, given or not.
    """
    last = next((guide for guide in request.guides if _alone_at_end(guide, request)), None)
    if last is None and request.loops:
        last = next((guide for guide in request.guides if guide.at == 0 and guide.stays), None)
    if last is None and not request.loops:
        return None
    device = next(codec.parameters()).device
    deep = codec.config.scale_factor_temporal
    amount = torch.linspace(0, 1, deep + 1, device=device)[1:].view(1, 1, deep, 1, 1)
    target = None
    if last is not None:
        picture = torch.from_numpy(last.pictures[:1].copy())[None]
        target = codec.small(codecs.to_video(picture).to(device))

    def settle(expected: Tensor) -> Tensor:
        # Two latent frames, for the first of those that are decoded gives a single frame.
        ending = codec.decode_plainly(expected[:, :, -2:])[:, :, 1:]
        wanted = codec.decode_plainly(expected[:, :, :1]) if target is None else target
        bent = torch.lerp(ending, wanted.expand_as(ending), amount)
        numbers = codec.encode_blocks(torch.cat([bent[:, :, :1], bent], dim=2))[:, 1:]
        return torch.cat([expected[:, :, :-1], codecs.fold(numbers)], dim=2)

    return settle
