"""Two people who edit one clip: what neither meant to change stays, and nothing typed is lost."""

import html
import re

import pytest
from django.test import Client
from django.urls import reverse

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand
from dam.catalog import assets
from dam.catalog.models import Asset
from tests.factories import VersionFactory, member
from tests.integration.dam.web.conftest import SignIn


@pytest.fixture
def clip(brand: Brand) -> Asset:
    asset: Asset = VersionFactory.create(asset__brand=brand, asset__title="Summer").asset
    assets.edit(asset, by=member(brand), description="On ice\r\nand more", tag_names=["lime", "hero"])
    return asset


def opened(client: Client, clip: Asset) -> dict[str, str]:
    """The form as the page holds it."""
    page = client.get(reverse("asset-edit", args=[clip.brand.slug, clip.pk])).content.decode()
    form = page[page.index('id="details"') :]
    fields = dict(re.findall(r'<input type="(?:text|hidden)" name="([a-z_]+)" value="([^"]*)"', form))
    description = re.search(r'<textarea name="description"[^>]*>\n([^<]*)</textarea>', form)
    assert description is not None
    return {name: html.unescape(value) for name, value in {**fields, "description": description[1]}.items()}


def save(client: Client, clip: Asset, form: dict[str, str]) -> tuple[int, str]:
    answer = client.post(reverse("asset-edit", args=[clip.brand.slug, clip.pk]), form)
    clip.refresh_from_db()
    return answer.status_code, answer.content.decode()


def tag_names(clip: Asset) -> set[str]:
    return set(clip.tags.values_list("name", flat=True))


def test_what_each_changed_is_kept(clip: Asset, sign_in: SignIn) -> None:
    one, other = sign_in(Role.CREATOR), sign_in(Role.LIBRARIAN)
    first, second = opened(one, clip), opened(other, clip)
    assert save(one, clip, {**first, "title": "Winter", "tags": "lime, hero, one"})[0] == 302
    assert save(other, clip, {**second, "description": "Hot", "tags": "hero, two"})[0] == 302
    assert (clip.title, clip.description) == ("Winter", "Hot")
    assert tag_names(clip) == {"hero", "one", "two"}


def test_two_texts_for_one_field_are_told_and_the_typed_one_can_be_saved(
    clip: Asset, sign_in: SignIn
) -> None:
    one, other = sign_in(Role.CREATOR), sign_in(Role.LIBRARIAN)
    first, second = opened(one, clip), opened(other, clip)
    save(one, clip, {**first, "title": "Winter"})
    status, page = save(other, clip, {**second, "title": "Autumn"})
    assert (status, clip.title) == (422, "Winter")
    assert "It now reads “Winter”" in page
    assert 'value="Autumn"' in page
    again = {**second, "title": "Autumn", "was_title": "Winter"}
    assert 'name="was_title" value="Winter"' in page
    assert save(other, clip, again)[0] == 302
    assert clip.title == "Autumn"


def test_a_form_without_a_field_leaves_it_as_it_is(clip: Asset, sign_in: SignIn) -> None:
    assert save(sign_in(Role.CREATOR), clip, {"title": "Winter"})[0] == 302
    assert (clip.title, clip.description, tag_names(clip)) == (
        "Winter",
        "On ice\r\nand more",
        {"lime", "hero"},
    )


def test_a_clip_with_many_tags_can_still_be_edited(clip: Asset, sign_in: SignIn) -> None:
    client = sign_in(Role.CREATOR)
    assets.edit(clip, by=member(clip.brand), tag_names=[f"{number:03} {'x' * 50}" for number in range(120)])
    assert save(client, clip, {**opened(client, clip), "title": "Winter"})[0] == 302
    assert len(tag_names(clip)) == 120


def test_a_tag_that_is_too_long_is_told_and_kept_in_the_form(clip: Asset, sign_in: SignIn) -> None:
    client = sign_in(Role.CREATOR)
    status, page = save(client, clip, {**opened(client, clip), "tags": "x" * 61})
    assert status == 422
    assert "has 61 characters" in page
    assert "x" * 61 in page


def test_a_description_has_a_longest_and_an_older_one_lets_the_title_change(
    clip: Asset, sign_in: SignIn
) -> None:
    older = "x" * (assets.LONGEST_DESCRIPTION + 1)
    client = sign_in(Role.LIBRARIAN)
    status, page = save(client, clip, {**opened(client, clip), "description": older})
    assert status == 422
    assert "at most 5,000 characters" in page
    Asset.objects.filter(pk=clip.pk).update(description=older)
    save(client, clip, {**opened(client, clip), "title": "Winter"})
    assert (clip.title, clip.description) == ("Winter", older)
