"""What people say of two clips that look alike."""

import re
from pathlib import Path
from threading import Barrier, Thread

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand
from dam.audit.models import Event
from dam.catalog import assets
from dam.catalog.models import Approval, Asset, Version
from dam.core import storage
from dam.duplicates import finding, pairs
from dam.duplicates.models import NearPair
from dam.duplicates.pairs import AskFirst, PairGone
from dam.media import runner
from tests import media_factory
from tests.factories import member, release
from tests.integration.dam.duplicates.conftest import Looking


@pytest.fixture
def pair(looking: Looking, tmp_path: Path) -> NearPair:
    """Two that look alike, with masters; the older one is `one` of `both`."""
    for noise in (0, 6):
        path = media_factory.clip(tmp_path / f"{noise}.mp4", seed=noise)
        version = looking(1, noise=noise, asset__title=f"Can {noise}")
        stored = storage.put(path, brand_id=version.brand_id, suffix=".mp4")
        Version.objects.filter(pk=version.pk).update(
            storage_key=stored.key, sha256=stored.sha256, size=stored.size,
            media_info=runner.probe(path).to_json(),
        )  # fmt: skip
        version.refresh_from_db()
        finding.look(version)
    return NearPair.objects.get()


def both() -> tuple[Asset, Asset]:
    first, second = Asset.objects.order_by("created_at")[:2]
    return first, second


def browser(brand: Brand, role: Role) -> Client:
    client = Client()
    client.force_login(member(brand, role).user)
    return client


def address(pair: NearPair) -> str:
    return reverse("duplicate-pair", args=["northwind", pair.pk])


def test_different_is_remembered_and_can_be_taken_back(pair: NearPair, brand: Brand) -> None:
    librarian = member(brand, Role.LIBRARIAN)
    pairs.tell_apart(pair, by=librarian)
    assert not pairs.open_for(librarian).exists()
    finding.look(both()[1].latest)  # type: ignore[arg-type]
    assert not pairs.open_for(librarian).exists()
    assert pairs.told_apart(librarian).get().different_by == librarian.user
    with pytest.raises(PairGone):
        pairs.tell_apart(pair, by=librarian)
    pairs.take_back(pair, by=librarian)
    assert pairs.open_for(librarian).exists()
    told = Event.objects.filter(verb__startswith="duplicates.").order_by("sequence")
    assert [event.verb for event in told] == ["duplicates.told_apart"] * 2 + ["duplicates.opened_again"] * 2
    assert {event.asset_id for event in told} == {asset.pk for asset in both()}


@pytest.mark.parametrize("role", [Role.VIEWER, Role.BRAND_REVIEWER])
def test_who_may_not_edit_has_no_pairs(pair: NearPair, brand: Brand, role: Role) -> None:
    person = member(brand, role)
    assert not pairs.open_for(person).exists()
    with pytest.raises(PermissionDenied):
        pairs.tell_apart(pair, by=person)


def test_a_pair_is_there_while_both_are_seen_as_they_are_now(
    pair: NearPair, brand: Brand, looking: Looking
) -> None:
    first, second = both()
    librarian = member(brand, Role.LIBRARIAN)
    assets.trash(second, by=librarian)
    assert not pairs.open_for(librarian).exists()
    assets.restore(second, by=librarian)
    assert pairs.open_for(librarian).exists()
    looking(5, asset=first, number=2)
    assert not pairs.open_for(librarian).exists()


def test_one_becomes_the_next_version_of_the_other_and_goes_to_the_trash(
    pair: NearPair, brand: Brand
) -> None:
    first, second = both()
    librarian = member(brand, Role.LIBRARIAN)
    added = pairs.make_version(pair, of=first, by=librarian)
    second.refresh_from_db()
    assert (added.asset_id, added.number, added.sha256) == (first.pk, 2, second.latest.sha256)  # type: ignore[union-attr]
    assert second.trashed_at
    with pytest.raises(PairGone):
        pairs.make_version(pair, of=first, by=librarian)


def test_who_may_not_move_the_other_adds_no_version(pair: NearPair, brand: Brand) -> None:
    creator = member(brand, Role.CREATOR)  # neither is theirs
    with pytest.raises(PermissionDenied):
        pairs.make_version(pair, of=both()[0], by=creator)
    assert Version.objects.count() == 2
    assert not Asset.objects.filter(trashed_at__isnull=False).exists()


def test_without_its_file_nothing_is_done(pair: NearPair, brand: Brand) -> None:
    _first, second = both()
    storage.delete(second.latest.storage_key)  # type: ignore[union-attr]
    response = browser(brand, Role.LIBRARIAN).post(address(pair), {"answer": "version", "stays": "older"})
    assert response.status_code == 422
    assert "isn&#x27;t in storage" in response.content.decode()
    assert not Asset.objects.filter(trashed_at__isnull=False).exists()


def checked(html: str) -> list[str]:
    radios = re.findall(r'<input type="radio"[^>]*>', html)
    return re.findall(r'value="(\w+)"', "".join(each for each in radios if "checked" in each))


