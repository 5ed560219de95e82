"""Wan's pipelines from prompts, and of their parts those that begin with a picture or make a clip again."""

import io
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from generation.generators import frames_check, pipeline
from generation.generators.base import Frames, GeneratorError, OnStep, VideoRequest
from generation.generators.model_card import ModelCard
from generation.generators.modes import Mode
from generation.generators.pipeline import LATENTS, PipelineGenerator, Tensors

_PARTS = ("tokenizer", "text_encoder", "vae", "scheduler", "transformer")


def load(folder: Path, card: ModelCard) -> "WanGenerator":
    """Load a folder, onto the GPU if there is one. Raises GeneratorError."""
    # diffusers takes classes of other libraries only from modules that are imported already.
    import generation.previz.codec
    import generation.previz.transformer  # noqa: F401

    # Wan's autoencoder loses visibly in bfloat16, and costs little beside the transformer.
    return WanGenerator(pipeline.from_folder(folder, fine_autoencoder=True), card)


def decoded(wan: Any, latents: Any) -> NDArray[np.float32]:
    """Frames [T, H, W, 3] from 0 to 1, as Wan's pipelines make them of their own latents."""
    import torch

    codec, shape = wan.vae, (1, -1, 1, 1, 1)
    here = latents.to(wan._execution_device, dtype=codec.dtype)
    mean = torch.tensor(codec.config.latents_mean).view(shape).to(here)
    scale = 1.0 / torch.tensor(codec.config.latents_std).view(shape).to(here)
    video = codec.decode(here / scale + mean, return_dict=False)[0]
    frames: NDArray[np.float32] = wan.video_processor.postprocess_video(video, "np")[0]
    return frames


class WanGenerator(PipelineGenerator):
    """Any Wan, and the bundled model, which is one that learnt with a noise level for each token."""

    @property
    def can_offload(self) -> bool:  # type: ignore[override]
        return not self._is_ours  # small, and worked by hand

    def made(self, request: VideoRequest, *, on_step: OnStep) -> Tensors:
        if (request.guides or request.loops) and self._is_ours:
            return {LATENTS: self._around(request, on_step=on_step)}
        return super().made(request, on_step=on_step)

    def frames(self, latents: Tensors, request: VideoRequest) -> Frames:
        from generation.generators import guided

        if (request.guides or request.loops) and self._is_ours:
            return guided.decode(self.pipeline, latents[LATENTS], request)
        return super().frames(latents, request)

    def decoded(self, latents: Tensors) -> NDArray[np.float32]:
        return decoded(self.pipeline, latents[LATENTS])

    def asked(self, request: VideoRequest) -> tuple[Any, dict[str, Any]]:
        """A clip of words alone, one that begins with a picture, or one that is made again."""
        from generation.diffusers_compat import diffusers

        if not request.guides and not request.loops:
            return self.pipeline, {"num_frames": request.frames}
        guide = request.guides[0] if len(request.guides) == 1 and not request.loops else None
        if guide is None or guide.at or guide.region is not None:
            raise self.impossible()
        parts = {name: getattr(self.pipeline, name) for name in _PARTS}
        if pipeline.begins_with_picture(guide):
            self.require(Mode.IMAGE)
            begins = pipeline.of_parts(diffusers.WanImageToVideoPipeline, parts, expand_timesteps=True)
            return begins, {"image": pipeline.pictures(guide)[0], "num_frames": request.frames}
        if guide.stays:
            raise self.impossible()
        self.require(Mode.RESTYLE)
        strength = pipeline.share_to_change(guide, request)
        again = pipeline.of_parts(diffusers.WanVideoToVideoPipeline, parts)
        return again, {"video": pipeline.pictures(guide), "strength": strength}

    def preview(self, latents: Any) -> bytes | None:
        """The middle of the clip as the model expects it by now: a JPEG, where decoding is next to free.

        None for a picture that shows nothing. Raises GeneratorError for one that is no picture.
        """
        # UniPC keeps what it believes the finished clip to be; the latents themselves are still mostly noise.
        expected = getattr(self.pipeline.scheduler, "model_outputs", [None])[-1]
        return self._picture(latents if expected is None else expected)

    @property
    def _is_ours(self) -> bool:
        from generation.generators import guided

        return guided.possible(self.pipeline)

    def _around(self, request: VideoRequest, *, on_step: OnStep) -> Any:
        """Latents of a clip of which something is known, whatever it is."""
        import torch

        from generation.generators import guided

        def step_ended(done: int, total: int, expected: Any) -> None:
            if not torch.isfinite(expected).all():
                raise GeneratorError(frames_check.NOT_FINITE)
            on_step(done=done, total=total, preview=self._picture(expected))

        return guided.denoise(
            self.pipeline,
            request,
            prompt=self.understand(request.prompt).canonical,
            negative=self.understand(request.negative_prompt).canonical,
            max_tokens=self._card.max_tokens,
            on_latents=step_ended,
        )

    def _picture(self, shown: Any) -> bytes | None:
        from PIL import Image

        codec = self.pipeline.vae
        if not getattr(codec, "decodes_at_once", False):
            return None
        middle = shown.shape[2] // 2
        video = codec.decode(shown[:1, :, middle : middle + 1].to(codec.dtype), return_dict=False)[0]
        values = video[0, :, -1].float().permute(1, 2, 0).cpu().numpy()
        frames_check.check_finite(values)
        picture = np.rint((values.clip(-1, 1) + 1) * 127.5).astype(np.uint8)
        if frames_check.is_plain(picture):
            return None
        out = io.BytesIO()
        Image.fromarray(picture).save(out, "JPEG", quality=80)
        return out.getvalue()
