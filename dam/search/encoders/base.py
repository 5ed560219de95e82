"""What every encoder of pictures and words gives. Knows no library."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Pictures = NDArray[np.uint8]  # [N, H, W, 3], RGB
Vectors = NDArray[np.float32]  # [N, D], each of length 1


@dataclass(frozen=True)
class TextEmbedding:
    """Words as an encoder understands them, and how to tell a match (fusion.Scale).

    A picture's score is the inner product of its vector with `vector`, which has no set length: the
    difference of two directions is a direction too. Without a vector the encoder knows no word of it.
    """

    vector: tuple[float, ...] | None
    unknown_words: tuple[str, ...] = ()
    steepness: float = 0.0
    level: float = 0.0


class Encoder(Protocol):
    """Pictures and words in one space: the cosine of a clip and its description is high."""

    identity: str  # names model and weights; vectors of different identities are never compared
    dimensions: int

    def encode_frames(self, pictures: Pictures) -> Vectors:
        """One unit vector for each picture."""

    def encode_text(self, texts: list[str]) -> Vectors:
        """One unit vector for each text."""

    def encode_sentences(self, texts: list[str]) -> Vectors:
        """One unit vector for each text, by which texts are held against each other, not against pictures.

        All zeros for a text of which it knows no word.
        """

    def understand(self, text: str) -> TextEmbedding:
        """The text's vector, with what the encoder does not know and how its cosines read."""
