"""A brand's own fields: administered, and filled in on the page of a clip."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from dam.accounts.capabilities import Role
from dam.accounts.principals import Member
from dam.audit.models import Event
from dam.catalog.models import Asset, AssetKind
from dam.custom_fields import fields, schema, values
from dam.custom_fields.definitions import Kind
from dam.custom_fields.models import CustomField
from dam.custom_fields.planning import OptionWish, Wish
from tests.factories import BrandFactory, VersionFactory, member

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def librarian() -> Member:
    return member(BrandFactory.create(), Role.LIBRARIAN)


@pytest.fixture
def signed_in(librarian: Member, client: Client) -> Client:
    client.force_login(librarian.user)
    return client


@pytest.fixture
def clip(librarian: Member) -> Asset:
    return VersionFactory.create(asset__brand=librarian.brand, asset__created_by=librarian.user).asset


def a_field(by: Member, kind: Kind = Kind.TEXT, title: str = "Agency", **more: Any) -> CustomField:
    return fields.make(Wish(title, **more), kind=kind, by=by)


def seasons(by: Member, kind: Kind = Kind.CHOICE) -> CustomField:
    return a_field(by, kind, "Season", options=(OptionWish("Summer"), OptionWish("Winter")))


def address(name: str, by: Member, *args: object) -> str:
    return reverse(name, args=[by.brand.slug, *args])


def now(by: Member) -> Any:
    by.brand.refresh_from_db()
    return schema.of(by.brand)


def test_a_field_is_made_in_the_administration(librarian: Member, signed_in: Client) -> None:
    kinds = signed_in.get(address("field-add", librarian)).content.decode()
    assert "?kind=multi_choice" in kinds
    sent = {"title": "Season", "new_options": "Summer\n\n Winter ", "required": "on", "in_filters": "on"}
    made = signed_in.post(f"{address('field-add', librarian)}?kind=choice", sent)
    assert made.status_code == 302
    field = now(librarian)["season"]
    assert (field.required, [option.label for option in field.options]) == (True, ["Summer", "Winter"])
    assert "season:" in signed_in.get(address("fields", librarian)).content.decode()


def test_what_is_wrong_stands_beside_its_input(librarian: Member, signed_in: Client) -> None:
    answer = signed_in.post(f"{address('field-add', librarian)}?kind=choice", {"title": "Season"})
    assert answer.status_code == 422
    assert "Add at least one option." in answer.content.decode()


def test_options_move_in_the_form_and_are_saved_with_it(librarian: Member, signed_in: Client) -> None:
    row = seasons(librarian)
    sent = {
        "title": "Season",
        "revision": "0",
        "option": ["summer", "winter"],
        "label-summer": "Summer",
        "label-winter": "Cold",
        "offered": ["summer", "winter"],
    }
    moved = signed_in.post(address("field-edit", librarian, row.pk), {**sent, "move": "winter:up"})
    shown = moved.content.decode()
    assert shown.index('value="Cold"') < shown.index('value="Summer"')
    assert [option.label for option in now(librarian)["season"].options] == ["Summer", "Winter"]
    signed_in.post(address("field-edit", librarian, row.pk), {**sent, "option": ["winter", "summer"]})
    assert [option.label for option in now(librarian)["season"].options] == ["Cold", "Summer"]


def test_of_two_who_edit_a_field_the_second_is_asked(librarian: Member, signed_in: Client) -> None:
    row = a_field(librarian)
    fields.edit(row, Wish("Studio"), by=librarian, revision=0)
    sent = {"title": "House", "revision": "0"}
    answer = signed_in.post(address("field-edit", librarian, row.pk), sent)
    assert answer.status_code == 422
    assert 'name="revision" value="1"' in answer.content.decode()
    assert now(librarian)["agency"].title == "Studio"


def test_an_option_that_came_meanwhile_stays_when_the_form_is_sent_again(
    librarian: Member, signed_in: Client
) -> None:
    row = seasons(librarian)
    both = (OptionWish("Summer", "summer"), OptionWish("Winter", "winter"))
    fields.edit(row, Wish("Season", options=(*both, OptionWish("Spring"))), by=librarian, revision=0)
    sent = {"title": "Time", "option": ["summer", "winter"], "offered": ["summer", "winter"]}
    signed_in.post(address("field-edit", librarian, row.pk), {**sent, "revision": "1"})
    assert [option.label for option in now(librarian)["season"].offered] == ["Summer", "Winter", "Spring"]


def test_an_option_tied_to_a_retired_one_stays_tied_when_its_field_is_saved(
    librarian: Member, signed_in: Client
) -> None:
    above = seasons(librarian)
    tied = OptionWish("Snow", only_with=frozenset({"winter"}))
    row = a_field(librarian, Kind.CHOICE, "Weather", depends_on="season", options=(tied,))
    fields.edit(above, Wish("Season", options=(OptionWish("Summer", "summer"),)), by=librarian)
    page = signed_in.get(address("field-edit", librarian, row.pk)).content.decode()
    assert re.search(r'name="with-snow"\s+value="winter"\s+checked', page)


def test_another_brands_field_is_not_there(librarian: Member, signed_in: Client) -> None:
    row = a_field(member(BrandFactory.create(), Role.ADMIN))
    assert signed_in.get(address("field-edit", librarian, row.pk)).status_code == 404
    assert signed_in.post(address("field-act", librarian, row.pk, "retire")).status_code == 404


def test_a_field_is_retired_and_restored(librarian: Member, signed_in: Client) -> None:
    row = a_field(librarian)
    signed_in.post(address("field-act", librarian, row.pk, "retire"))
    assert now(librarian)["agency"].retired
    signed_in.post(address("field-act", librarian, row.pk, "restore"))
    assert not now(librarian)["agency"].retired
    assert signed_in.post(address("field-act", librarian, row.pk, "explode")).status_code == 404


def test_a_clip_is_filled_in_in_its_place_and_taken_back(
    librarian: Member, signed_in: Client, clip: Asset
) -> None:
    seasons(librarian, Kind.MULTI_CHOICE)
    form = signed_in.get(address("asset-fields", librarian, clip.pk), headers=HTMX).content.decode()
    assert "<html" not in form
    assert 'name="own-season"' in form
    sent = {"own-season": ["winter", "summer"], "was-season": "[]"}
    saved = signed_in.post(address("asset-fields", librarian, clip.pk), sent, headers=HTMX)
    assert "Summer" in saved.content.decode()
    event = Event.objects.get(verb="asset.edited")
    assert f'name="event" value="{event.sequence}"' in saved.content.decode()
    signed_in.post(address("asset-fields-undo", librarian, clip.pk), {"event": event.sequence})
    assert values.of([clip], known=now(librarian))[clip.pk] == {}


def test_whoever_uploads_reads_which_fields_a_review_waits_for(librarian: Member, signed_in: Client) -> None:
    library = reverse("library", args=[librarian.brand.slug])
    note = "To fill in on each clip before its review"
    a_field(librarian, title="Notes")
    assert note not in signed_in.get(library).content.decode()
    for title in ("Agency", "Old", "Budget"):
        a_field(librarian, title=title, required=True)
    fields.retire(CustomField.objects.get(title="Old"), by=librarian)
    assert f"{note}: Agency and Budget." in signed_in.get(library).content.decode()
    viewer = Client()
    viewer.force_login(member(librarian.brand, Role.VIEWER).user)
    assert note not in viewer.get(library).content.decode()


def test_nothing_is_offered_to_be_undone_where_nothing_changed(
    librarian: Member, signed_in: Client, clip: Asset
) -> None:
    a_field(librarian)
    values.set_values(clip, {"agency": "Ours"}, by=librarian)
    sent = {"own-agency": "Ours", "was-agency": '["Ours"]'}
    saved = signed_in.post(address("asset-fields", librarian, clip.pk), sent, headers=HTMX).content.decode()
    assert "Ours" in saved
    assert 'name="event"' not in saved


def test_the_history_of_a_clip_takes_back_what_it_set(
    librarian: Member, signed_in: Client, clip: Asset
) -> None:
    a_field(librarian)
    values.set_values(clip, {"agency": "Ours"}, by=librarian)
    shown = signed_in.get(address("asset", librarian, clip.pk), {"tab": "activity"}).content.decode()
    assert "Agency: empty → “Ours”" in shown
    assert address("asset-fields-undo", librarian, clip.pk) in shown


def test_unticking_all_boxes_takes_the_options_away(
    librarian: Member, signed_in: Client, clip: Asset
) -> None:
    seasons(librarian, Kind.MULTI_CHOICE)
    values.set_values(clip, {"season": "summer"}, by=librarian)
    signed_in.post(address("asset-fields", librarian, clip.pk), {"was-season": '["summer"]'})
    assert values.of([clip], known=now(librarian))[clip.pk] == {}


def test_what_others_changed_meanwhile_is_shown_and_kept_until_sent_again(
    librarian: Member, signed_in: Client, clip: Asset
) -> None:
    a_field(librarian)
    values.set_values(clip, {"agency": "Theirs"}, by=librarian)
    sent = {"own-agency": "Mine", "was-agency": "[]"}
    answer = signed_in.post(address("asset-fields", librarian, clip.pk), sent)
    assert answer.status_code == 422
    assert "It now reads “Theirs”" in answer.content.decode()
    again = {"own-agency": "Mine", "was-agency": '["Theirs"]'}
    signed_in.post(address("asset-fields", librarian, clip.pk), again)
    assert values.of([clip], known=now(librarian))[clip.pk] == {"agency": ("Mine",)}


def test_whom_others_chose_meanwhile_is_named(librarian: Member, signed_in: Client, clip: Asset) -> None:
    a_field(librarian, Kind.PERSON, "Producer")
    other = member(librarian.brand, Role.BRAND_REVIEWER)
    assert librarian.user is not None
    assert other.user is not None
    values.set_values(clip, {"producer": other.user.email}, by=librarian)
    sent = {"own-producer": str(librarian.user.pk), "was-producer": "[]"}
    answer = signed_in.post(address("asset-fields", librarian, clip.pk), sent)
    assert f"It now reads “{other.user}”" in answer.content.decode()


@pytest.mark.parametrize("was", ["", "nonsense", "{}", "[1]", "[" * 3000])
def test_a_form_that_isnt_ours_breaks_nothing(
    librarian: Member, signed_in: Client, clip: Asset, was: str
) -> None:
    a_field(librarian)
    sent = {"own-agency": "Mine", "was-agency": was}
    assert signed_in.post(address("asset-fields", librarian, clip.pk), sent).status_code == 302


def test_a_wrong_value_is_told_beside_its_input(librarian: Member, signed_in: Client, clip: Asset) -> None:
    a_field(librarian, Kind.NUMBER, "Budget")
    answer = signed_in.post(address("asset-fields", librarian, clip.pk), {"own-budget": "much"})
    assert answer.status_code == 422
    assert "takes a number" in answer.content.decode()


def test_a_field_may_be_called_as_a_form_calls_its_parts(
    librarian: Member, signed_in: Client, clip: Asset
) -> None:
    for key in ("errors", "visible", "hidden_fields"):
        fields.make(Wish(f"My {key}"), kind=Kind.TEXT, by=librarian, key=key)
    shown = signed_in.get(address("asset-fields", librarian, clip.pk)).content.decode()
    assert shown.count("My ") >= 3


def test_viewers_are_shown_values_and_no_empty_fields(
    librarian: Member, client: Client, released_clip: Asset
) -> None:
    a_field(librarian)
    a_field(librarian, title="Budget code")
    a_field(librarian, Kind.LINK, "Ticket")
    values.set_values(
        released_clip, {"agency": "<b>Ours</b>", "ticket": "https://example.com/?a=1&b=2"}, by=librarian
    )
    client.force_login(member(librarian.brand, Role.VIEWER).user)
    shown = client.get(address("asset", librarian, released_clip.pk)).content.decode()
    assert "&lt;b&gt;Ours&lt;/b&gt;" in shown
    assert 'href="https://example.com/?a=1&amp;b=2"' in shown
    assert "Budget code" not in shown
    assert "Edit fields" not in shown


@pytest.fixture
def released_clip(librarian: Member) -> Asset:
    version = VersionFactory.create(
        asset__brand=librarian.brand, asset__created_by=librarian.user, approval="approved"
    )
    return version.asset


def image(by: Member) -> Asset:
    made: Asset = VersionFactory.create(
        asset__brand=by.brand, asset__created_by=by.user, kind=AssetKind.STILL
    ).asset
    return made


def test_a_field_is_given_kinds_of_clip_in_the_administration(librarian: Member, signed_in: Client) -> None:
    a_field(librarian, title="Crop")
    row = CustomField.objects.get()
    sent = {"title": "Crop", "revision": "0", "clip_kinds": ["video", "still"]}
    assert signed_in.post(address("field-edit", librarian, row.pk), sent).status_code == 302
    assert now(librarian)["crop"].clip_kinds == {"video", "still"}
    assert "only for videos and images" in signed_in.get(address("fields", librarian)).content.decode()
    form = signed_in.get(address("field-edit", librarian, row.pk)).content.decode()
    assert len(re.findall(r'name="clip_kinds"[^>]*checked', form)) == 2
    wrong = signed_in.post(address("field-edit", librarian, row.pk), {**sent, "clip_kinds": ["smell"]})
    assert wrong.status_code == 422


def test_a_clips_page_and_form_have_the_fields_of_its_kind(
    librarian: Member, signed_in: Client, clip: Asset
) -> None:
    a_field(librarian, title="Agency")
    a_field(librarian, title="Crop", clip_kinds=frozenset({"video"}), required=True)
    other = image(librarian)
    for asset, has in ((clip, True), (other, False)):
        for page in (address("asset", librarian, asset.pk), address("asset-fields", librarian, asset.pk)):
            shown = signed_in.get(page).content.decode()
            assert "Agency" in shown
            assert ("Crop" in shown) == has
    saved = signed_in.post(
        address("asset-fields", librarian, other.pk), {"own-agency": "Ours", "own-crop": "16:9"}
    )
    assert saved.status_code == 302
    assert values.of([other], known=now(librarian))[other.pk] == {"agency": ("Ours",)}


def test_what_a_clip_of_another_kind_has_kept_is_shown_with_a_note_and_can_be_cleared(
    librarian: Member, signed_in: Client
) -> None:
    a_field(librarian, title="Crop")
    other = image(librarian)
    values.set_values(other, {"crop": "16:9"}, by=librarian)
    row = CustomField.objects.select_related("brand").get()
    fields.edit(row, Wish("Crop", clip_kinds=frozenset({"video"}), required=True), by=librarian)
    page = signed_in.get(address("asset", librarian, other.pk)).content.decode()
    assert "Only for videos." in page
    assert "16:9" in page
    form = address("asset-fields", librarian, other.pk)
    assert "Only for videos. Leave it as it is, or clear it." in signed_in.get(form).content.decode()
    was = {"was-crop": '["16:9"]'}
    refused = signed_in.post(form, {"own-crop": "1:1", **was})
    assert refused.status_code == 422
    assert "“Crop” is only for videos." in refused.content.decode()
    assert signed_in.post(form, {"own-crop": "16:9", **was}).status_code == 302
    assert signed_in.post(form, {"own-crop": "", **was}).status_code == 302
    assert "Crop" not in signed_in.get(form).content.decode()


def test_the_list_of_uploads_says_for_which_clips_a_field_is_required(
    librarian: Member, signed_in: Client
) -> None:
    a_field(librarian, title="Agency", required=True)
    a_field(librarian, title="Crop", clip_kinds=frozenset({"video", "still"}), required=True)
    page = signed_in.get(address("library", librarian)).content.decode()
    assert "before its review: Agency and Crop (videos and images)." in page
