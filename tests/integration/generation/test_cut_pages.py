"""Putting a cut together in the browser, also without script."""

import html
import re
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from dam.accounts.principals import Member
from dam.catalog.models import AssetKind, Version
from generation.cuts import drafts, plans
from generation.models import Cut
from generation.states import CutState
from generation.web import cuts
from tests import sound_factory
from tests.factories import VersionFactory, member
from tests.integration.generation.test_sources import taken
from tests.media_factory import movie
from tests.still_factory import still

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _place(tmp_path: Path, settings: Any) -> None:
    settings.STORAGE = str(tmp_path / "storage")
    settings.SCRATCH_DIR = tmp_path / "scratch"


@pytest.fixture
def web(client: Client, creator: Member) -> Client:
    client.force_login(creator.user)
    return client


@pytest.fixture
def film(tmp_path: Path, creator: Member) -> Version:
    return taken(movie(tmp_path / "film.mp4", frames=50, rate=Fraction(25)), by=creator, title="Bottle")


@pytest.fixture
def card(tmp_path: Path, creator: Member) -> Version:
    return taken(still(tmp_path / "card.png", size=(128, 80)), by=creator, title="Card")


def address(cut: Cut, name: str = "cut") -> str:
    return reverse(name, args=[cut.brand.slug, cut.pk])


def send(web: Client, cut: Cut, do: str, **fields: str) -> Any:
    cut.refresh_from_db()
    sent = {"revision": str(cut.revision), "title": "Spring", "own_sound": "1", "do": do, **fields}
    answer = web.post(address(cut), sent)
    cut.refresh_from_db()
    return answer


def test_clips_that_were_chosen_become_a_draft_in_their_order(
    web: Client, creator: Member, film: Version, card: Version
) -> None:
    web.post(reverse("cut-add", args=[creator.brand.slug]), {"asset": [card.asset_id, film.asset_id]})
    (cut,) = Cut.objects.all()
    assert [each.title for each in plans.read_pieces(cut.pieces)] == ["Card", "Bottle"]
    page = web.get(address(cut)).content.decode()
    assert "Card" in page
    assert "128 × 80" in page


def test_all_cuts_are_listed_page_by_page_and_no_query_for_each(
    web: Client, creator: Member, film: Version
) -> None:
    listing = reverse("cuts", args=[creator.brand.slug])

    def made(count: int) -> None:
        for number in range(count):
            version = VersionFactory.create(asset__brand=creator.brand, created_by=creator.user)
            Cut.objects.create(
                brand=creator.brand,
                made_by=creator.user,
                title=f"Spring {number}",
                version=version,
                state=CutState.DONE,
            )

    def asked() -> tuple[str, int]:
        with CaptureQueriesContext(connection) as queries:
            return web.get(listing).content.decode(), len(queries)

    made(2)
    few = asked()[1]
    made(cuts.PAGE)
    page, many = asked()
    assert many <= few + 1  # the page behind it
    assert page.count('id="cut-') == page.count('id="open-') == cuts.PAGE
    (behind,) = re.findall(r'rel="next" href="([^"]+)"', page)
    rest = web.get(listing + html.unescape(behind)).content.decode()
    assert rest.count('id="cut-') == 2


def test_pieces_are_added_trimmed_moved_and_removed(
    web: Client, creator: Member, film: Version, card: Version
) -> None:
    cut = drafts.create(by=creator)
    send(web, cut, f"add:{film.pk}")
    send(web, cut, f"add:{card.pk}", **{"in-1": "0.4", "out-1": "1,2", "x-1": "50", "y-1": "50"})
    first, second = plans.read_pieces(cut.pieces)
    assert (first.first, first.end, second.milliseconds) == (10, 30, 3000)
    fields = {"in-1": "0.4", "out-1": "1.2", "lasts-2": "1.5"}
    shares = {f"{axis}-{number}": "50" for axis in "xy" for number in (1, 2)}
    send(web, cut, "up:2", shape="1:1", **fields, **shares)
    assert [each.title for each in plans.read_pieces(cut.pieces)] == ["Card", "Bottle"]
    assert plans.read_pieces(cut.pieces)[0].milliseconds == 1500
    assert plans.read_settings(cut.settings).shape == "1:1"
    send(web, cut, "remove:1", **{"lasts-1": "1.5", "in-2": "0.4", "out-2": "1.2"}, **shares)
    assert [each.title for each in plans.read_pieces(cut.pieces)] == ["Bottle"]


