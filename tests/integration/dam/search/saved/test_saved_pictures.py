"""Saved searches by a picture: it is kept, for its owner alone, and goes with the search."""

import io
from collections.abc import Callable
from datetime import timedelta

import numpy as np
import pytest
from django.core.cache import cache
from django.db import connection
from django.utils import timezone
from PIL import Image

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand
from dam.accounts.principals import Member
from dam.core import tasks
from dam.search import pictures
from dam.search.query import Filters
from dam.search.results import Results
from dam.search.saved import alert_passes, alerts, previews, saved_searches
from dam.search.saved.asked import Asked
from dam.search.saved.models import AlertPass, SavedPicture, SavedSearch
from dam.search.tasks import forget_searches
from tests.factories import BrandFactory, member
from tests.integration.dam.search.seeing import ColourEncoder, clip

Find = Callable[..., Results]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("answered")]


@pytest.fixture
def answered(monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker that answers at once."""

    def send(name: str, *, expires: float, **values: str) -> None:
        if name == "index.embed_picture":
            pictures.answer(values["holder"], values["key"], encoder=ColourEncoder())
        if name == "index.embed_saved_picture":
            pictures.answer_saved(values["key"], encoder=ColourEncoder())

    monkeypatch.setattr(tasks, "send", send)


@pytest.fixture
def red(find: Find, librarian: Member) -> Asked:
    """What asks for clips that look like a red picture, which a worker has seen."""
    out = io.BytesIO()
    Image.fromarray(np.full((40, 60, 3), (250, 0, 0), np.uint8)).save(out, "PNG")
    asked = Asked(like=Filters(like=[f"picture:{pictures.keep(out.getvalue(), principal=librarian)}"]))
    find("", like=asked.likeness)
    return asked


@pytest.fixture
def search(red: Asked, librarian: Member) -> SavedSearch:
    saved = saved_searches.save(red, name="Red ones", by=librarian)
    cache.clear()  # a day later
    return saved


def titles(results: Results) -> list[str]:
    return [hit.asset.title for hit in results.hits]


def test_it_finds_what_the_picture_shows_long_after(find: Find, brand: Brand, search: SavedSearch) -> None:
    clip(brand, "Red", colours=["red"])
    clip(brand, "Blue", colours=["blue"])
    assert titles(find("", like=saved_searches.question(search).likeness)) == ["Red"]


def test_its_picture_is_shown_to_its_owner(librarian: Member, search: SavedSearch) -> None:
    shown = pictures.thumbnail(saved_searches.question(search).picture, principal=librarian)
    assert Image.open(io.BytesIO(shown or b"")).convert("RGB").getpixel((5, 5))[0] > 200  # type: ignore[index]


def test_an_alert_tells_of_what_is_like_it(brand: Brand, librarian: Member, search: SavedSearch) -> None:
    clip(brand, "There before", colours=["red"])
    alerts.turn_on(search, by=librarian)
    cache.clear()
    new = [clip(brand, "Red", colours=["red"]), clip(brand, "Blue", colours=["blue"])]
    alerts.notice([asset.pk for asset in new], brand_id=brand.pk)
    AlertPass.objects.update(not_before="2020-01-01T00:00:00Z")
    alert_passes.run(brand.pk)
    assert [match.asset.title for match in alerts.news(librarian)] == ["Red"]


def test_it_is_nobody_elses(find: Find, brand: Brand, librarian: Member, search: SavedSearch) -> None:
    like = saved_searches.question(search).likeness
    assert like is not None
    elsewhere = Member(librarian.user, BrandFactory.create(), Role.LIBRARIAN)
    for other in (member(brand, Role.ADMIN), elsewhere):
        assert isinstance(find("", like=like, principal=other).refused, pictures.PictureGone)
        assert pictures.thumbnail(like.picture, principal=other) is None
        with pytest.raises(saved_searches.SearchRefused, match="isn't there"):
            saved_searches.save(saved_searches.question(search), name="Mine", by=other)


def test_it_can_not_be_shared(red: Asked, librarian: Member) -> None:
    with pytest.raises(saved_searches.SearchRefused, match="can't be shared"):
        saved_searches.save(red, name="Red ones", by=librarian, shared=True)
    search = saved_searches.save(red, name="Red ones", by=librarian)
    with pytest.raises(saved_searches.SearchRefused, match="can't be shared"):
        saved_searches.edit(search, by=librarian, name="Red ones", shared=True, collection=False)
    shared = saved_searches.save(Asked(words="red"), name="Words", by=librarian, shared=True)
    other = Asked(words="red", like=red.like)
    with pytest.raises(saved_searches.SearchRefused, match="can't be shared"):
        saved_searches.ask_instead(shared, other, by=librarian)


def test_with_other_words_it_can_be_saved_anew(find: Find, librarian: Member, search: SavedSearch) -> None:
    like = saved_searches.question(search).like
    saved_searches.save(Asked(words="-draft", like=like), name="No drafts", by=librarian)
    assert SavedPicture.objects.count() == 2


def test_one_that_asks_for_something_else_keeps_no_picture(librarian: Member, search: SavedSearch) -> None:
    saved_searches.ask_instead(search, Asked(words="red"), by=librarian)
    assert not SavedPicture.objects.exists()


def test_the_picture_is_deleted_with_it(librarian: Member, search: SavedSearch) -> None:
    saved_searches.delete(search, by=librarian)
    assert not pictures.to_save(saved_searches.question(search).picture, principal=librarian)
    assert previews.of(search, principal=librarian).problem
    saved_searches.restore(search.pk, by=librarian)
    assert pictures.to_save(saved_searches.question(search).picture, principal=librarian)
    old = timezone.now() - saved_searches.KEPT_FOR_UNDO - timedelta(days=1)
    saved_searches.delete(search, by=librarian, at=old)
    forget_searches()
    assert not SavedPicture.objects.exists()


def test_it_is_deleted_also_by_a_process_that_knows_nothing_of_it(search: SavedSearch) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM dam_savedsearch WHERE id = %s", [search.pk])
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert not SavedPicture.objects.exists()
