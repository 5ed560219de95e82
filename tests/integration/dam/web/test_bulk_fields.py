"""A brand's own fields on the pages of bulk edits."""

import pytest
from django.test import Client

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand
from dam.accounts.principals import Member
from dam.bulk.models import BulkEdit
from dam.catalog.models import Asset
from dam.custom_fields import fields, values
from dam.custom_fields.definitions import Kind
from dam.custom_fields.models import CustomField
from dam.custom_fields.planning import OptionWish, Wish
from tests.factories import VersionFactory, member
from tests.integration.dam.web.conftest import SignIn
from tests.integration.dam.web.test_bulk import opened, run, shown, start


@pytest.fixture
def clips(brand: Brand) -> list[Asset]:
    return [VersionFactory.create(asset__brand=brand, asset__title=title).asset for title in "ABC"]


@pytest.fixture
def maker(brand: Brand) -> Member:
    by = member(brand, Role.LIBRARIAN)
    fields.make(Wish("Campaign", help="As in the plan."), kind=Kind.TEXT, by=by)
    lines = (OptionWish("Juice"), OptionWish("Soda"))
    fields.make(Wish("Lines", options=lines), kind=Kind.MULTI_CHOICE, by=by)
    fields.make(Wish("Budget"), kind=Kind.NUMBER, by=by)
    fields.make(Wish("Old"), kind=Kind.TEXT, by=by)
    fields.retire(CustomField.objects.get(key="old"), by=by)
    return by


@pytest.fixture
def librarian(sign_in: SignIn, maker: Member) -> Client:
    return sign_in(Role.LIBRARIAN)


def test_a_field_says_for_which_clips_it_is(clips: list[Asset], librarian: Client, maker: Member) -> None:
    fields.make(Wish("Crop", help="As cut.", clip_kinds=frozenset({"still"})), kind=Kind.TEXT, by=maker)
    address = opened(librarian, {"asset": [clip.pk for clip in clips]})
    assert "Only for images. As cut." in shown(librarian, address)
    librarian.post(address, {"how-crop": "set", "own-crop": "1:1"})
    assert "“Crop” is only for images." in shown(librarian, address)


def test_a_field_is_set_as_the_preview_shows_and_taken_back(
    clips: list[Asset], librarian: Client, maker: Member
) -> None:
    values.set_values(clips[0], {"campaign": "Frost"}, by=maker)
    address = opened(librarian, {"asset": [clip.pk for clip in clips]})
    assert "As in the plan." in shown(librarian, address)
    chosen = {"how-campaign": "set", "own-campaign": "Sunburst", "how-lines": "add", "own-lines": ["soda"]}
    librarian.post(address, chosen)
    page = shown(librarian, address)
    for sentence in (
        "Set “Campaign” to: Sunburst",
        "Add to “Lines”: Soda",
        "Campaign: Frost → Sunburst",
        "Campaign: empty → Sunburst",
        "3 clips will change.",
    ):
        assert sentence in page
    start(librarian, address)
    run(address)
    page = shown(librarian, address)
    assert "3 clips changed." in page
    assert "Campaign: Frost → Sunburst" in page
    assert "Set “Campaign” to: Sunburst · Add to “Lines”: Soda" in shown(librarian, "/b/northwind/bulk/")
    librarian.post(f"{address}undo/")
    run(address)
    assert values.of_one(clips[0]) == {"campaign": ("Frost",)}


def test_a_value_stays_as_long_as_it_isnt_asked_for(clips: list[Asset], librarian: Client) -> None:
    address = opened(librarian, {"asset": clips[0].pk})
    answer = librarian.post(address, {"own-campaign": "Sunburst", "how-campaign": ""})
    assert answer.status_code == 422
    assert "Choose at least one change." in answer.content.decode()


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"how-budget": "set", "own-budget": "a lot"}, "“Budget” takes a number, such as 12 or 12.5."),
        ({"how-campaign": "set", "own-campaign": " "}, "Enter the value, or choose Keep."),
        ({"how-lines": "add"}, "Enter the value, or choose Keep."),
        ({"how-lines": "add", "own-lines": "wine"}, "Select a valid choice."),
        ({"how-campaign": "add", "own-campaign": "x"}, "Select a valid choice."),
    ],
)
def test_what_no_clip_could_have_is_said_beside_its_field(
    clips: list[Asset], librarian: Client, sent: dict[str, str], sentence: str
) -> None:
    address = opened(librarian, {"asset": clips[0].pk})
    answer = librarian.post(address, sent)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert sentence in page
    assert '<details class="disclosure" open>' in page
    assert BulkEdit.objects.get().change == {}


def test_a_retired_field_is_neither_offered_nor_set(clips: list[Asset], librarian: Client) -> None:
    address = opened(librarian, {"asset": clips[0].pk})
    assert "own-old" not in shown(librarian, address)
    assert librarian.post(address, {"how-old": "set", "own-old": "x"}).status_code == 422


def test_who_only_collects_is_offered_no_fields(clips: list[Asset], maker: Member, sign_in: SignIn) -> None:
    reviewer = sign_in(Role.LEGAL_REVIEWER)
    address = opened(reviewer, {"asset": clips[0].pk})
    assert "own-campaign" not in shown(reviewer, address)
    assert reviewer.post(address, {"how-campaign": "set", "own-campaign": "x"}).status_code == 422