def test_which_one_stays_is_still_chosen_after_a_refusal_and_in_another_mode(
    pair: NearPair, brand: Brand
) -> None:
    first, _second = both()
    storage.delete(first.latest.storage_key)  # type: ignore[union-attr]
    client = browser(brand, Role.LIBRARIAN)
    assert checked(client.get(address(pair)).text) == ["older"]
    refused = client.post(address(pair), {"answer": "version", "stays": "newer", "as": "wipe"})
    assert (refused.status_code, checked(refused.text)) == (422, ["newer"])
    assert 'name="as" value="wipe"' in refused.text
    (mode,) = re.findall(r'href="([^"]*as=difference[^"]*)"', refused.text)
    assert checked(client.get(mode.replace("&amp;", "&")).text) == ["newer"]


def test_a_question_that_is_cancelled_leaves_the_choice(pair: NearPair, brand: Brand) -> None:
    first, _second = both()
    release(first.latest)  # type: ignore[arg-type]
    client = browser(brand, Role.LIBRARIAN)
    asked = client.post(address(pair), {"answer": "same", "stays": "newer", "as": "wipe"}).text
    (cancel,) = re.findall(r'class="button"\s+href="([^"]*stays=[^"]*)">Cancel', asked)
    page = client.get(cancel.replace("&amp;", "&"))
    assert (checked(page.text), page.context["mode"]) == (["newer"], "wipe")


def test_the_next_pair_is_compared_in_the_same_way(pair: NearPair, brand: Brand, looking: Looking) -> None:
    finding.look(looking(1, noise=5))
    client = browser(brand, Role.LIBRARIAN)
    page = client.get(address(pair), {"as": "wipe"})
    assert f"/{page.context['next_one'].pk}/?as=wipe" in page.text
    following = client.post(address(pair), {"answer": "different", "as": "wipe"}, follow=True)
    assert (following.context["mode"], following.context["pair"]) == ("wipe", page.context["next_one"])


def test_no_pair_has_a_number_that_the_database_has_not(brand: Brand, db: None) -> None:
    away = reverse("duplicate-pair", args=["northwind", 10**30])
    client = browser(brand, Role.LIBRARIAN)
    assert (client.get(away).status_code, client.post(away, {"answer": "different"}).status_code) == (
        404,
        404,
    )


def test_same_moves_the_other_to_the_trash_with_undo(pair: NearPair, brand: Brand) -> None:
    first, _second = both()
    client = browser(brand, Role.LIBRARIAN)
    shown = client.get(address(pair)).content.decode()
    assert shown.index("Can 0") < shown.index("Can 6")
    response = client.post(address(pair), {"answer": "same", "stays": "newer"}, follow=True)
    assert response.redirect_chain == [(reverse("duplicates", args=["northwind"]), 302)]
    assert "moved to trash" in response.content.decode()
    assert "Undo" in response.content.decode()
    assert set(Asset.objects.filter(trashed_at__isnull=False)) == {first}
    response = client.post(address(pair), {"answer": "different"}, follow=True)  # in another window
    assert "no longer open" in response.content.decode()
    assert client.get(address(pair)).status_code == 404


@pytest.mark.parametrize("said", ["same", "version"])
def test_it_asks_on_its_own_page_before_a_released_clip_goes(pair: NearPair, brand: Brand, said: str) -> None:
    _first, second = both()
    client = browser(brand, Role.LIBRARIAN)
    release(second.latest)  # type: ignore[arg-type]
    answer = {"answer": said, "stays": "older"}
    asked = client.post(address(pair), answer)
    assert "Released: viewers will no longer be able" in asked.content.decode()
    assert f'value="{said}"' in asked.content.decode()
    assert "selection-trash" not in asked.content.decode()
    assert not Asset.objects.filter(trashed_at__isnull=False).exists()
    client.post(address(pair), {**answer, "sure": str(second.pk)})
    assert set(Asset.objects.filter(trashed_at__isnull=False)) == {second}


def test_it_asks_before_a_version_ends_the_review_of_the_clip_that_stays(
    pair: NearPair, brand: Brand
) -> None:
    first, second = both()
    client = browser(brand, Role.LIBRARIAN)
    Version.objects.filter(latest_of=first).update(approval=Approval.IN_REVIEW)
    answer = {"answer": "version", "stays": "older"}
    asked = client.post(address(pair), answer).content.decode()
    assert "A new version ends that review" in asked
    assert "approved or released" not in asked
    assert Version.objects.count() == 2
    client.post(address(pair), {**answer, "sure": str(first.pk)})
    assert Version.objects.filter(asset=first).count() == 2
    assert set(Asset.objects.filter(trashed_at__isnull=False)) == {second}


