"""Two encoders behind one: drawn pictures are seen by one, filmed ones by the other.

A picture's vector holds both, each by its share: [√f · filmed, √d · drawn, √f, √d] / √2 with f + d = 1,
of length 1. The last two places carry each side's level, so that one inner product with a query is what
the side that looked says in the same measure, the log-odds of a match: one index and one ranking serve
both kinds of picture.
"""

import numpy as np
import torch
from safetensors.torch import load_file
from torch import Tensor
from torch.nn import functional

from dam.search.encoders import model_card
from dam.search.encoders.base import Pictures, TextEmbedding, Vectors
from dam.search.encoders.concepts import ConceptEncoder
from dam.search.encoders.openclip import OpenClip
from dam.search.encoders.sentences import WIDTH

LEAST_DRAWN = 0.001
"""A picture that is drawn by less is filmed, and its drawn side isn't looked at: a quarter of the time."""
UNKNOWN_LEVEL = 12.0
"""Log-odds against a drawn picture where the drawn side knows no word of the search."""
UNKNOWN_WORD = 1.0
"""For each word that it doesn't know: what was never drawn is rarely shown. Two words that fit give two."""


class GatedEncoder:
    """An Encoder (dam.search.encoders.base): the one that comes with the project."""

    def __init__(self, about: model_card.EncoderCard) -> None:
        self.identity = about.identity
        self._filmed = ConceptEncoder(about.folder)
        if about.drawn is None:
            raise ValueError(f"{about.folder} has one half of an encoder only.")
        self._drawn = OpenClip(about.drawn)
        gate = {name: value.float() for name, value in load_file(about.folder / "gate.safetensors").items()}
        self._gate = Gate(**gate)
        self.dimensions = WIDTH + self._drawn.dimensions + 2

    def encode_frames(self, pictures: Pictures) -> Vectors:
        filmed, features = self._filmed.look(pictures)
        share = self._gate.drawn(features)
        share = torch.where(share < LEAST_DRAWN, 0.0, share)
        drawn = torch.zeros(len(pictures), self._drawn.dimensions)
        if (looked := share > 0).any():
            drawn[looked] = torch.from_numpy(self._drawn.encode_frames(pictures[looked.numpy()]))
        share = share[:, None]
        f, d = (1 - share).sqrt(), share.sqrt()
        return _array(torch.cat([f * filmed, d * drawn, f, d], dim=1) / 2**0.5)

    def encode_text(self, texts: list[str]) -> Vectors:
        filmed, drawn = self._filmed.read(texts), torch.from_numpy(self._drawn.encode_text(texts))
        return _array(torch.cat([filmed, drawn, torch.zeros(len(texts), 2)], dim=1) / 2**0.5)

    def encode_sentences(self, texts: list[str]) -> Vectors:
        """By the filmed side alone, which reads sentences: the drawn one knows some two hundred words."""
        vectors = np.zeros((len(texts), self.dimensions), np.float32)
        vectors[:, :WIDTH] = self._filmed.read(texts).numpy()
        return vectors

    def understand(self, text: str) -> TextEmbedding:
        """The log-odds of a match for each side. No word is unknown: the filmed side reads any."""
        filmed = self._filmed.read([text])[0]
        steepness, level = self._filmed.scale(filmed)
        drawn = self._drawn.understand(text)
        if drawn.vector is None:
            side, drawn_level = torch.zeros(self._drawn.dimensions), UNKNOWN_LEVEL
        else:
            side = drawn.steepness * torch.tensor(drawn.vector)
            drawn_level = drawn.steepness * drawn.level + UNKNOWN_WORD * len(drawn.unknown_words)
        levels = torch.tensor([-steepness * level, -drawn_level])
        vector = torch.cat([steepness * filmed, side, levels]) * 2**0.5
        return TextEmbedding(
            vector=tuple(float(value) for value in vector),
            steepness=1.0,
            level=0.0,
        )


class Gate:
    """Whether a picture is drawn, by how well the features of drawn ones make up its own."""

    def __init__(self, *, mean: Tensor, basis: Tensor, level: Tensor, width: Tensor) -> None:
        self._mean, self._basis, self._level, self._width = mean, basis, level, width

    def drawn(self, features: Tensor) -> Tensor:
        """0 for filmed to 1 for drawn, for features [N, 1280]."""
        return torch.sigmoid((self._level - self.distance(features)) / self._width)

    def distance(self, features: Tensor) -> Tensor:
        """What of the features [N, 1280], squared, the drawn ones' own directions leave over: [N]."""
        off = functional.normalize(features, dim=1) - self._mean
        return (off**2).sum(1) - ((off @ self._basis.T) ** 2).sum(1)


def _array(vectors: Tensor) -> Vectors:
    return np.ascontiguousarray(vectors.numpy(), dtype=np.float32)
