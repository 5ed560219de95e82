"""Wan pipelines: diffusers' own classes, loaded from a local folder."""

import io
import json
import platform
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from dam.core.language import gettext as _
from generation import prompt_parser
from generation.generators import frames_check
from generation.generators.base import (
    Capabilities,
    Frames,
    GeneratorError,
    Latents,
    ModelIdentity,
    OnStep,
    VideoRequest,
)
from generation.generators.model_card import ModelCard
from generation.generators.modes import Mode
from generation.prompt_parser import Understanding

PIPELINES = ("WanPipeline",)

# diffusers imports whatever module a model_index.json names, so a folder could run code of its choice.
_TRUSTED = {
    ("diffusers", "WanTransformer3DModel"),
    ("diffusers", "AutoencoderKLWan"),
    ("diffusers", "UniPCMultistepScheduler"),
    ("diffusers", "FlowMatchEulerDiscreteScheduler"),
    ("transformers", "UMT5EncoderModel"),
    ("transformers", "T5TokenizerFast"),
    ("transformers", "T5Tokenizer"),
    ("transformers", "PreTrainedTokenizerFast"),
    ("generation.previz.codec", "PatchCodec"),
    ("generation.previz.transformer", "PlacedTransformer"),
}
_PARTS = ("tokenizer", "text_encoder", "vae", "scheduler", "transformer")
_SLACK = 1e-6  # of shares that were written down in percent
_LATENTS = "latents"  # their name in the file that is saved
_UNSAFE = (".bin", ".pt", ".pth", ".ckpt", ".pkl", ".pickle", ".msgpack", ".h5", ".py", ".so")


def check(folder: Path) -> None:
    """Refuse a folder that names foreign code or holds weights that can carry it. Raises GeneratorError."""
    try:
        index = json.loads((folder / "model_index.json").read_text(encoding="utf-8"))
        check_index(index, folder=folder.name)
    except (OSError, ValueError, AttributeError) as error:
        raise GeneratorError(
            _("%(folder)s is not a diffusers pipeline folder.") % {"folder": folder.name}
        ) from error
    for path in folder.rglob("*"):
        if path.suffix.lower() in _UNSAFE:
            raise GeneratorError(
                _("%(folder)s holds %(file)s: only safetensors weights are loaded.")
                % {"folder": folder.name, "file": path.name}
            )


def check_index(index: Mapping[str, Any], *, folder: str) -> None:
    """Refuse what a model_index.json names beyond what is trusted. Raises GeneratorError."""
    named = {name: value for name, value in index.items() if not name.startswith("_")}
    if index.get("_class_name") not in PIPELINES:
        raise GeneratorError(
            _("%(name)s is not a pipeline that Reelproof runs.") % {"name": index.get("_class_name")}
        )
    for name, value in named.items():
        setting = value is None or isinstance(value, bool | int | float | str)
        if (
            not setting
            and value != [None, None]
            and not (isinstance(value, list) and tuple(value) in _TRUSTED)
        ):
            raise GeneratorError(
                _("%(folder)s names %(value)s as its %(name)s, which is not trusted.")
                % {"folder": folder, "value": value, "name": name}
            )


def load(folder: Path, card: ModelCard) -> "WanGenerator":
    """Load a checked folder, onto the GPU if there is one. Raises GeneratorError."""
    check(folder)
    import torch

    # diffusers takes classes of other libraries only from modules that are imported already.
    import generation.previz.codec
    import generation.previz.transformer  # noqa: F401
    from dam.core import dtypes
    from generation.diffusers_compat import diffusers, transformers

    diffusers.utils.logging.disable_progress_bar()
    transformers.utils.logging.disable_progress_bar()
    diffusers.utils.logging.set_verbosity_error()  # else each start warns that our codec is not Wan's
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    try:
        pipeline = diffusers.DiffusionPipeline.from_pretrained(
            str(folder),
            # Wan's autoencoder loses visibly in bfloat16, and costs little beside the transformer.
            dtype={"vae": torch.float32, "default": dtypes.to_load(folder, device)},
            local_files_only=True,
            use_safetensors=True,
        )
    except (OSError, ValueError, KeyError, TypeError, RuntimeError) as error:
        raise GeneratorError(
            _("%(folder)s cannot be loaded: %(why)s") % {"folder": folder.name, "why": error}
        ) from error
    pipeline.set_progress_bar_config(disable=True)
    pipeline.to(device)
    return WanGenerator(pipeline, card)


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