def test_what_came_into_use_after_the_question_is_asked_about_again(pair: NearPair, brand: Brand) -> None:
    first, second = both()
    librarian = member(brand, Role.LIBRARIAN)
    Version.objects.update(approval=Approval.IN_REVIEW)
    for sure in ((), (first.pk,), (second.pk,)):
        with pytest.raises(AskFirst) as asked:
            pairs.make_version(pair, of=first, by=librarian, sure=sure)
        assert (asked.value.goes, asked.value.reviewed) == (second, first)
    with pytest.raises(AskFirst) as asked:
        pairs.trash_other(pair, keep=first, by=librarian)
    assert asked.value.reviewed is None  # nothing ends its review
    assert pairs.trash_other(pair, keep=first, by=librarian, sure=[second.pk]) == second


def test_a_stale_same_trashes_nothing_that_a_colleague_marked_as_different(
    pair: NearPair, brand: Brand
) -> None:
    client = browser(brand, Role.LIBRARIAN)
    pairs.tell_apart(pair, by=member(brand, Role.LIBRARIAN))
    for said in ("same", "version"):
        response = client.post(address(pair), {"answer": said, "stays": "older"})
        assert response.status_code == 422
        assert "no longer open" in response.content.decode()
        assert "These were marked as different." in response.content.decode()
    assert not Asset.objects.filter(trashed_at__isnull=False).exists()


def test_of_two_who_keep_the_other_one_the_second_is_too_late(pair: NearPair, brand: Brand) -> None:
    """Both had the pair on their screens, so both answer what they read before."""
    first, second = both()
    librarian = member(brand, Role.LIBRARIAN)
    assert pairs.trash_other(pair, keep=first, by=librarian) == second
    with pytest.raises(PairGone):
        pairs.trash_other(pair, keep=second, by=librarian)
    assert set(Asset.objects.filter(trashed_at__isnull=False)) == {second}


def test_who_may_not_move_the_other_trashes_nothing(pair: NearPair, brand: Brand) -> None:
    with pytest.raises(PermissionDenied):
        pairs.trash_other(pair, keep=both()[0], by=member(brand, Role.CREATOR))


def test_after_an_answer_comes_a_pair_that_is_open(pair: NearPair, brand: Brand, looking: Looking) -> None:
    """What went to the trash was in the next pair as well."""
    third = looking(1, noise=5)
    finding.look(third)
    assert NearPair.objects.count() == 3
    first, _second = both()[:2]
    response = browser(brand, Role.LIBRARIAN).post(
        address(pair), {"answer": "same", "stays": "newer"}, follow=True
    )
    assert response.status_code == 200
    assert first not in (response.context["one"].asset, response.context["two"].asset)


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_clip_stays(pair: NearPair, brand: Brand) -> None:
    librarian, start = member(brand, Role.LIBRARIAN), Barrier(2)
    said: list[Asset | None] = []

    def answer(keep: Asset) -> None:
        start.wait(timeout=60)
        try:
            said.append(pairs.trash_other(pair, keep=keep, by=librarian))
        except PairGone:
            said.append(None)
        finally:
            connection.close()

    people = [Thread(target=answer, args=[keep]) for keep in both()]
    for each in people:
        each.start()
    for each in people:
        each.join(timeout=120)
    assert said.count(None) == 1
    assert Asset.objects.filter(trashed_at__isnull=False).count() == 1


@pytest.mark.parametrize(
    "sent", [{}, {"answer": "same"}, {"answer": "same", "stays": "both"}, {"answer": "x"}]
)
def test_an_answer_that_is_none_changes_nothing(pair: NearPair, brand: Brand, sent: dict[str, str]) -> None:
    assert browser(brand, Role.LIBRARIAN).post(address(pair), sent).status_code == 400


def test_the_list_is_paged_by_its_last_pair(
    brand: Brand, looking: Looking, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pairs, "PAGE", 2)
    monkeypatch.setattr(pairs, "MOST_COUNTED", 4)
    for noise in (0, 4, 5, 6):
        finding.look(looking(1, noise=noise))
    client, seen, after = browser(brand, Role.LIBRARIAN), [], ""
    for _page in range(3):
        response = client.get(reverse("duplicates", args=["northwind"]), {"after": after} if after else {})
        assert (response.context["count"], response.context["more"]) == (4, True)
        seen += [pair.pk for pair, _versions in response.context["rows"]]
        after = response.context["after"]
    assert seen == sorted((pair.pk for pair in NearPair.objects.all()), reverse=True)
    assert len(seen) == 6
    assert after is None
    assert client.get(reverse("duplicates", args=["northwind"]), {"after": "9" * 30}).status_code == 200


def test_the_list_asks_the_database_as_often_for_many(brand: Brand, looking: Looking) -> None:
    client, counts = browser(brand, Role.LIBRARIAN), []
    for noise in (0, 3, 4, 5, 6):
        finding.look(looking(1, noise=noise))
        with CaptureQueriesContext(connection) as asked:
            client.get(reverse("duplicates", args=["northwind"]))
        counts.append(len(asked))
    assert counts[1] == counts[-1]
