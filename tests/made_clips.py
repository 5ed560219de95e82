"""A clip by a generator in one go, as a worker has it made in two."""

from generation.generators.base import Frames, OnStep, VideoGenerator, VideoRequest


def clip(generator: VideoGenerator, request: VideoRequest, *, on_step: OnStep) -> Frames:
    return generator.decode(generator.denoise(request, on_step=on_step), request)
