"""Search over a library of some size."""

import numpy as np
import pytest
from django.test import Client

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand
from dam.accounts.principals import Member
from dam.catalog.models import Asset, Version
from dam.rights.visibility import visible_assets
from dam.search import encoder_indexes, indexing, pooling, search
from dam.search import fulltext as words
from dam.search.encoders import model_card
from dam.search.encoders.base import TextEmbedding
from dam.search.pooling import Looked
from dam.search.results import Results
from tests.benchmarks.conftest import Measure
from tests.factories import BrandFactory, VersionFactory, member

CLIPS, FRAMES, DIMENSIONS = 2000, 8, 256
NOUNS = ("bottle", "can", "harbour", "forest", "city", "picnic", "summer", "lighthouse", "market", "train")

pytestmark = pytest.mark.django_db


@pytest.fixture
def library() -> tuple[Brand, Member]:
    brand = BrandFactory.create()
    person = member(brand, Role.CREATOR)
    chance = np.random.default_rng(1)
    for number in range(CLIPS):
        title = f"{NOUNS[number % 10].title()} {NOUNS[number // 10 % 10]} {number}"
        VersionFactory.create(asset__brand=brand, asset__created_by=person.user, asset__title=title)
    for asset in Asset.objects.filter(brand=brand):
        words.refresh(asset)
    vectors = chance.normal(size=(CLIPS, FRAMES, DIMENSIONS)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=2, keepdims=True)
    index = encoder_indexes.opened(model_card.current().identity, dimensions=DIMENSIONS)
    looked = [Looked(index=n, time_ms=n * 500) for n in range(FRAMES)]
    for version, row in zip(Version.objects.filter(brand=brand), vectors, strict=True):
        indexing.keep(version, index, pooling.pool(looked, row, duration_ms=FRAMES * 500))
    return brand, person


def test_search(measure: Measure, library: tuple[Brand, Member], client: Client) -> None:
    brand, person = library
    meaning = TextEmbedding(
        vector=tuple(np.eye(DIMENSIONS)[0].tolist()), unknown_words=(), steepness=20, level=0.5
    )
    newest = f"newest 48 of {CLIPS} visible clips"
    measure(newest, lambda: list(visible_assets(person).order_by("-created_at")[:48]))

    def find(spoken: str, seen: TextEmbedding | None) -> Results:
        return search.find(person, words=spoken, limit=48, ask=lambda text, encoder: seen)

    measure("search by words", lambda: find("bottle summer", None), against=newest)
    measure("search by words and pictures", lambda: find("bottle summer", meaning), against="search by words")
    client.force_login(person.user)
    measure("the library page", lambda: client.get(f"/b/{brand.slug}/"), against=newest)


def test_encoder(measure: Measure) -> None:
    encoder = indexing.installed()
    pictures = np.random.default_rng(2).integers(0, 255, (16, 224, 224, 3), dtype=np.uint8)
    name = "encode 16 frames of 224 pixels"
    measure(name, lambda: encoder.encode_frames(pictures), units=16, unit="frame")
    measure("encode a text", lambda: encoder.encode_text(["a red bottle on a pedestal"]))
