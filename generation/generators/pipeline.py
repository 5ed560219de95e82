"""A generator around one of diffusers' pipelines: what all families share.

A family's module derives its own class from PipelineGenerator, and has `load(folder, card)`.
"""

import gc
import platform
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from dam.core.language import gettext as _
from generation import prompt_parser
from generation.generators import frames_check, loading, trust
from generation.generators.base import (
    Capabilities,
    Frames,
    GeneratorError,
    Latents,
    ModelIdentity,
    OnStep,
    VideoRequest,
)
from generation.generators.guides import Guide
from generation.generators.model_card import ModelCard
from generation.generators.modes import Mode
from generation.prompt_parser import Understanding

LATENTS = "latents"  # the name of the video's in the file that is saved
_SLACK = 1e-6  # of shares that were written down in percent

Tensors = dict[str, Any]


def from_folder(folder: Path, *, fine_autoencoder: bool) -> Any:
    """A checked folder's pipeline, on the GPU if there is one. Raises GeneratorError.

    `fine_autoencoder`: its autoencoder in float32, whatever the rest is loaded as.
    """
    trust.check(folder)
    import torch

    from dam.core import dtypes
    from generation.diffusers_compat import diffusers, transformers

    diffusers.utils.logging.disable_progress_bar()
    transformers.utils.logging.disable_progress_bar()
    diffusers.utils.logging.set_verbosity_error()  # else each start warns that our codec is not Wan's
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    number = dtypes.to_load(folder, device)
    try:
        pipeline = diffusers.DiffusionPipeline.from_pretrained(
            str(folder),
            dtype={"vae": torch.float32, "default": number} if fine_autoencoder else number,
            local_files_only=True,
            use_safetensors=True,
        )
    except (OSError, ValueError, KeyError, TypeError, RuntimeError) as error:
        raise GeneratorError(
            _("%(folder)s cannot be loaded: %(why)s") % {"folder": folder.name, "why": error}
        ) from error
    pipeline.set_progress_bar_config(disable=True)
    pipeline.to(device)
    return pipeline


@contextmanager
def _in_tiles(codec: Any, tiled: bool) -> Iterator[None]:
    """Decode in tiles inside the block, where the autoencoder can; that takes less memory."""
    if not (tiled and hasattr(codec, "enable_tiling")):
        yield
        return
    codec.enable_tiling()
    try:
        yield
    finally:
        codec.disable_tiling()


class _Bar:
    """Stands for the progress bar of a pipeline that tells of its steps in no other way."""

    def __init__(self, total: int, told: Callable[[int, int], None]) -> None:
        self.total, self.done, self.told = total, 0, told

    def __enter__(self) -> "_Bar":
        return self

    def __exit__(self, *raised: object) -> None:
        """Nothing is to be put away."""

    def update(self, count: int = 1) -> None:
        self.done += count
        self.told(self.done, self.total)


