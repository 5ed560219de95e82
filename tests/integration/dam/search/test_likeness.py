"""Searching by a clip, a shot, a part of a frame and a picture."""

import io
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand
from dam.accounts.principals import Member
from dam.catalog.models import Approval
from dam.core import tasks
from dam.media import runner
from dam.search import likeness, pictures, query_embedding
from dam.search.encoders.base import Pictures, Vectors
from dam.search.likes import Like
from dam.search.query import Filters
from dam.search.results import Results, Seeing
from tests.factories import BrandFactory, member
from tests.integration.dam.search.seeing import ColourEncoder, clip

Find = Callable[..., Results]
pytestmark = pytest.mark.django_db


def titles(results: Results) -> list[str]:
    return [hit.asset.title for hit in results.hits]


def a_picture(*rgb: int) -> bytes:
    out = io.BytesIO()
    Image.fromarray(np.full((40, 60, 3), rgb, np.uint8)).save(out, "PNG")
    return out.getvalue()


@pytest.fixture
def answered(monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker that answers at once."""

    def send(name: str, *, expires: float, **values: str) -> None:
        assert name == "index.embed_picture"
        pictures.answer(values["holder"], values["key"], encoder=ColourEncoder())

    monkeypatch.setattr(tasks, "send", send)


def test_a_clip_finds_others_like_it_but_not_itself(find: Find, brand: Brand) -> None:
    source = clip(brand, "Source", colours=["red"])
    clip(brand, "Alike", colours=["red"])
    clip(brand, "Other", colours=["blue"])
    assert titles(find("", like=Like(asset_id=source.pk))) == ["Alike"]


def test_a_shot_is_what_is_seen_at_that_time(find: Find, brand: Brand) -> None:
    source = clip(brand, "Source", colours=["red", "red", "blue"])
    clip(brand, "Blue", colours=["blue"])
    assert titles(find("", like=Like(asset_id=source.pk, time_ms=1100))) == ["Blue"]


def test_filters_and_excluded_words_narrow_what_is_alike(find: Find, brand: Brand) -> None:
    source = clip(brand, "Source", colours=["red"])
    clip(brand, "One draft", colours=["red"])
    clip(brand, "Two", colours=["red"], approval=Approval.APPROVED)
    like = Like(asset_id=source.pk)
    assert titles(find("", like=like, filters=Filters(state=["approved"]))) == ["Two"]
    assert titles(find("-draft", like=like)) == ["Two"]


def test_words_beside_it_say_what_is_to_be_different(find: Find, brand: Brand) -> None:
    source = clip(brand, "Source", colours=["red"])
    clip(brand, "Red", colours=["red"])
    clip(brand, "Both", colours=["red and blue"])
    clip(brand, "Blue by name alone", colours=["green"])
    found = titles(find("blue", like=Like(asset_id=source.pk)))
    assert found[0] == "Both"
    assert "Blue by name alone" not in found


def test_a_clip_that_is_not_seen_is_not_there(find: Find, brand: Brand) -> None:
    """Not by what resembles it either: nothing is compared with it."""
    draft = clip(brand, "Draft", colours=["red"])
    clip(brand, "Released", colours=["red"], approval=Approval.APPROVED)
    strange = clip(BrandFactory.create(), "Strange", colours=["red"])
    for asset, who in ((draft, member(brand, Role.VIEWER)), (strange, member(brand))):
        with pytest.raises(likeness.NotThere):
            find("", like=Like(asset_id=asset.pk), principal=who)


def test_a_clip_nobody_looked_at_says_so(find: Find, brand: Brand) -> None:
    results = find("", like=Like(asset_id=clip(brand, "New").pk))
    assert isinstance(results.refused, likeness.NotIndexed)


@pytest.mark.usefixtures("answered")
def test_a_picture_finds_what_it_shows(find: Find, brand: Brand, librarian: Member) -> None:
    clip(brand, "Red", colours=["red"])
    clip(brand, "Blue", colours=["blue"])
    key = pictures.keep(a_picture(250, 0, 0), principal=librarian)
    assert titles(find("", like=Like(picture=key))) == ["Red"]
    assert pictures.thumbnail(key, principal=librarian)


@pytest.mark.usefixtures("answered")
def test_a_dropped_clip_finds_what_most_of_it_shows(
    find: Find, brand: Brand, librarian: Member, tmp_path: Path
) -> None:
    """Blue in its very middle, red before and after it."""
    clip(brand, "Red", colours=["red"])
    clip(brand, "Blue", colours=["blue"])
    frames = np.zeros((25, 64, 64, 3), np.uint8)
    frames[:, :, :, 0], frames[10:15] = 250, (0, 0, 250)
    runner.encode_frames(frames, frame_rate=Fraction(25), path=tmp_path / "clip.mp4")
    key = pictures.keep((tmp_path / "clip.mp4").read_bytes(), principal=librarian)
    assert titles(find("", like=Like(picture=key))) == ["Red"]
    with Image.open(io.BytesIO(pictures.thumbnail(key, principal=librarian) or b"")) as shown:
        red, _, blue = shown.convert("RGB").getpixel((20, 20))  # type: ignore[misc]
    assert red > blue


@pytest.mark.usefixtures("answered")
def test_a_picture_is_its_senders_alone(find: Find, brand: Brand, librarian: Member) -> None:
    key = pictures.keep(a_picture(250, 0, 0), principal=librarian)
    find("", like=Like(picture=key))
    other = member(brand, Role.LIBRARIAN)
    assert isinstance(find("", like=Like(picture=key), principal=other).refused, pictures.PictureGone)
    assert pictures.thumbnail(key, principal=other) is None


@pytest.mark.usefixtures("answered")
def test_a_damaged_picture_is_refused_in_words(find: Find, librarian: Member) -> None:
    key = pictures.keep(a_picture(250, 0, 0)[:60], principal=librarian)
    refused = find("", like=Like(picture=key)).refused
    assert refused is not None
    assert "can't be read" in refused.message


@pytest.mark.parametrize("data", [b"", b"plain text", b"<svg onload=1>", b"%PDF-1.7"])
def test_what_is_no_picture_is_refused_at_once(librarian: Member, data: bytes) -> None:
    with pytest.raises(pictures.PictureRefused):
        pictures.keep(data, principal=librarian)


def test_a_busy_worker_is_said(find: Find, librarian: Member, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "send", lambda *a, **k: None)
    monkeypatch.setattr(query_embedding, "_wait", lambda place, patience: None)
    key = pictures.keep(a_picture(250, 0, 0), principal=librarian)
    assert find("", like=Like(picture=key)).seeing is Seeing.BUSY


def test_a_second_picture_takes_the_place_of_one_that_still_waits(find: Find, librarian: Member) -> None:
    first = pictures.keep(a_picture(250, 0, 0), principal=librarian)
    pictures.keep(a_picture(0, 0, 250), principal=librarian)
    pictures.answer(pictures.holder_of(librarian), first, encoder=ColourEncoder())
    assert isinstance(find("", like=Like(picture=first)).refused, pictures.PictureRefused)


class AnotherEncoder(ColourEncoder):
    identity = "colours@2"


def test_another_encoder_is_answered_from_the_copies(librarian: Member) -> None:
    key, holder = pictures.keep(a_picture(250, 0, 0), principal=librarian), pictures.holder_of(librarian)
    pictures.answer(holder, key, encoder=ColourEncoder())
    pictures.answer(holder, key, encoder=AnotherEncoder())
    for encoder in (ColourEncoder(), AnotherEncoder()):
        meaning = pictures.ask(key, principal=librarian, encoder=encoder.identity)
        assert meaning is not None
        assert meaning.vector is not None
        assert meaning.vector[0] > 0.9


def test_another_encoder_is_answered_while_the_first_still_looks(librarian: Member) -> None:
    key, holder = pictures.keep(a_picture(250, 0, 0), principal=librarian), pictures.holder_of(librarian)

    class Slow(ColourEncoder):
        def encode_frames(self, frames: Pictures) -> Vectors:
            pictures.answer(holder, key, encoder=AnotherEncoder())
            return super().encode_frames(frames)

    pictures.answer(holder, key, encoder=Slow())
    assert pictures.ask(key, principal=librarian, encoder=AnotherEncoder.identity)
