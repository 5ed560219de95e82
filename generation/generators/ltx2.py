"""LTX-2: clips from prompts, and around what is known of their beginning and their end."""

import importlib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from generation.generators import pipeline
from generation.generators.base import VideoRequest
from generation.generators.guides import Guide
from generation.generators.model_card import ModelCard
from generation.generators.pipeline import LATENTS, PipelineGenerator, Tensors

_PARTS = (
    "scheduler",
    "vae",
    "audio_vae",
    "text_encoder",
    "tokenizer",
    "connectors",
    "transformer",
    "vocoder",
)
_UNTOUCHED = 0  # pictures aren't compressed before they are read: what stays is to be theirs


def load(folder: Path, card: ModelCard) -> "Ltx2Generator":
    return Ltx2Generator(pipeline.from_folder(folder, fine_autoencoder=False), card)


class Ltx2Generator(PipelineGenerator):
    def asked(self, request: VideoRequest) -> tuple[Any, dict[str, Any]]:
        from generation.diffusers_compat import diffusers

        more: dict[str, Any] = {"num_frames": request.frames, "frame_rate": float(request.frame_rate)}
        more["spatio_temporal_guidance_blocks"] = [self._guiding_block]
        parts = {name: getattr(self.pipeline, name) for name in _PARTS}
        if request.loops or not all(guide.stays and guide.region is None for guide in request.guides):
            raise self.impossible()
        if not request.guides:
            return pipeline.of_parts(diffusers.LTX2Pipeline, parts), more
        first, *others = request.guides
        if not others and pipeline.begins_with_picture(first):
            begins = pipeline.of_parts(diffusers.LTX2ImageToVideoPipeline, parts)
            return begins, more | {"image": pipeline.pictures(first)[0], "image_crf": _UNTOUCHED}
        around = pipeline.of_parts(diffusers.LTX2ConditionPipeline, parts)
        return around, more | {"conditions": [self._condition(guide) for guide in request.guides]}

    def _condition(self, guide: Guide) -> Any:
        """A guide as its pipeline takes it: at a latent. Of what begins later, all but the last frames of a
        whole latent are read."""
        kinds: Any = importlib.import_module("diffusers.pipelines.ltx2.pipeline_ltx2_condition")
        step = self.pipeline.vae.temporal_compression_ratio
        index = 0 if guide.at == 0 else (guide.at - 1) // step + 1
        return kinds.LTX2VideoCondition(frames=pipeline.pictures(guide), index=index, crf=_UNTOUCHED)

    @property
    def _guiding_block(self) -> int:
        """The one that its publisher names, of 2.0 or of 2.3."""
        return 28 if self.pipeline.transformer.config.cross_attn_mod else 29

    def decoded(self, latents: Tensors) -> NDArray[np.float32]:
        codec = self.pipeline.vae
        here = latents[LATENTS].to(self.device, dtype=codec.dtype)
        video = codec.decode(here, None, return_dict=False)[0]
        processor = self.pipeline.video_processor
        frames: NDArray[np.float32] = processor.postprocess_video(video, output_type="np")[0]
        return frames
