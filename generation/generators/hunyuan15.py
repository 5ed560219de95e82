"""HunyuanVideo 1.5, from prompts or a picture. Its pipelines tell of steps by their progress bar alone."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from generation.generators import pipeline
from generation.generators.base import VideoRequest
from generation.generators.model_card import ModelCard
from generation.generators.modes import Mode
from generation.generators.pipeline import LATENTS, PipelineGenerator, Tensors


def load(folder: Path, card: ModelCard) -> "HunyuanGenerator":
    return HunyuanGenerator(pipeline.from_folder(folder, fine_autoencoder=True), card)


class HunyuanGenerator(PipelineGenerator):
    tells_steps = False

    def words(self, request: VideoRequest) -> dict[str, Any]:
        """How strongly the prompt pulls is its guider's to say."""
        return {"prompt": request.prompt, "negative_prompt": request.negative_prompt}

    def asked(self, request: VideoRequest) -> tuple[Any, dict[str, Any]]:
        self.pipeline.guider = self.pipeline.guider.new(guidance_scale=request.guidance)
        more: dict[str, Any] = {"num_frames": request.frames}
        if not request.guides and not request.loops:
            self.require(Mode.TEXT)
            return self.pipeline, more
        if request.loops or len(request.guides) > 1 or not pipeline.begins_with_picture(request.guides[0]):
            raise self.impossible()
        self.require(Mode.IMAGE)
        return self.pipeline, more | {"image": pipeline.pictures(request.guides[0])[0]}

    def size(self, request: VideoRequest) -> dict[str, int]:
        """Of what begins with a picture it is that picture's."""
        return {} if request.guides else super().size(request)

    def decoded(self, latents: Tensors) -> NDArray[np.float32]:
        codec = self.pipeline.vae
        here = latents[LATENTS].to(self.device, dtype=codec.dtype)
        video = codec.decode(here / codec.config.scaling_factor, return_dict=False)[0]
        frames: NDArray[np.float32] = self.pipeline.video_processor.postprocess_video(
            video, output_type="np"
        )[0]
        return frames
