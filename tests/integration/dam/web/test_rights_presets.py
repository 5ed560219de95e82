"""Presets of terms: their pages, and the form of the tab Rights that they fill in."""

import pytest
from django.test import Client
from django.urls import reverse

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand
from dam.accounts.principals import Member
from dam.audit.models import Event
from dam.audit.verbs import Verb
from dam.catalog.models import Version
from dam.rights import presets, statements
from dam.rights.models import RightsPreset
from dam.rights.preset_terms import Period, PresetTerms
from dam.rights.statements import Statements
from dam.web import audit_changes
from tests.factories import BrandFactory, VersionFactory, member

SENT = {"revision": "0", "name": "Web worldwide, one year", "uses": ["web"], "territories": "worldwide"}
YEAR = {**SENT, "period": "months", "length": "12", "restriction": "No  paid media"}


def browser(person: Member) -> Client:
    client = Client()
    client.force_login(person.user)
    return client


@pytest.fixture
def admin(brand: Brand) -> Member:
    return member(brand, Role.ADMIN)


def post(admin: Member, page: str, *args: object, **sent: object) -> str:
    address = reverse(page, args=[admin.brand.slug, *args])
    return browser(admin).post(address, sent, follow=True).content.decode()


def test_a_preset_is_added_changed_deleted_and_restored(admin: Member) -> None:
    shown = post(admin, "rights-preset-add", **YEAR)
    assert "Web, worldwide, 12 months from the approval" in shown
    assert "Restriction: No paid media" in shown
    preset = RightsPreset.objects.get(brand=admin.brand)
    assert presets.terms_of(preset) == PresetTerms(
        ("web",), ("worldwide",), Period.MONTHS, 12, stated=Statements(restriction="No paid media")
    )
    post(admin, "rights-preset-edit", preset.pk, **{**YEAR, "uses": ["social"], "length": "6"})
    event = Event.objects.get(verb=Verb.RIGHTS_PRESET_EDITED)
    assert "Uses: + social media, − web" in audit_changes.of(event)
    assert "Length of the period: “12” → “6”" in audit_changes.of(event)
    assert "Deleted presets" in post(admin, "rights-preset-delete", preset.pk)
    assert not presets.of(admin.brand).exists()
    assert "was restored" in post(admin, "rights-preset-restore", preset.pk)
    assert [each.name for each in presets.of(admin.brand)] == ["Web worldwide, one year"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": " "}, "This field is required."),
        ({"period": "days", "length": ""}, "Enter a number from 1 to"),
        ({"period": "until"}, "Enter the last day of use."),
        ({"territories": "Atlantis"}, "known country"),
        ({"uses": [], "territories": "", "restriction": ""}, "Say at least one thing"),
        ({"restriction": "x" * 301}, "At most 300 characters; this has 301."),
    ],
)
def test_a_preset_that_cant_be_kept_says_why(admin: Member, changes: dict[str, object], words: str) -> None:
    sent = {**SENT, "period": "", "restriction": "", **changes}
    assert words in post(admin, "rights-preset-add", **sent)
    assert not RightsPreset.objects.exists()


def test_one_name_is_taken_once_and_two_editors_are_told(admin: Member) -> None:
    post(admin, "rights-preset-add", **YEAR)
    assert "Another preset has this name" in post(admin, "rights-preset-add", **YEAR)
    preset = RightsPreset.objects.get()
    post(admin, "rights-preset-edit", preset.pk, **{**YEAR, "length": "6"})
    assert "Someone else changed this preset" in post(
        admin, "rights-preset-edit", preset.pk, **{**YEAR, "length": "3"}
    )


def test_the_examples_come_in_the_brands_language_and_once(admin: Member) -> None:
    Brand.objects.filter(pk=admin.brand.pk).update(language="de")
    empty = browser(admin).get(reverse("rights-presets", args=[admin.brand.slug])).content.decode()
    assert "3 Beispiele hinzufügen" in empty
    post(admin, "rights-preset-ship")
    post(admin, "rights-preset-ship")
    assert [each.name for each in presets.of(admin.brand)] == [
        "Web weltweit, ein Jahr",
        "Social Media in der EU, 6 Monate",
        "Intern, unbefristet",
    ]


def test_presets_of_another_brand_are_not_found(admin: Member) -> None:
    other = RightsPreset.objects.create(brand=BrandFactory.create(), name="Theirs", terms={"uses": ["web"]})
    address = reverse("rights-preset-edit", args=[admin.brand.slug, other.pk])
    assert browser(admin).get(address).status_code == 404


@pytest.fixture
def stating(brand: Brand, admin: Member) -> RightsPreset:
    said = Statements(credit_line="© Northwind", restriction="No paid media")
    return presets.add(by=admin, name="Social", terms=PresetTerms(stated=said))


def state(brand: Brand, version: Version, **sent: str) -> str:
    person = browser(member(brand, Role.CREATOR))
    address = reverse("asset-statements", args=[brand.slug, version.asset_id])
    return person.post(address, sent, headers={"HX-Request": "true"}).content.decode()


def test_a_preset_fills_in_the_statements_which_stay_to_be_changed(
    brand: Brand, stating: RightsPreset
) -> None:
    draft: Version = VersionFactory.create(asset__brand=brand)
    form = state(brand, draft, preset=str(stating.pk), fill="1", licence="Stock 12")
    for text in (
        "Filled in from “Social”",
        'value="Stock 12"',
        'value="© Northwind"',
        'value="No paid media"',
    ):
        assert text in form
    sent = {"preset": str(stating.pk), "filled": str(stating.pk), "credit_line": "© Northwind"}
    state(brand, draft, **sent, restriction="No paid media in France")
    assert statements.of(Version.objects.get(pk=draft.pk)).restriction == "No paid media in France"
    event = Event.objects.get(verb=Verb.ASSET_EDITED)
    assert event.data["preset"] == {
        "number": stating.pk, "revision": 0, "name": "Social", "changed": True
    }  # fmt: skip
    assert "From the preset “Social”, changed" in audit_changes.of(event)


def test_a_preset_that_was_chosen_and_not_filled_in_is_refused(brand: Brand, stating: RightsPreset) -> None:
    draft: Version = VersionFactory.create(asset__brand=brand)
    assert "Press “Fill in” to use this preset" in state(
        brand, draft, preset=str(stating.pk), licence="Stock"
    )
    assert not Event.objects.filter(verb=Verb.ASSET_EDITED).exists()


def test_no_preset_is_offered_where_there_is_none_that_states(brand: Brand, admin: Member) -> None:
    draft: Version = VersionFactory.create(asset__brand=brand)
    presets.add(by=admin, name="Web", terms=PresetTerms(("web",)))
    address = reverse("asset-statements", args=[brand.slug, draft.asset_id])
    assert "Fill in" not in browser(admin).get(address).content.decode()
