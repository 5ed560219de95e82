"""The released file's bytes: for whom, under which terms, and what is recorded of it."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from dam.access import share_links, tokens
from dam.accounts import principals
from dam.accounts.capabilities import Capability, Role
from dam.accounts.models import ShareLink
from dam.accounts.principals import Member
from dam.audit.models import Event
from dam.catalog import assets
from dam.catalog.models import Version
from dam.core import storage
from dam.rights.models import RightsRecord
from dam.rights.policy import Use
from provenance.models import Release
from provenance.releases import releases
from tests import release_factory
from tests.factories import ApprovedVersionFactory, BrandFactory, VersionFactory, member

CONTENT = bytes(range(256)) * 8
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.filterwarnings("ignore:StreamingHttpResponse must consume asynchronous"),
]


@pytest.fixture
def version(tmp_path: Path) -> Version:
    """Released for web and social media, worldwide."""
    made: Version = ApprovedVersionFactory.create(asset__title="Summer / winter")
    path = tmp_path / "content"
    path.write_bytes(CONTENT)
    stored = storage.put(path, brand_id=made.brand_id, suffix=".mp4")
    release_factory.ready(made, stored=stored)
    return made


def download(
    version: Version,
    *,
    role: Role = Role.VIEWER,
    person: Member | None = None,
    query: str = "?use=other&territory=worldwide",
    **headers: str,
) -> Any:
    client = Client()
    client.force_login((person or member(version.brand, role)).user)
    address = reverse("release-file", args=[version.brand.slug, version.pk])
    return client.get(address + query, headers={name.replace("_", "-"): v for name, v in headers.items()})


def body(response: Any) -> bytes:
    return b"".join(response)


def test_a_viewer_downloads_the_release_under_its_title(version: Version) -> None:
    response = download(version)
    assert (response.status_code, body(response)) == (200, CONTENT)
    assert response.headers["Content-Disposition"] == 'attachment; filename="Summer - winter.mp4"'


def test_a_range_of_it_comes_with_its_place(version: Version) -> None:
    response = download(version, Range="bytes=100-299")
    assert (response.status_code, body(response)) == (206, CONTENT[100:300])


@pytest.mark.parametrize("state", ["signing", "failed", "withdrawn", "superseded"])
def test_only_a_ready_release_is_served(state: str) -> None:
    version = ApprovedVersionFactory.create()
    ended = {} if state == "signing" else {"ended_at": timezone.now(), "reason": "Because"}
    release_factory.waiting(version, state=state, **ended)
    assert download(version, role=Role.CREATOR).status_code == 404


def test_a_draft_is_refused_to_those_who_see_it_and_unknown_to_others() -> None:
    draft = VersionFactory.create()
    assert download(draft, role=Role.CREATOR).status_code == 403
    assert download(draft, role=Role.VIEWER).status_code == 404
    assert download(draft, person=member(BrandFactory.create())).status_code == 404


def test_the_policy_is_asked_each_time(version: Version) -> None:
    assert download(version).status_code == 200
    RightsRecord.objects.filter(version=version).update(valid_until=timezone.now() - timedelta(days=1))
    assert download(version).status_code == 403


def test_trashed_or_withdrawn_it_is_gone_at_once(version: Version) -> None:
    keeper = member(version.brand, Role.LIBRARIAN)
    assets.trash(version.asset, by=keeper)
    assert download(version).status_code == 404
    assets.restore(version.asset, by=keeper)
    release = Release.objects.select_related("review__version").get()
    releases.withdraw(release.review, reason="Wrong music", at=timezone.now())
    assert download(version).status_code == 404
    assert download(version, role=Role.CREATOR).status_code == 404


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("?use=web&territory=worldwide", 200),
        ("?use=web&territory=DE", 200),
        ("?use=web", 302),
        ("?territory=DE", 302),
        ("?use=broadcast&territory=DE", 403),
        ("?use=television", 400),
        ("?territory=Atlantis", 400),
        ("?use=%00", 400),
    ],
)
def test_a_use_and_a_place_are_named(version: Version, query: str, status: int) -> None:
    assert download(version, query=query).status_code == status


def test_a_place_that_is_not_cleared_is_refused(version: Version) -> None:
    RightsRecord.objects.filter(version=version).update(territories=["EU"])
    assert download(version, query="?use=web&territory=DE").status_code == 200
    assert download(version, query="?use=web&territory=US").status_code == 403


@pytest.mark.parametrize("part", ["bytes=0-", "bytes=1-", "bytes=-99999999", "bytes=00-", "bytes=2-5"])
def test_whatever_part_is_served_is_recorded(version: Version, part: str) -> None:
    download(version, Range=part)
    event = Event.objects.get(verb="release.downloaded")
    assert (event.asset_id, event.data["sha256"]) == (version.asset_id, Release.objects.get().sha256)


def test_each_person_has_an_event_of_their_own(version: Version) -> None:
    person = member(version.brand, Role.VIEWER)
    download(version, person=person, Range="bytes=0-99")
    download(version, person=person, Range="bytes=100-")
    download(version)
    assert Event.objects.filter(verb="release.downloaded").count() == 2


def test_two_people_of_one_name_have_an_event_each(version: Version) -> None:
    for _ in range(2):
        download(version, person=member(version.brand, Role.VIEWER, name="Sam"))
    assert Event.objects.filter(verb="release.downloaded").count() == 2


def test_two_guests_of_one_name_have_an_event_each(version: Version) -> None:
    keeper, tomorrow = member(version.brand, Role.LIBRARIAN), timezone.localdate() + timedelta(days=1)
    may = (Capability.VIEW, Capability.DOWNLOAD_RELEASE)
    for _ in range(2):
        link, _secret = share_links.create(
            by=keeper,
            guest="Agency",
            assets=[version.asset],
            last_day=tomorrow,
            use=Use.WEB,
            territory="DE",
            capabilities=may,
        )
        client = Client()
        session = client.session
        session[principals.OPENED] = {str(version.brand_id): link.pk}
        session.save()
        for _ in range(2):
            client.get(reverse("release-file", args=[version.brand.slug, version.pk]))
    assert Event.objects.filter(verb="release.downloaded").count() == 2


def test_a_person_who_says_nothing_is_asked_and_a_download_keeps_the_answer(version: Version) -> None:
    response = download(version, query="")
    address = reverse("asset-downloads", args=[version.brand.slug, version.asset_id])
    assert (response.status_code, response.headers["Location"]) == (302, f"{address}?version=1")
    assert not Event.objects.filter(verb="release.downloaded").exists()
    download(version, query="?use=web&territory=DE")
    download(version, query="?use=other&territory=CH")
    said = [each.data for each in Event.objects.filter(verb="release.downloaded").order_by("sequence")]
    assert [(each["use"], each["territory"]) for each in said] == [("web", "DE"), ("other", "CH")]


def test_a_program_names_what_it_is_for_and_reads_what_is_missing(version: Version) -> None:
    by = member(version.brand, Role.CREATOR)
    may = [Capability.VIEW, Capability.DOWNLOAD_RELEASE]
    _token, secret = tokens.create(by=by, name="cms", capabilities=may)
    program = Client(headers={"Authorization": f"Bearer {secret}"})
    address = reverse("release-file", args=[version.brand.slug, version.pk])
    for query, code in (("", "no_use"), ("?use=web", "no_territory"), ("?territory=DE", "no_use")):
        answer = program.get(address + query)
        assert (answer.status_code, answer.headers["Content-Type"]) == (422, "application/problem+json")
        assert answer.json()["code"] == code
    assert "internal, web, social" in program.get(address).json()["detail"]
    assert not Event.objects.filter(verb="release.downloaded").exists()
    assert program.get(f"{address}?use=web&territory=DE").status_code == 200
    assert program.get(f"{address}?use=web&territory=Atlantis").status_code == 400
    event = Event.objects.get(verb="release.downloaded")
    assert (event.data["use"], event.data["territory"]) == ("web", "DE")


def guest_of(version: Version, **given: Any) -> Client:
    may = (Capability.VIEW, Capability.DOWNLOAD_RELEASE)
    link, _secret = share_links.create(
        by=member(version.brand, Role.LIBRARIAN),
        guest="Agency",
        assets=[version.asset],
        last_day=timezone.localdate() + timedelta(days=1),
        capabilities=may,
        **{"use": Use.WEB, "territory": "DE", **given},
    )
    client = Client()
    session = client.session
    session[principals.OPENED] = {str(version.brand_id): link.pk}
    session.save()
    return client


def test_a_link_is_asked_about_what_it_was_made_for_whatever_its_address_says(version: Version) -> None:
    RightsRecord.objects.filter(version=version).update(uses=["web"], territories=["DE"])
    address = reverse("release-file", args=[version.brand.slug, version.pk])
    assert guest_of(version).get(f"{address}?use=broadcast&territory=US").status_code == 200
    event = Event.objects.get(verb="release.downloaded")
    assert (event.data["use"], event.data["territory"]) == ("web", "DE")
    assert guest_of(version, use=Use.BROADCAST).get(f"{address}?use=web").status_code == 403
    assert guest_of(version, territory="US").get(f"{address}?territory=DE").status_code == 403


def test_a_link_from_before_they_said_what_for_gives_nothing(version: Version) -> None:
    client = guest_of(version)
    ShareLink.objects.update(use="", territory="")
    answer = client.get(reverse("release-file", args=[version.brand.slug, version.pk]) + "?use=web")
    assert answer.status_code == 403
    assert "Ask the sender for a new one" in answer.content.decode()


def test_a_refusal_leaves_no_event(version: Version) -> None:
    download(version, query="?use=broadcast")
    assert not Event.objects.filter(verb="release.downloaded").exists()


def test_a_file_lost_from_storage_is_not_found(version: Version) -> None:
    storage.delete(Release.objects.get().storage_key)
    assert download(version).status_code == 404
