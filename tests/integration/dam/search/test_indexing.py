"""A version becomes findable by what is seen in it: real files, the bundled encoder, real Postgres."""

from fractions import Fraction
from pathlib import Path

import pytest

from dam.accounts.models import Brand
from dam.accounts.principals import Member
from dam.catalog.models import Asset
from dam.core import storage
from dam.media import runner
from dam.search import indexing, reindexing, search
from dam.search.encoders import model_card
from dam.search.encoders.base import Encoder, TextEmbedding
from dam.search.models import Embedding, Scope
from generation.previz.world import rendering, scenes
from tests import media_factory
from tests.factories import VersionFactory
from tests.integration.dam.search.seeing import ColourEncoder, index, see

pytestmark = pytest.mark.django_db
FRAMES, RATE = 32, Fraction(16)


def filmed(brand: Brand, folder: Path, *, colour: str, ground: str) -> Asset:
    """A clip of two seconds with a large ball by day, in storage."""
    seed = next(
        seed
        for seed in range(100_000)
        if (found := scenes.sample(seed)).colour == colour
        and (found.ground, found.shape, found.size, found.light) == (ground, "ball", "large", "day")
    )
    path = folder / f"{colour}-{ground}.mp4"
    clip = rendering.render([scenes.sample(seed)], frames=FRAMES, height=144, width=256)[0].numpy()
    runner.encode_frames(clip, frame_rate=RATE, path=path)
    stored = storage.put(path, brand_id=brand.pk, suffix=".mp4")
    version = VersionFactory.create(
        asset__brand=brand, asset__title="Clip", sha256=stored.sha256, storage_key=stored.key
    )
    asset: Asset = version.asset
    return asset


@pytest.fixture(scope="session")
def bundled() -> Encoder:
    return indexing.installed()


def test_each_kept_frame_gets_an_embedding(brand: Brand, tmp_path: Path) -> None:
    version = filmed(brand, tmp_path, colour="red", ground="sea").latest
    assert version is not None
    assert indexing.embed(version, encoder=ColourEncoder()) >= 3
    rows = Embedding.objects.filter(version=version, scope=Scope.FRAME).order_by("frame")
    assert [row.start_ms for row in rows] == [round(row.frame * 1000 / RATE) for row in rows]
    version.refresh_from_db()
    assert version.colours  # also of one that was embedded before colours were known, and is now again


def test_embedding_says_how_far_it_is(brand: Brand, tmp_path: Path) -> None:
    path = media_factory.clip(tmp_path / "clip.mp4", frames=17)
    stored = storage.put(path, brand_id=brand.pk, suffix=".mp4")
    version = VersionFactory.create(
        asset__brand=brand, sha256=stored.sha256, storage_key=stored.key, media_info={}
    )
    told: list[float] = []
    assert indexing.embed(version, encoder=ColourEncoder(), told=told.append)
    assert told[-1] == 1


def test_indexing_again_changes_nothing(brand: Brand, tmp_path: Path) -> None:
    version = filmed(brand, tmp_path, colour="red", ground="sea").latest
    assert version is not None
    kept = [indexing.embed(version, encoder=ColourEncoder()) for _ in range(2)]
    assert kept == [Embedding.objects.filter(version=version, scope=Scope.FRAME).count()] * 2
    assert Embedding.objects.filter(version=version).count() == kept[0] + 1


def test_another_encoders_embeddings_stay(brand: Brand, tmp_path: Path) -> None:
    version = filmed(brand, tmp_path, colour="red", ground="sea").latest
    assert version is not None
    see(version, ["red"], encoder="older@1")
    indexing.embed(version, encoder=ColourEncoder())
    assert (
        Embedding.objects.filter(version=version, encoder__identity="older@1", scope=Scope.FRAME).count() == 1
    )


@pytest.mark.parametrize(
    ("words", "first"),
    [("red ball", "sea"), ("a blue ball", "desert"), ("ocean", "sea"), ("yellow ball in the sky", "sky")],
)
def test_the_bundled_encoder_finds_what_is_in_the_picture(
    brand: Brand, librarian: Member, tmp_path: Path, bundled: Encoder, words: str, first: str
) -> None:
    clips = {}
    for colour, ground in (("red", "sea"), ("blue", "desert"), ("green", "city"), ("yellow", "sky")):
        clips[ground] = filmed(brand, tmp_path, colour=colour, ground=ground)
        version = clips[ground].latest
        assert version is not None
        indexing.embed(version, encoder=bundled)

    def ask(spoken: str, encoder: str) -> TextEmbedding:
        assert encoder == bundled.identity
        return bundled.understand(spoken)

    results = search.find(librarian, words=words, ask=ask)
    assert results.hits[0].asset == clips[first]


def test_the_bundled_encoder_reads_any_word(bundled: Encoder) -> None:
    assert bundled.understand("red crocodile").unknown_words == ()


def test_the_bundled_encoder_is_the_one_its_card_names(bundled: Encoder) -> None:
    assert bundled.identity == model_card.current().identity
    assert model_card.current().label.startswith("reelproof-clip")


def test_what_only_an_earlier_encoder_has_seen_is_behind(brand: Brand, tmp_path: Path) -> None:
    version = filmed(brand, tmp_path, colour="red", ground="sea").latest
    assert version is not None
    see(version, ["red"], encoder="older@1")
    assert reindexing.behind(index()).get() == version
    indexing.embed(version, encoder=ColourEncoder())
    assert not reindexing.behind(index()).exists()
