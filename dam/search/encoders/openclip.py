"""Any OpenCLIP model from a local folder. The only importer of open_clip.

A folder is what OpenCLIP's `push_to_hf_hub` makes and the model hub serves: `open_clip_config.json`,
`open_clip_model.safetensors` and, where the model needs one, a tokenizer.
"""

import logging
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

os.environ.setdefault("HF_HUB_OFFLINE", "1")  # a model that is not here is an error, not a download

import torch
from PIL import Image
from safetensors.torch import save_file
from torch.nn import functional

# isort: off
from dam.core import dtypes, torchvision_compat  # noqa: F401 - before open_clip
import open_clip
# isort: on

from dam.search.encoders import model_card
from dam.search.encoders.base import Pictures, TextEmbedding, Vectors

BATCH = 32
# Weights from which on it counts: a process that answers searches alone keeps no tower for pictures, which is
# loaded again for the first one; and pictures are calculated as it goes quickest here.
LARGE = 50_000_000
# What any clip could be called. A picture shows what was asked if it is nearer to the words than to these.
NEUTRAL = ("a video", "a photo", "footage of something", "a picture", "a frame of a film", "an image")
_WORD = re.compile(r"\w+")


class OpenClip:
    """An Encoder (dam.search.encoders.base) around an OpenCLIP model."""

    def __init__(self, about: model_card.EncoderCard) -> None:
        self.identity = about.identity
        self._vocabulary = about.vocabulary
        self._device = "cuda" if torch.cuda.is_available() else "cpu"
        self._name = f"local-dir:{about.folder.resolve()}"
        self._load()
        with _quiet():
            self._tokenize = open_clip.get_tokenizer(self._name)
        self._steepness = float(self._model.logit_scale.detach().exp())
        self._neutral: Vectors | None = None
        self.dimensions = int(self.encode_text(["a video"]).shape[1])
        if sum(weight.numel() for weight in self._model.parameters()) > LARGE:
            self._model.visual = None

    def encode_frames(self, pictures: Pictures) -> Vectors:
        if self._model.visual is None:
            self._load()
        ready = torch.stack([self._prepare(Image.fromarray(picture)) for picture in pictures])
        with torch.inference_mode(), self._narrowly():
            parts = [
                self._model.encode_image(batch.to(self._device), normalize=True).float().cpu()
                for batch in ready.split(BATCH)
            ]
        return _array(functional.normalize(torch.cat(parts), dim=1))

    def _load(self) -> None:
        with _quiet():
            self._model, _, self._prepare = open_clip.create_model_and_transforms(
                self._name, device=self._device
            )
        self._model.eval()
        self._narrow: bool | None = None

    def _narrowly(self) -> torch.autocast:
        """Pictures in bfloat16, if a large model is clearly sooner done with two that way."""
        device = torch.device(self._device)
        if self._narrow is None:
            large = sum(weight.numel() for weight in self._model.parameters()) > LARGE
            self._narrow = large and dtypes.fast_bfloat16(device) and self._gains(device)
        return torch.autocast(device.type, torch.bfloat16, enabled=self._narrow)

    def _gains(self, device: torch.device) -> bool:
        if device.type != "cpu":
            return True
        pictures = torch.stack([self._prepare(Image.new("RGB", (64, 64)))] * 2)

        def narrow() -> None:
            with torch.autocast(device.type, torch.bfloat16):
                self._model.encode_image(pictures)

        return dtypes.sooner(narrow, than=lambda: self._model.encode_image(pictures))

    def encode_text(self, texts: list[str]) -> Vectors:
        with torch.inference_mode():
            tokens = self._tokenize(texts).to(self._device)
            return _array(self._model.encode_text(tokens, normalize=True).float().cpu())

    def encode_sentences(self, texts: list[str]) -> Vectors:
        known = [" ".join(self._known(_WORD.findall(text))) if self._vocabulary else text for text in texts]
        vectors = self.encode_text(known) if known else np.empty((0, self.dimensions), np.float32)
        vectors[[not text.strip() for text in known]] = 0.0
        return vectors

    def understand(self, text: str) -> TextEmbedding:
        """What to look for, leaving out words the model never learned.

        A model trained with a bias (SigLIP and the bundled one) says itself which cosine means "yes".
        For others the question is put as CLIP's authors put it, as a choice between the words and
        neutral ones: the difference of the two vectors, with the line at zero.
        """
        words = _WORD.findall(text)
        known = self._known(words)
        unknown = tuple(dict.fromkeys(word for word in words if word not in known))
        if not known:
            return TextEmbedding(vector=None, unknown_words=unknown)
        vector, level = self.encode_text([" ".join(known) if unknown else text])[0], 0.0
        if self._model.logit_bias is not None:
            level = -float(self._model.logit_bias.detach()) / self._steepness
        else:
            if self._neutral is None:
                self._neutral = self.encode_text(list(NEUTRAL)).mean(axis=0)
            vector = vector - self._neutral
        return TextEmbedding(
            vector=tuple(float(value) for value in vector),
            unknown_words=unknown,
            steepness=self._steepness,
            level=level,
        )

    def _known(self, words: list[str]) -> list[str]:
        return [word for word in words if not self._vocabulary or word in self._vocabulary]


def build(model_cfg: dict[str, Any]) -> Any:
    """A CLIP with random weights, for training: the `model_cfg` of an open_clip_config.json."""
    return open_clip.model.CLIP(**model_cfg)


def repository(architecture: str, weights: str) -> str | None:
    """The repository of a model hub where OpenCLIP finds these weights."""
    found = open_clip.get_pretrained_cfg(architecture, weights) or {}
    return str(found.get("hf_hub") or "").strip("/") or None


def weights_of(architecture: str) -> list[str]:
    """The names of the weights that OpenCLIP knows for an architecture."""
    return list(open_clip.list_pretrained_tags_by_model(architecture))


def unpickle(weights: Path, to: Path) -> None:
    """Keep pickled weights as safetensors, which can't carry code; reading them runs none either."""
    state = open_clip.factory.load_state_dict(str(weights), weights_only=True)
    save_file({name: value.contiguous().clone() for name, value in state.items()}, to)


@contextmanager
def _quiet() -> Iterator[None]:
    """OpenCLIP tells each step of loading to the root logger; its warnings are enough."""
    root = logging.getLogger()
    before = root.level
    root.setLevel(max(before, logging.WARNING))
    try:
        yield
    finally:
        root.setLevel(before)


def _array(vectors: torch.Tensor) -> Vectors:
    return np.ascontiguousarray(vectors.numpy(), dtype=np.float32)
