"""One take by the bundled generator."""

from generation import model_register
from generation.generators import loading
from generation.generators.base import VideoRequest
from tests.benchmarks.conftest import Measure
from tests.made_clips import clip


def test_generate(measure: Measure) -> None:
    generator = loading.load(model_register.generator().folder)
    able = generator.capabilities
    width, height = able.sizes[0]

    def take(guidance: float) -> None:
        request = VideoRequest(
            prompt="a red bottle on a pedestal",
            negative_prompt="",
            seed=7,
            frames=able.max_frames,
            width=width,
            height=height,
            frame_rate=able.frame_rate,
            steps=able.default_steps,
            guidance=guidance,
        )
        clip(generator, request, on_step=lambda *, done, total, preview: None)

    unguided = f"{able.max_frames} frames of {width}×{height}, {able.default_steps} steps, unguided"
    measure(unguided, lambda: take(1.0), runs=2, units=able.max_frames, unit="frame")
    measure("the same, guided", lambda: take(able.default_guidance), runs=2, against=unguided)
