"""Wan VACE: one model that makes anew what a mask says, in space and time, around all that is known."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from generation.generators import pipeline, wan
from generation.generators.base import VideoRequest
from generation.generators.model_card import ModelCard
from generation.generators.pipeline import LATENTS, PipelineGenerator, Tensors

_UNKNOWN = 127  # what it learnt to see where it is to make something


def load(folder: Path, card: ModelCard) -> "WanVaceGenerator":
    return WanVaceGenerator(pipeline.from_folder(folder, fine_autoencoder=True), card)


class WanVaceGenerator(PipelineGenerator):
    def asked(self, request: VideoRequest) -> tuple[Any, dict[str, Any]]:
        from PIL import Image

        more: dict[str, Any] = {"num_frames": request.frames}
        if not request.guides and not request.loops:
            return self.pipeline, more
        if request.loops or not all(guide.stays for guide in request.guides):
            raise self.impossible()
        known, new = self._known(request)
        more["video"] = [Image.fromarray(picture) for picture in known]
        more["mask"] = [Image.fromarray(picture) for picture in new]
        return self.pipeline, more

    def _known(self, request: VideoRequest) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
        """Frames [T, H, W, 3], and [T, H, W] white where they are to be made. Later guides lie above."""
        shape = (request.frames, request.height, request.width)
        known = np.full((*shape, 3), _UNKNOWN, dtype=np.uint8)
        new = np.full(shape, 255, dtype=np.uint8)
        for guide in request.guides:
            place = slice(guide.at, guide.end)
            stays = np.ones(shape[1:], dtype=np.bool_) if guide.region is None else ~guide.region
            known[place][:, stays] = guide.pictures[:, stays]
            new[place][:, stays] = 0
        return known, new

    def decoded(self, latents: Tensors) -> NDArray[np.float32]:
        return wan.decoded(self.pipeline, latents[LATENTS])
