"""The families of models that run here: a row for each class of diffusers' pipelines. Imports no torch.

A row says of which parts such a folder may consist, which module runs it (its `load`), and, from the folder's
own configurations, what it can be asked for: pages offer that and nothing else.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from generation.generators.base import Capabilities
from generation.generators.modes import Mode

MOST_STEPS = 60
Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Parts:
    """Configurations of a folder: its index, and those of its autoencoder and transformer."""

    index: Json
    autoencoder: Json
    transformer: Json

    def has(self, part: str) -> bool:
        return self.index.get(part) not in (None, [None, None])


@dataclass(frozen=True, slots=True)
class Family:
    module: str
    trusted: frozenset[tuple[str, str]]
    """(library, class) of each part that a folder may name."""
    capabilities: Callable[[Parts], Capabilities]
    max_tokens: int


def of(pipeline_class: object) -> Family | None:
    return _ROWS.get(pipeline_class) if isinstance(pipeline_class, str) else None


def _classes(library: str, *names: str) -> frozenset[tuple[str, str]]:
    return frozenset((library, name) for name in names)


def _can(
    sizes: tuple[tuple[int, int], ...],
    modes: tuple[Mode, ...],
    *,
    frames: tuple[int, int, int],
    rate: int,
    steps: int = 50,
    guidance: float = 5.0,
) -> Capabilities:
    """`frames`: the least, the most and the step."""
    least, most, step = frames
    return Capabilities(
        sizes=sizes,
        min_frames=least,
        max_frames=most,
        frame_step=step,
        frame_rate=Fraction(rate),
        default_steps=steps,
        max_steps=max(MOST_STEPS, steps),
        default_guidance=guidance,
        modes=modes,
    )


def _snapped(sizes: tuple[tuple[int, int], ...], side: int) -> tuple[tuple[int, int], ...]:
    return tuple((width // side * side, height // side * side) for width, height in sizes)


# Wan -----------------------------------------------------------------------------------------------------

_WAN_SIZES = ((832, 480), (480, 832), (624, 624))


def _wan(parts: Parts) -> Capabilities:
    """A WanPipeline as published: what its size, autoencoder and scheduler imply."""
    spatial = int(parts.autoencoder.get("scale_factor_spatial", 8))
    step = int(parts.autoencoder.get("scale_factor_temporal", 4))
    # Wan 2.2 TI2V-5B compresses 16-fold and was trained at 720p and 24 fps; every other at 480p and 16 fps.
    large = spatial >= 16
    return _can(
        _snapped(((1280, 704), (704, 1280)) if large else _WAN_SIZES, spatial * _patch(parts)),
        _wan_modes(parts),
        frames=(1 + step, 121 if large else 81, step),
        rate=24 if large else 16,
    )


def _wan_modes(parts: Parts) -> tuple[Mode, ...]:
    """What diffusers' pipelines make of the parts of a published WanPipeline.

    Parts that take a time for each token (Wan 2.2 5B) also begin with a picture; `last_image` would be
    ignored without a word. WanVideoToVideoPipeline knows one transformer, and takes an autoencoder that is
    cut into patches for a finer one than it is.
    """
    found = [Mode.TEXT, Mode.STILL]
    if parts.index.get("expand_timesteps"):
        found.append(Mode.IMAGE)
    if parts.autoencoder.get("patch_size") is None and not parts.has("transformer_2"):
        found.append(Mode.RESTYLE)
    return tuple(found)


def _wan_images(parts: Parts) -> Capabilities:
    """A transformer that reads what pictures mean (Wan 2.1) reads one of them, or always two (FLF2V)."""
    modes: tuple[Mode, ...]
    if parts.transformer.get("image_dim") is not None:
        modes = (Mode.FRAMES,) if parts.transformer.get("pos_embed_seq_len") else (Mode.IMAGE,)
    else:
        # With a time for each token `last_image` would be ignored without a word.
        modes = (Mode.IMAGE,) if parts.index.get("expand_timesteps") else (Mode.IMAGE, Mode.FRAMES)
    sizes = (*_WAN_SIZES, (1280, 720), (720, 1280))
    return _can(_snapped(sizes, 8 * _patch(parts)), modes, frames=(5, 81, 4), rate=16)


def _wan_vace(parts: Parts) -> Capabilities:
    """Any part of a clip may be known. Its pipeline takes an autoencoder of patches for a finer one."""
    known = (Mode.IMAGE, Mode.FRAMES, Mode.EXTEND, Mode.LEAD_IN, Mode.BLEND, Mode.EDIT)
    plain = parts.autoencoder.get("patch_size") is None
    modes = (Mode.TEXT, *known) if plain else (Mode.TEXT,)
    return _can(_snapped(_WAN_SIZES, 8 * _patch(parts)), modes, frames=(5, 81, 4), rate=16)


def _patch(parts: Parts) -> int:
    return int(parts.transformer.get("patch_size", [1, 2, 2])[-1])


_WAN_TRUSTED = (
    _classes(
        "diffusers",
        "WanTransformer3DModel",
        "AutoencoderKLWan",
        "UniPCMultistepScheduler",
        "FlowMatchEulerDiscreteScheduler",
    )
    | _classes(
        "transformers", "UMT5EncoderModel", "T5TokenizerFast", "T5Tokenizer", "PreTrainedTokenizerFast"
    )
    | {
        ("generation.previz.codec", "PatchCodec"),
        ("generation.previz.transformer", "PlacedTransformer"),
    }
)
_CLIP = _classes("transformers", "CLIPVisionModel", "CLIPImageProcessor", "CLIPImageProcessorFast")

# CogVideoX -----------------------------------------------------------------------------------------------


def _cogvideox(parts: Parts) -> Capabilities:
    """2B and 5B, or 1.5 5B, whose transformer is cut in time as well: WanVideoToVideo's kin refuses most of
    its lengths."""
    newer = parts.transformer.get("patch_size_t") is not None
    return _cog(parts, (Mode.TEXT,) if newer else (Mode.TEXT, Mode.RESTYLE))


def _cogvideox_images(parts: Parts) -> Capabilities:
    return _cog(parts, (Mode.IMAGE,))


def _cog(parts: Parts, modes: tuple[Mode, ...]) -> Capabilities:
    config = parts.transformer
    if config.get("patch_size_t") is not None:
        return _can(((1360, 768), (768, 1360)), modes, frames=(9, 81, 8), rate=16, guidance=6.0)
    # Places that were learnt are those of one size and one length.
    size = (8 * int(config.get("sample_width", 90)), 8 * int(config.get("sample_height", 60)))
    most = int(config.get("sample_frames", 49))
    least = most if config.get("use_learned_positional_embeddings") else 9
    return _can((size,), modes, frames=(least, most, 8), rate=8, guidance=6.0)


_COGVIDEOX_TRUSTED = _classes(
    "diffusers",
    "CogVideoXTransformer3DModel",
    "AutoencoderKLCogVideoX",
    "CogVideoXDDIMScheduler",
    "CogVideoXDPMScheduler",
) | _classes("transformers", "T5EncoderModel", "T5Tokenizer", "T5TokenizerFast", "PreTrainedTokenizerFast")

# HunyuanVideo 1.5 ----------------------------------------------------------------------------------------


def _hunyuan15(parts: Parts) -> Capabilities:
    return _hunyuan(parts, (Mode.TEXT,))


def _hunyuan15_images(parts: Parts) -> Capabilities:
    return _hunyuan(parts, (Mode.IMAGE,))


def _hunyuan(parts: Parts, modes: tuple[Mode, ...]) -> Capabilities:
    """Sizes of as many pixels as it learnt with: what begins with a picture takes no other, nor is asked."""
    large = int(parts.transformer.get("target_size", 640)) >= 960
    sizes = ((1280, 720), (720, 1248), (960, 960)) if large else ((848, 480), (480, 832), (640, 640))
    return _can(sizes, modes, frames=(5, 121, 4), rate=24, guidance=6.0)


_HUNYUAN_TRUSTED = _classes(
    "diffusers",
    "HunyuanVideo15Transformer3DModel",
    "AutoencoderKLHunyuanVideo15",
    "FlowMatchEulerDiscreteScheduler",
    "ClassifierFreeGuidance",
) | _classes(
    "transformers",
    "Qwen2_5_VLTextModel",
    "Qwen2Tokenizer",
    "Qwen2TokenizerFast",
    "PreTrainedTokenizerFast",
    "T5EncoderModel",
    "ByT5Tokenizer",
    "SiglipVisionModel",
    "SiglipImageProcessor",
    "SiglipImageProcessorFast",
)

# LTX-2 ---------------------------------------------------------------------------------------------------


def _ltx2(parts: Parts) -> Capabilities:
    """One folder for all: diffusers' three pipelines are made of the same parts."""
    around = (Mode.IMAGE, Mode.FRAMES, Mode.EXTEND, Mode.LEAD_IN, Mode.BLEND)
    sizes = ((768, 512), (512, 768), (1216, 704), (704, 1216))
    return _can(sizes, (Mode.TEXT, *around), frames=(9, 241, 8), rate=24, steps=30, guidance=3.0)