class PipelineGenerator:
    """A VideoGenerator around one pipeline. Pipelines keep state while they run: one take at a time."""

    can_offload = True
    """Whether its parts are called in ways that diffusers' offloading follows."""

    tells_steps = True
    """Whether its pipelines take `callback_on_step_end`."""

    def __init__(self, pipeline: Any, card: ModelCard) -> None:
        self.pipeline = pipeline
        self._card = card
        self._busy = threading.Lock()

    # What a family says of itself.

    def asked(self, request: VideoRequest) -> tuple[Any, dict[str, Any]]:
        """The pipeline that makes it, and what that is told of the request's length and guides.

        Raises GeneratorError for what it can't be told.
        """
        raise NotImplementedError

    def decoded(self, latents: Tensors) -> NDArray[np.float32]:
        """Frames [T, H, W, 3] from 0 to 1, as the pipeline makes them of its own latents."""
        raise NotImplementedError

    def words(self, request: VideoRequest) -> dict[str, Any]:
        """What a pipeline is told of the prompt and how strongly it pulls."""
        return {
            "prompt": self.understand(request.prompt).canonical,
            "negative_prompt": self.understand(request.negative_prompt).canonical,
            "guidance_scale": request.guidance,
            "max_sequence_length": self._card.max_tokens,
        }

    def size(self, request: VideoRequest) -> dict[str, int]:
        return {"width": request.width, "height": request.height}

    def made(self, request: VideoRequest, *, on_step: OnStep) -> Tensors:
        """Latents by name. Raises GeneratorError, and what `on_step` raises."""
        pipeline, more = self.asked(request)
        return {LATENTS: self.run(pipeline, request, on_step=on_step, **more)}

    def preview(self, latents: Any) -> bytes | None:
        """A small JPEG of latents after a step; None where decoding them would take long."""
        return None

    # A VideoGenerator.

    @property
    def identity(self) -> ModelIdentity:
        return self._card.identity

    @property
    def capabilities(self) -> Capabilities:
        return self._card.capabilities

    @property
    def environment(self) -> Mapping[str, str]:
        import torch

        from generation.diffusers_compat import diffusers, transformers

        device = self.device
        on_gpu = device.type == "cuda"
        # Which instructions a processor has changes the order of sums, and so the last bits.
        name = torch.cuda.get_device_name(device) if on_gpu else torch.backends.cpu.get_cpu_capability()
        return {
            "python": platform.python_version(),
            "numpy": np.__version__,
            "torch": str(torch.__version__),
            "diffusers": str(diffusers.__version__),
            "transformers": str(transformers.__version__),
            "device": device.type,
            "device_name": str(name),
            "dtype": str(self.pipeline.transformer.dtype).removeprefix("torch."),
            "scheduler": type(self.pipeline.scheduler).__name__,
        }

    def understand(self, prompt: str) -> Understanding:
        """A model with a lexicon reads the canonical prompt alone; any other reads all that is written."""
        if self._card.lexicon is None:
            return Understanding(canonical=prompt, recognised=(), unknown=())
        return prompt_parser.understand(prompt, self._card.lexicon)

    def denoise(self, request: VideoRequest, *, on_step: OnStep, sparing: bool = False) -> Latents:
        """See `VideoGenerator.denoise`. Takes that come at once wait for each other."""
        import torch
        from safetensors.torch import save

        self._check(request)
        with self._busy, torch.inference_mode(), self._offloaded(sparing):
            try:
                made = self.made(request, on_step=on_step)
                return save({name: tensor.cpu().contiguous() for name, tensor in made.items()})
            except torch.OutOfMemoryError as error:
                raise MemoryError(str(error)) from error

    def decode(self, latents: Latents, request: VideoRequest, *, tiled: bool = False) -> Frames:
        """See `VideoGenerator.decode`. The same latents give the same frames."""
        import torch
        from safetensors.torch import load

        kept = load(latents)
        codec = self.pipeline.vae
        with self._busy, torch.inference_mode(), self._offloaded(tiled), _in_tiles(codec, tiled):
            try:
                return self.frames(kept, request)
            except torch.OutOfMemoryError as error:
                raise MemoryError(str(error)) from error

    def frames(self, latents: Tensors, request: VideoRequest) -> Frames:
        found = self.decoded(latents)
        frames_check.check_finite(found)
        return cast(Frames, np.rint(found * 255).astype(np.uint8))

    @contextmanager
    def _offloaded(self, sparing: bool) -> Iterator[None]:
        """Inside the block each part lies on the GPU only while it works; nothing changes without one."""
        if not (sparing and self.can_offload and self.device.type == "cuda"):
            yield
            return
        device = self.device
        import torch

        gc.collect()
        torch.cuda.empty_cache()  # what the take that ran out of memory held
        try:
            self.pipeline.enable_model_cpu_offload(device=device)
            yield
        except BaseException:
            with suppress(MemoryError):  # what went wrong first is what is told
                self._bring_back(device)
            raise
        self._bring_back(device)

    def _bring_back(self, device: Any) -> None:
        """Raises MemoryError where it doesn't fit any more; what lies on two devices then isn't kept."""
        try:
            self.pipeline.remove_all_hooks()
            self.pipeline.to(device)
        except RuntimeError as error:  # running out of memory is one
            loading.forget(self)
            raise MemoryError(str(error)) from error

    @property
    def device(self) -> Any:
        """Where it works, wherever its parts lie now."""
        return self.pipeline._execution_device

    # For families.

    def run(self, pipeline: Any, request: VideoRequest, *, on_step: OnStep, **more: Any) -> Any:
        """What a pipeline of these parts makes, before it is decoded. Raises GeneratorError."""
        import torch

        def step_ended(pipeline: Any, step: int, _time: Any, tensors: dict[str, Any]) -> dict[str, Any]:
            # What is no number stays none: as a preview it is black, and further steps are in vain.
            if not torch.isfinite(tensors["latents"]).all():
                raise GeneratorError(frames_check.NOT_FINITE)
            on_step(done=step + 1, total=pipeline.num_timesteps, preview=self.preview(tensors["latents"]))
            return tensors

        def told(done: int, total: int) -> None:
            on_step(done=done, total=total, preview=None)

        if self.tells_steps:
            more["callback_on_step_end"] = step_ended
        else:
            pipeline.progress_bar = lambda iterable=None, total=None: _Bar(total, told)
        result = pipeline(
            **self.words(request),
            **self.size(request),
            num_inference_steps=request.steps,
            # Chance is drawn on the CPU, so that a seed means the same on every device.
            generator=torch.Generator("cpu").manual_seed(request.seed),
            output_type="latent",
            **more,
        )
        if not torch.isfinite(result.frames).all():
            raise GeneratorError(frames_check.NOT_FINITE)
        return result.frames

    def impossible(self) -> GeneratorError:
        return GeneratorError(_("%(model)s can't make clips like that.") % {"model": self.identity.name})

    def require(self, mode: Mode) -> None:
        """Raises GeneratorError unless this model's row of the table has the mode."""
        if mode not in self.capabilities.modes:
            raise self.impossible()

    def _check(self, request: VideoRequest) -> None:
        can = self.capabilities
        beyond = request.frames - can.min_frames
        picture = request.frames == 1 and Mode.STILL in can.modes
        if not picture and (beyond % can.frame_step or not 0 <= beyond <= can.max_frames - can.min_frames):
            raise GeneratorError(
                _("%(frames)s frames cannot be made: %(least)s to %(most)s in steps of %(step)s.")
                % {
                    "frames": request.frames,
                    "least": can.min_frames,
                    "most": can.max_frames,
                    "step": can.frame_step,
                }
            )
        if (request.width, request.height) not in can.sizes:
            raise GeneratorError(
                _("Pictures of %(width)s×%(height)s cannot be made by %(model)s.")
                % {"width": request.width, "height": request.height, "model": self.identity.name}
            )
        if not 1 <= request.steps <= can.max_steps:
            raise GeneratorError(
                _("%(steps)s steps cannot be made: 1 to %(most)s.")
                % {"steps": request.steps, "most": can.max_steps}
            )


def of_parts(kind: Any, parts: Mapping[str, Any], **more: Any) -> Any:
    """Another of a family's pipelines, of the parts that are loaded."""
    found = kind(**parts, **more)
    found.set_progress_bar_config(disable=True)
    return found


def pictures(guide: Guide) -> list[Any]:
    """A guide's pictures as pipelines take them."""
    from PIL import Image

    return [Image.fromarray(picture) for picture in guide.pictures]


def share_to_change(guide: Guide, request: VideoRequest) -> float:
    """What pipelines call strength. They take int(steps × strength) steps, and can't take none."""
    return min(1.0, max(1 - guide.strength, (1 + _SLACK) / request.steps))


def begins_with_picture(guide: Guide) -> bool:
    return guide.at == 0 and guide.stays and guide.region is None and len(guide.pictures) == 1
