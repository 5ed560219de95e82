"""May I use it for this, there, until then? Asked on the tab of rights, answered in one sentence."""

from datetime import UTC, datetime

import pytest
from django.test import Client
from django.urls import reverse

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand, Membership
from dam.catalog.models import ReleaseState, Version
from dam.rights import making
from dam.rights.models import Relation, RightsRecord
from tests.factories import ApprovedVersionFactory, BrandFactory, member

pytestmark = pytest.mark.django_db


@pytest.fixture
def brand() -> Brand:
    made: Brand = BrandFactory.create(time_zone="Europe/Berlin")
    return made


def cleared(brand: Brand, *, until: datetime | None = None, uses: tuple[str, ...] = ("web",)) -> Version:
    version: Version = ApprovedVersionFactory.create(asset__brand=brand, release=ReleaseState.READY)
    type(version.asset).objects.filter(pk=version.asset_id).update(released=version)
    RightsRecord.objects.update_or_create(
        version=version, defaults={"uses": list(uses), "territories": ["EU"], "valid_until": until}
    )
    return version


def browser(brand: Brand, role: Role = Role.VIEWER) -> Client:
    client = Client()
    client.force_login(member(brand, role).user)
    return client


def ask(client: Client, version: Version, **asked: str) -> str:
    address = reverse("asset", args=[version.brand.slug, version.asset_id])
    page = client.get(address, {"tab": "rights", **asked}).content.decode()
    return page[page.index('id="rights-question"') :].split('id="statements"')[0]


def test_a_viewer_is_told_in_one_sentence(brand: Brand) -> None:
    clip = cleared(brand, until=datetime(2099, 3, 31, 21, 59, 59, tzinfo=UTC))
    client = browser(brand)
    told = ask(client, clip, use="web", territory="Germany", until="2099-03-31")
    assert "Yes, you can use it for web, in Germany, up to and including 31 March 2099." in told
    told = ask(client, clip, use="web", territory="germany")
    assert "Yes, you can use it for web, in Germany, now." in told
    told = ask(client, clip, use="web", territory="DE", until="2099-04-01")
    assert "No, it isn&#x27;t cleared for web, in Germany, up to and including 1 April 2099." in told
    assert "Its clearance ends on 31 March 2099." in told
    told = ask(client, clip, use="broadcast", territory="US")
    assert "It isn&#x27;t cleared for broadcast. It isn&#x27;t cleared for United States." in told


def test_what_it_was_made_from_counts_and_is_named_only_to_who_sees_it(brand: Brand) -> None:
    clip, take = cleared(brand), cleared(brand, until=datetime(2099, 1, 1, 22, tzinfo=UTC))
    editor = member(brand, Role.LIBRARIAN)
    with_rights = member(brand, Role.ADMIN)
    making.add(clip, take, relation=Relation.PARENT, by=with_rights)
    type(take.asset).objects.filter(pk=take.asset_id).update(released=None)
    asked = {"use": "web", "territory": "EU", "until": "2099-06-01"}
    works_here = Client()
    works_here.force_login(editor.user)
    assert take.asset.title in ask(works_here, clip, **asked)
    told = ask(browser(brand), clip, **asked)
    assert "No, it isn&#x27;t cleared for web" in told
    assert take.asset.title not in told


def test_without_a_signed_file_the_answer_is_no(brand: Brand) -> None:
    clip = cleared(brand)
    Version.objects.filter(pk=clip.pk).update(release=ReleaseState.FAILED)
    told = ask(browser(brand, Role.CREATOR), clip, use="web", territory="DE")
    assert "No, you can" in told
    assert "signing the file failed" in told
    told = ask(browser(brand, Role.CREATOR), clip, use="web", territory="DE", until="2099-01-01")
    assert "No, you can&#x27;t use it for web, in Germany, now." in told


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"use": "", "territory": "DE"}, "Choose what you want to use it for."),
        ({"use": "web", "territory": ""}, "Name a country, EU or worldwide."),
        ({"use": "web", "territory": "Atlantis"}, "known country"),
        ({"use": "web", "territory": "DE", "until": "2001-01-01"}, "Choose today or a later day."),
        ({"use": "web", "territory": "DE", "until": "9999-01-01"}, "Choose a date between"),
    ],
)
def test_what_cant_be_asked_is_said_in_words(brand: Brand, asked: dict[str, str], words: str) -> None:
    told = ask(browser(brand), cleared(brand), **asked)
    assert words in told
    assert "question-answer" not in told


def test_the_last_answer_is_remembered_for_this_brand_and_person(brand: Brand) -> None:
    client, clip = browser(brand), cleared(brand)
    assert "selected" not in ask(client, clip).replace('value="" selected', "")
    ask(client, clip, use="web", territory="DE")
    told = ask(client, cleared(brand))
    assert '<option value="web" selected' in told
    assert 'value="Germany"' in told
    assert "question-answer" not in told
    assert 'value="Germany"' not in ask(browser(brand), clip)
    other: Brand = BrandFactory.create()
    user = client.session["_auth_user_id"]
    Membership.objects.create(user_id=user, brand=other, role=Role.VIEWER)
    assert 'value="Germany"' not in ask(client, cleared(other))


def test_htmx_gets_the_part_alone(brand: Brand) -> None:
    clip = cleared(brand)
    address = reverse("asset", args=[brand.slug, clip.asset_id])
    headers = {"HX-Request": "true", "HX-Target": "question-said"}
    asked = {"tab": "rights", "use": "web", "territory": "DE"}
    page = browser(brand).get(address, asked, headers=headers).content.decode()
    assert "Yes, you can use it" in page
    assert "<html" not in page


def test_the_status_stays_in_the_page_and_its_content_is_swapped(brand: Brand) -> None:
    told = ask(browser(brand), cleared(brand))
    assert '<div id="question-said" role="status">' in told
    assert 'hx-target="#question-said"' in told
    assert 'hx-select="#question-said &gt; *"' in told or 'hx-select="#question-said > *"' in told
    assert 'hx-swap="innerHTML"' in told