_LTX2_TRUSTED = (
    _classes(
        "diffusers",
        "LTX2VideoTransformer3DModel",
        "AutoencoderKLLTX2Video",
        "FlowMatchEulerDiscreteScheduler",
    )
    | _classes("diffusers", "AutoencoderKLLTX2Audio")
    | _classes("ltx2", "LTX2TextConnectors", "LTX2Vocoder", "LTX2VocoderWithBWE")
    | _classes(
        "transformers",
        "Gemma3ForConditionalGeneration",
        "GemmaTokenizer",
        "GemmaTokenizerFast",
        "PreTrainedTokenizerFast",
        "Gemma3Processor",
    )
)

_ROWS: Mapping[str, Family] = {
    "WanPipeline": Family("wan", _WAN_TRUSTED, _wan, 512),
    "WanImageToVideoPipeline": Family("wan_images", _WAN_TRUSTED | _CLIP, _wan_images, 512),
    "WanVACEPipeline": Family(
        "wan_vace", _WAN_TRUSTED | _classes("diffusers", "WanVACETransformer3DModel"), _wan_vace, 512
    ),
    "HunyuanVideo15Pipeline": Family("hunyuan15", _HUNYUAN_TRUSTED, _hunyuan15, 1000),
    "HunyuanVideo15ImageToVideoPipeline": Family("hunyuan15", _HUNYUAN_TRUSTED, _hunyuan15_images, 1000),
    "LTX2Pipeline": Family("ltx2", _LTX2_TRUSTED, _ltx2, 1024),
    "LTX2ImageToVideoPipeline": Family("ltx2", _LTX2_TRUSTED, _ltx2, 1024),
    "LTX2ConditionPipeline": Family("ltx2", _LTX2_TRUSTED, _ltx2, 1024),
    "CogVideoXPipeline": Family("cogvideox", _COGVIDEOX_TRUSTED, _cogvideox, 226),
    "CogVideoXImageToVideoPipeline": Family("cogvideox", _COGVIDEOX_TRUSTED, _cogvideox_images, 226),
}
