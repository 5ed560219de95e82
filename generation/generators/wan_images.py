"""Wan's image-to-video folders: clips that begin with a picture, and that end with one where they can."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from generation.generators import pipeline, wan
from generation.generators.base import VideoRequest
from generation.generators.model_card import ModelCard
from generation.generators.modes import Mode
from generation.generators.pipeline import LATENTS, PipelineGenerator, Tensors


def load(folder: Path, card: ModelCard) -> "WanImageGenerator":
    return WanImageGenerator(pipeline.from_folder(folder, fine_autoencoder=True), card)


class WanImageGenerator(PipelineGenerator):
    def asked(self, request: VideoRequest) -> tuple[Any, dict[str, Any]]:
        first, *others = request.guides or (None,)
        if first is None or request.loops or not pipeline.begins_with_picture(first) or len(others) > 1:
            raise self.impossible()
        more = {"image": pipeline.pictures(first)[0], "num_frames": request.frames}
        if not others:
            self.require(Mode.IMAGE)
            return self.pipeline, more
        last = others[0]
        if (
            not last.stays
            or last.region is not None
            or (last.at, len(last.pictures))
            != (
                request.frames - 1,
                1,
            )
        ):
            raise self.impossible()
        self.require(Mode.FRAMES)
        return self.pipeline, more | {"last_image": pipeline.pictures(last)[0]}

    def decoded(self, latents: Tensors) -> NDArray[np.float32]:
        found = latents[LATENTS]
        return wan.decoded(self.pipeline, found)