class WanGenerator:
    """A VideoGenerator around one WanPipeline. Pipelines keep state while they run: one take at a time."""

    def __init__(self, pipeline: Any, card: ModelCard) -> None:
        self.pipeline = pipeline
        self._card = card
        self._busy = threading.Lock()

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

        device = self.pipeline.transformer.device
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

    def generate(self, request: VideoRequest, *, on_step: OnStep) -> Frames:
        return self.decode(self.denoise(request, on_step=on_step), request)

    def denoise(self, request: VideoRequest, *, on_step: OnStep) -> Latents:
        """See `VideoGenerator.denoise`. Takes that come at once wait for each other."""
        from safetensors.torch import save

        self._check(request)
        make = self._alone
        if request.guides or request.loops:
            make = self._around if self._is_ours else self._given
        return save({_LATENTS: make(request, on_step=on_step).cpu().contiguous()})

    def decode(self, latents: Latents, request: VideoRequest, *, tiled: bool = False) -> Frames:
        """See `VideoGenerator.decode`. The same latents give the same frames."""
        import torch
        from safetensors.torch import load

        from generation.generators import guided

        kept = load(latents)[_LATENTS]
        with self._busy, torch.inference_mode(), _in_tiles(self.pipeline.vae, tiled):
            try:
                if (request.guides or request.loops) and self._is_ours:
                    return guided.decode(self.pipeline, kept, request)
                frames = self._decoded(kept)
            except torch.OutOfMemoryError as error:
                raise MemoryError(str(error)) from error
        frames_check.check_finite(frames)
        return cast(Frames, np.rint(frames * 255).astype(np.uint8))

    def _decoded(self, latents: Any) -> NDArray[np.float32]:
        """Frames [T, H, W, 3] from 0 to 1, as WanPipeline makes them of its own latents."""
        import torch

        codec, shape = self.pipeline.vae, (1, -1, 1, 1, 1)
        here = latents.to(self.pipeline.transformer.device, dtype=codec.dtype)
        mean = torch.tensor(codec.config.latents_mean).view(shape).to(here)
        scale = 1.0 / torch.tensor(codec.config.latents_std).view(shape).to(here)
        video = codec.decode(here / scale + mean, return_dict=False)[0]
        frames: NDArray[np.float32] = self.pipeline.video_processor.postprocess_video(video, "np")[0]
        return frames

    @property
    def _is_ours(self) -> bool:
        from generation.generators import guided

        return guided.possible(self.pipeline)

    def _alone(self, request: VideoRequest, *, on_step: OnStep) -> Any:
        """Latents of a clip of words alone."""
        return self._run(self.pipeline, request, on_step=on_step, num_frames=request.frames)

    def _given(self, request: VideoRequest, *, on_step: OnStep) -> Any:
        """Latents of a clip that begins with a picture, or of one that is made again, by diffusers' own."""
        from PIL import Image

        from generation.diffusers_compat import diffusers

        guide = request.guides[0] if len(request.guides) == 1 and not request.loops else None
        if guide is None or guide.at or guide.region is not None:
            raise self._impossible()
        pictures = [Image.fromarray(picture) for picture in guide.pictures]
        parts = {name: getattr(self.pipeline, name) for name in _PARTS}
        if guide.stays and len(pictures) == 1 and Mode.IMAGE in self.capabilities.modes:
            pipeline = diffusers.WanImageToVideoPipeline(**parts, expand_timesteps=True)
            more: dict[str, Any] = {"image": pictures[0], "num_frames": request.frames}
        elif not guide.stays and Mode.RESTYLE in self.capabilities.modes:
            pipeline = diffusers.WanVideoToVideoPipeline(**parts)
            # It takes int(steps × strength) steps, and can't take none.
            least = (1 + _SLACK) / request.steps
            more = {"video": pictures, "strength": min(1.0, max(1 - guide.strength, least))}
        else:
            raise self._impossible()
        pipeline.set_progress_bar_config(disable=True)
        return self._run(pipeline, request, on_step=on_step, **more)

    def _impossible(self) -> GeneratorError:
        return GeneratorError(_("%(model)s can't make clips like that.") % {"model": self.identity.name})

    def _run(self, pipeline: Any, request: VideoRequest, *, on_step: OnStep, **more: Any) -> Any:
        """What a pipeline of these parts makes, before it is decoded."""
        import torch

        def step_ended(pipeline: Any, step: int, _time: Any, tensors: dict[str, Any]) -> dict[str, Any]:
            # What is no number stays none: as a preview it is black, and further steps are in vain.
            if not torch.isfinite(tensors["latents"]).all():
                raise GeneratorError(frames_check.NOT_FINITE)
            on_step(done=step + 1, total=pipeline.num_timesteps, preview=self._preview(tensors["latents"]))
            return tensors

        with self._busy, torch.inference_mode():
            try:
                result = pipeline(
                    prompt=self.understand(request.prompt).canonical,
                    negative_prompt=self.understand(request.negative_prompt).canonical,
                    width=request.width,
                    height=request.height,
                    num_inference_steps=request.steps,
                    guidance_scale=request.guidance,
                    max_sequence_length=self._card.max_tokens,
                    # Chance is drawn on the CPU, so that a seed means the same on every device.
                    generator=torch.Generator("cpu").manual_seed(request.seed),
                    callback_on_step_end=step_ended,
                    output_type="latent",
                    **more,
                )
            except torch.OutOfMemoryError as error:
                raise MemoryError(str(error)) from error
        return result.frames

    def _around(self, request: VideoRequest, *, on_step: OnStep) -> Any:
        """The same for a clip of which something is known."""
        import torch

        from generation.generators import guided

        def step_ended(done: int, total: int, expected: Any) -> None:
            if not torch.isfinite(expected).all():
                raise GeneratorError(frames_check.NOT_FINITE)
            on_step(done=done, total=total, preview=self._picture(expected))

        with self._busy:
            try:
                return guided.denoise(
                    self.pipeline,
                    request,
                    prompt=self.understand(request.prompt).canonical,
                    negative=self.understand(request.negative_prompt).canonical,
                    max_tokens=self._card.max_tokens,
                    on_latents=step_ended,
                )
            except torch.OutOfMemoryError as error:
                raise MemoryError(str(error)) from error

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

    def _preview(self, latents: Any) -> bytes | None:
        """The middle of the clip as the model expects it by now: a JPEG, where decoding is next to free.

        None for a picture that shows nothing. Raises GeneratorError for one that is no picture.
        """
        # UniPC keeps what it believes the finished clip to be; the latents themselves are still mostly noise.
        expected = getattr(self.pipeline.scheduler, "model_outputs", [None])[-1]
        return self._picture(latents if expected is None else expected)

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
