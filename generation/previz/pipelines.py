"""The pipeline that the model's parts make, in training and where it ships."""

from pathlib import Path
from typing import Any

import torch

# diffusers takes classes of other libraries only from modules that are imported already.
import generation.previz.codec
import generation.previz.transformer  # noqa: F401
from dam.core import dtypes
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


def load(folder: Path) -> Any:
    """The pipeline of a folder of ours, to learn from: on the CPU, its codec in float32."""
    diffusers.utils.logging.set_verbosity_error()
    default = dtypes.to_load(folder, torch.device("cpu"))
    return diffusers.DiffusionPipeline.from_pretrained(
        str(folder),
        dtype={"vae": torch.float32, "default": default},
        local_files_only=True,
        use_safetensors=True,
    )
