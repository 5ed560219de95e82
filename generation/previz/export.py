"""Turn a checkpoint into the diffusers folder that ships."""

from typing import Any

import generation.generators.torch_ops  # noqa: F401  (before diffusers)
from diffusers import UniPCMultistepScheduler, WanPipeline

GUIDANCE = 3.0
STEPS = 12


def pipeline(*, transformer: Any, encoder: Any, tokenizer: Any, codec: Any) -> Any:
    """A WanPipeline around these parts. The scheduler reads the model's output as the clean clip."""
    scheduler = UniPCMultistepScheduler(prediction_type="sample", use_flow_sigmas=True, flow_shift=3.0)
    return WanPipeline(
        tokenizer=tokenizer, text_encoder=encoder, vae=codec, scheduler=scheduler, transformer=transformer
    )
