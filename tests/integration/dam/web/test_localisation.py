"""Each page in the language and the time zone of who reads it."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand, User
from dam.catalog.models import Asset
from dam.notifications import choices
from dam.search import search
from tests.factories import BrandFactory, VersionFactory, member
from tests.integration.dam.web.conftest import SignIn

pytestmark = pytest.mark.django_db


def test_a_page_is_in_the_language_of_its_reader_and_says_so() -> None:
    client, address = Client(), reverse("account_login")
    page = client.get(address, headers={"Accept-Language": "de-AT,de;q=0.8"})
    assert (page["Content-Language"], "Accept-Language" in page["Vary"]) == ("de", True)
    assert '<html lang="de" dir="ltr">' in " ".join(page.content.decode().split())
    assert '<html lang="en" dir="ltr">' in " ".join(client.get(address).content.decode().split())
    assert translation.get_language() == "en"


def test_a_page_brings_its_scripts_the_words_of_its_language() -> None:
    client, address = Client(), reverse("account_login")
    pages = {code: client.get(address, headers={"Accept-Language": code}) for code in ("de", "fr", "en")}
    told = {code: re.findall(r"dam/words/[^\"]*", page.content.decode()) for code, page in pages.items()}
    assert told == {"de": ["dam/words/de.js"], "fr": ["dam/words/fr.js"], "en": []}
    assert all(finders.find(each) for each in ("dam/words/de.js", "dam/words/fr.js"))


def test_a_brands_language_and_then_a_persons_own_win_over_the_browsers() -> None:
    viewer = member(BrandFactory.create(language="de"), Role.VIEWER)
    client, address = Client(headers={"Accept-Language": "en"}), reverse("library", args=[viewer.brand.slug])
    client.force_login(viewer.user)
    assert client.get(address)["Content-Language"] == "de"
    User.objects.filter(pk=viewer.user.pk).update(language="fr", time_zone="Pacific/Auckland")
    assert client.get(address)["Content-Language"] == "fr"
    assert client.get("/b/unknown/")["Content-Language"] == "fr"


@pytest.mark.parametrize("odd", ["%00", "Europe%2FNowhere", "..%2F..%2Fetc", "a" * 4000])
def test_an_odd_cookie_of_a_zone_is_passed_over(odd: str) -> None:
    client = Client()
    client.cookies["time_zone"] = odd
    assert client.get(reverse("account_login")).status_code == 200


def test_today_is_a_day_where_the_brand_is(monkeypatch: pytest.MonkeyPatch) -> None:
    edge = datetime(2026, 7, 2, 23, 30, tzinfo=UTC)  # Friday half past one in Berlin
    creator = member(BrandFactory.create(time_zone="Europe/Berlin"), Role.CREATOR)
    version = VersionFactory.create(asset__brand=creator.brand)
    Asset.objects.filter(pk=version.asset_id).update(created_at=edge - timedelta(hours=2))
    monkeypatch.setattr(timezone, "now", lambda: edge)

    def found() -> bool:
        asked = search.parse("created:today", by=creator)
        return search.among(creator, parsed=asked).exists()

    with timezone.override("America/Los_Angeles"):  # whoever asks
        assert not found()
        Brand.objects.update(time_zone="America/Los_Angeles")
        creator.brand.refresh_from_db()
        assert found()


def test_the_browsers_zone_is_remembered_for_what_is_sent_later(brand: Brand, sign_in: SignIn) -> None:
    client = sign_in(Role.CREATOR)
    client.cookies["time_zone"] = "America%2FLos_Angeles"
    settings_page = f"/b/{brand.slug}/notifications/settings/"
    assert "Los Angeles" in client.get(settings_page).text
    user = User.objects.get(memberships__role="creator")
    assert user.browser_time_zone == "America/Los_Angeles"
    assert choices.hours_of(user, brand).zone.key == "America/Los_Angeles"


def test_a_zone_that_is_none_is_not_remembered(brand: Brand, sign_in: SignIn) -> None:
    client = sign_in(Role.CREATOR)
    client.cookies["time_zone"] = "Mars/Olympus"
    client.get(f"/b/{brand.slug}/")
    assert not User.objects.exclude(browser_time_zone="").exists()
