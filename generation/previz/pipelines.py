"""The pipeline that the model's parts make, in training and where it ships."""

from typing import Any

from generation.diffusers_compat import diffusers

GUIDANCE = 2.0
STEPS = 12


def build(*, transformer: Any, encoder: Any, tokenizer: Any, codec: Any) -> Any:
    """A WanPipeline around these parts. The scheduler reads the model's output as the clean clip."""
    scheduler = diffusers.UniPCMultistepScheduler(
        prediction_type="sample", use_flow_sigmas=True, flow_shift=3.0
    )
    return diffusers.WanPipeline(
        tokenizer=tokenizer,
        text_encoder=encoder,
        vae=codec,
        scheduler=scheduler,
        transformer=transformer,
        # What image-to-video pipelines read off: the model takes a noise level for each token.
        expand_timesteps=True,
    )
