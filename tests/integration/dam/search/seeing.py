"""An encoder of three colours, and clips that it has seen."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from dam.accounts.models import Brand
from dam.catalog.models import Asset, Version
from dam.search import encoder_indexes, fulltext, indexing, pooling
from dam.search.encoders import model_card
from dam.search.encoders.base import Pictures, TextEmbedding, Vectors
from dam.search.models import EncoderIndex, IndexState
from dam.search.pooling import Looked
from tests.factories import VersionFactory

COLOURS = ("red", "green", "blue")


class ColourEncoder:
    """A picture's vector is its mean colour; a word's is the colour it names."""

    identity = "colours@1"
    dimensions = 3

    def encode_frames(self, pictures: Pictures) -> Vectors:
        return _unit(pictures.astype(np.float32).mean(axis=(1, 2)))

    def encode_text(self, texts: list[str]) -> Vectors:
        return _unit(
            np.array([[float(colour in words) for colour in COLOURS] for words in texts], np.float32)
        )

    def encode_sentences(self, texts: list[str]) -> Vectors:
        return self.encode_text(texts)

    def understand(self, text: str) -> TextEmbedding:
        known = [word for word in text.split() if word in COLOURS]
        unknown = tuple(word for word in text.split() if word not in COLOURS)
        if not known:
            return TextEmbedding(vector=None, unknown_words=unknown)
        vector = self.encode_text([" ".join(known)])[0]
        return TextEmbedding(vector=tuple(map(float, vector)), unknown_words=unknown, steepness=20, level=0.7)


def ask(spoken: str, encoder: str) -> TextEmbedding:
    """What `find(ask=…)` wants: the answer without a worker."""
    return ColourEncoder().understand(spoken)


def install(folder: Path) -> model_card.EncoderCard:
    """A card for the colour encoder: the search asks for the identity alone."""
    return model_card.EncoderCard(
        identity=ColourEncoder.identity, folder=folder, label="Colours 1", bad_at="shapes"
    )


def clip(brand: Brand, title: str = "Clip", *, colours: Sequence[str] = (), **fields: object) -> Asset:
    """An asset whose words are indexed, and which has been seen to show these colours, one each 500 ms."""
    names = {f"asset__{name}" if name in WORDS else name: value for name, value in fields.items()}
    version: Version = VersionFactory.create(asset__brand=brand, asset__title=title, **names)
    fulltext.refresh(version.asset)
    see(version, colours)
    return version.asset


WORDS = ("description", "search_words", "origin", "created_by", "trashed_at", "created_at")


def see(version: Version, colours: Sequence[str], *, encoder: str = ColourEncoder.identity) -> None:
    """As if this encoder had seen the version: a frame each 500 ms."""
    if colours:
        vectors = ColourEncoder().encode_text(list(colours))
        looked = [Looked(index=place, time_ms=place * 500) for place in range(len(colours))]
        pooled = pooling.pool(looked, vectors, duration_ms=version.duration_ms or 0)
        indexing.keep(version, index(encoder), pooled)


def index(identity: str = ColourEncoder.identity) -> EncoderIndex:
    """The index of an encoder of three dimensions: searched if it is the colour encoder's."""
    known = encoder_indexes.find(identity)
    if known is not None:
        return known
    index = encoder_indexes.opened(identity, dimensions=ColourEncoder.dimensions)
    state = IndexState.ACTIVE if identity == ColourEncoder.identity else IndexState.BUILDING
    EncoderIndex.objects.filter(pk=index.pk).update(state=state)
    return index


def _unit(vectors: Vectors) -> Vectors:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit: Vectors = (vectors / np.maximum(lengths, 1e-6)).astype(np.float32)
    return unit