def test_a_time_that_cant_be_is_told_at_its_piece_and_stays_typed(
    web: Client, creator: Member, film: Version
) -> None:
    cut = drafts.create(by=creator, versions=[film])
    answer = send(web, cut, "make", **{"in-1": "1.5", "out-1": "0.5", "x-1": "50", "y-1": "50"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "The out point must come after the in point." in page
    assert 'value="0.5"' in page
    assert cut.state == CutState.DRAFT


def test_a_cut_is_made_cancelled_edited_again_and_copied(web: Client, creator: Member, film: Version) -> None:
    cut = drafts.create(by=creator, versions=[film])
    send(web, cut, "make")
    assert cut.state == CutState.WAITING
    assert "Waiting for a worker" in web.get(address(cut)).content.decode()
    for do, state in (("cancel", CutState.CANCELLED), ("edit", CutState.DRAFT)):
        web.post(address(cut, "cut-act"), {"do": do})
        cut.refresh_from_db()
        assert cut.state == state
    web.post(address(cut, "cut-act"), {"do": "copy"})
    web.post(address(cut, "cut-act"), {"do": "delete"})
    (copy,) = Cut.objects.all()
    assert (copy.pk != cut.pk, copy.pieces) == (True, cut.pieces)


def test_who_saves_over_another_window_is_told_and_keeps_what_was_typed(
    web: Client, creator: Member, film: Version
) -> None:
    cut = drafts.create(by=creator, versions=[film])
    send(web, cut, "save")
    answer = web.post(address(cut), {"revision": "0", "title": "Late", "do": "save"})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "changed in another window" in page
    assert 'value="Late"' in page
    assert 'name="revision" value="1"' in page  # the next try is over what is seen now
    cut.refresh_from_db()
    assert cut.title == "Spring"


def test_a_piece_is_played_once_what_was_typed_is_saved(web: Client, creator: Member, film: Version) -> None:
    cut = drafts.create(by=creator, versions=[film])
    answer = send(web, cut, "", piece="1", **{"in-1": "0.4", "out-1": "1.2", "x-1": "50", "y-1": "50"})
    assert answer.headers["Location"] == f"{address(cut)}?piece=1#cut-player"
    assert plans.read_pieces(cut.pieces)[0].first == 10


def test_every_sound_can_be_laid_under_it(web: Client, creator: Member, tmp_path: Path) -> None:
    bed = taken(sound_factory.tone(tmp_path / "hum.wav"), by=creator, title="Harbour hum")
    others = VersionFactory.create_batch(
        cuts.MOST_OFFERED, asset__brand=creator.brand, kind=AssetKind.SOUND, created_by=creator.user
    )
    cut = drafts.create(by=creator)
    newest = web.get(address(cut)).content.decode()
    assert f"bed:{bed.pk}" not in newest
    assert all(f"bed:{each.pk}" in newest for each in others)
    for found in (
        web.get(address(cut), {"sounds": "harbour"}),
        web.get(address(cut, "cut-offers"), {"sounds": "harbour"}),
    ):
        page = found.content.decode()
        assert f"bed:{bed.pk}" in page
        assert page.count("bed:") == 1
    send(web, cut, f"bed:{bed.pk}")
    assert "Harbour hum" in web.get(address(cut)).content.decode()


def test_a_cut_is_its_makers_own(client: Client, creator: Member, film: Version) -> None:
    cut = drafts.create(by=creator, versions=[film])
    client.force_login(member(creator.brand).user)
    assert client.get(address(cut)).status_code == 404
    assert client.post(address(cut), {"do": "make"}).status_code == 404


def test_no_cuts_yet_says_how_to_begin(web: Client, creator: Member) -> None:
    page = web.get(reverse("cuts", args=[creator.brand.slug])).content.decode()
    assert "No cuts yet" in page
