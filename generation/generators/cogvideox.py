"""CogVideoX 2B, 5B and 1.5: clips from prompts, clips made again, and those that begin with a picture."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from generation.generators import pipeline
from generation.generators.base import OnStep, VideoRequest
from generation.generators.model_card import ModelCard
from generation.generators.modes import Mode
from generation.generators.pipeline import LATENTS, PipelineGenerator, Tensors

_PARTS = ("tokenizer", "text_encoder", "vae", "transformer", "scheduler")


def load(folder: Path, card: ModelCard) -> "CogVideoXGenerator":
    # Its pipelines encode pictures in the transformer's number type: an autoencoder in another one fails.
    return CogVideoXGenerator(pipeline.from_folder(folder, fine_autoencoder=False), card)


class CogVideoXGenerator(PipelineGenerator):
    def asked(self, request: VideoRequest) -> tuple[Any, dict[str, Any]]:
        from generation.diffusers_compat import diffusers

        guide = request.guides[0] if len(request.guides) == 1 else None
        if request.loops or len(request.guides) > 1:
            raise self.impossible()
        if guide is None:
            self.require(Mode.TEXT)
            return self.pipeline, {"num_frames": request.frames}
        if pipeline.begins_with_picture(guide):
            self.require(Mode.IMAGE)
            return self.pipeline, {"image": pipeline.pictures(guide)[0], "num_frames": request.frames}
        if guide.stays or guide.at or guide.region is not None:
            raise self.impossible()
        self.require(Mode.RESTYLE)
        parts = {name: getattr(self.pipeline, name) for name in _PARTS}
        again = pipeline.of_parts(diffusers.CogVideoXVideoToVideoPipeline, parts)
        strength = pipeline.share_to_change(guide, request)
        return again, {"video": pipeline.pictures(guide), "strength": strength}

    def made(self, request: VideoRequest, *, on_step: OnStep) -> Tensors:
        latents = super().made(request, on_step=on_step)[LATENTS]
        # 1.5 is cut in time: before an odd number of latents its pipeline puts one more, and leaves it there.
        wanted = (request.frames - 1) // self.pipeline.vae_scale_factor_temporal + 1
        return {LATENTS: latents[:, -wanted:]}

    def decoded(self, latents: Tensors) -> NDArray[np.float32]:
        codec = self.pipeline.vae
        here = latents[LATENTS].to(self.device, dtype=codec.dtype)
        video = self.pipeline.decode_latents(here)
        frames: NDArray[np.float32] = self.pipeline.video_processor.postprocess_video(video, "np")[0]
        return frames
