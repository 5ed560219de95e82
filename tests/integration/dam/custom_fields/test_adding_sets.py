"""Ready-made sets of fields: previewed, added in the brand's language, taken back while nothing is lost."""

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import translation

from dam.accounts.capabilities import Role
from dam.accounts.principals import Member
from dam.audit.models import Event
from dam.audit.verbs import Verb
from dam.custom_fields import adding_sets, fields, ready_made, schema, values
from dam.custom_fields.adding_sets import NothingToAdd, NotTakenBack
from dam.custom_fields.definitions import Kind, Schema
from dam.custom_fields.models import CustomField
from dam.custom_fields.planning import FieldRefused, Wish
from tests.factories import BrandFactory, VersionFactory, member

pytestmark = pytest.mark.django_db


@pytest.fixture
def librarian() -> Member:
    return member(BrandFactory.create(), Role.LIBRARIAN)


@pytest.fixture
def signed_in(librarian: Member, client: Client) -> Client:
    client.force_login(librarian.user)
    return client


def add(name: str, by: Member) -> list[adding_sets.Planned]:
    return adding_sets.add(adding_sets.found(name), by=by)


def now(by: Member) -> Schema:
    return schema.read(by.brand.pk)


def newest(by: Member) -> adding_sets.Added:
    return adding_sets.taken_back(by.brand)[0]


def told(*args: str, **options: Any) -> str:
    out = StringIO()
    call_command("fields", *args, stdout=out, **options)
    return out.getvalue()


@pytest.mark.parametrize("name", [each.name for each in ready_made.SETS])
@pytest.mark.parametrize("language", ["en", "de", "fr"])
def test_each_set_can_be_added_in_each_language(librarian: Member, name: str, language: str) -> None:
    librarian.brand.language = language
    librarian.brand.save()
    planned = add(name, librarian)
    assert all(each.is_new for each in planned)
    made = now(librarian)
    assert list(made) == [each.key for each in adding_sets.found(name).fields]
    with translation.override(language):
        assert [each.title for each in made.fields] == [
            str(each.title) for each in adding_sets.found(name).fields
        ]


def test_names_are_in_the_language_of_the_brand_whoever_adds_them(librarian: Member) -> None:
    librarian.brand.language = "de"
    librarian.brand.save()
    with translation.override("fr"):
        add("talent", librarian)
    assert now(librarian)["performers"].title == "Mitwirkende"


def test_fields_that_are_there_by_search_name_or_name_are_left_alone(librarian: Member) -> None:
    kept = fields.make(Wish("Our campaigns"), kind=Kind.TEXT, by=librarian, key="campaign")
    fields.retire(kept, by=librarian)
    fields.make(Wish("MARKET"), kind=Kind.LINK, by=librarian, key="where")
    planned = {each.field.key: each for each in add("campaign", librarian)}
    assert planned["campaign"].there is not None
    assert planned["campaign"].there.retired
    assert planned["market"].there is not None
    assert planned["market"].there.key == "where"
    made = now(librarian)
    assert made["campaign"].title == "Our campaigns"
    assert made["campaign"].retired
    assert set(made) == {"campaign", "where", "flight_start", "flight_end", "budget_owner"}
    with pytest.raises(NothingToAdd):
        add("campaign", librarian)


def test_all_of_a_set_is_added_or_nothing(librarian: Member, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fields, "MOST_FIELDS", 2)
    was = librarian.brand.fields_at
    with pytest.raises(FieldRefused):
        add("talent", librarian)
    assert not now(librarian)
    assert librarian.brand.fields_at == was
    assert not Event.objects.filter(verb=Verb.FIELD_CREATED).exists()


def test_an_unused_set_is_taken_back_and_can_be_added_again(librarian: Member) -> None:
    fields.make(Wish("Agency"), kind=Kind.TEXT, by=librarian)
    add("social", librarian)
    added = newest(librarian)
    assert added.fields == ("Channel", "Post format", "Call to action", "Posting date")
    adding_sets.take_back(added.sequence, by=librarian)
    assert list(now(librarian)) == ["agency"]
    assert list(schema.of(librarian.brand)) == ["agency"]
    assert adding_sets.taken_back(librarian.brand) == []
    with pytest.raises(NotTakenBack):
        adding_sets.take_back(added.sequence, by=librarian)
    add("social", librarian)
    assert [each.fields for each in adding_sets.taken_back(librarian.brand)] == [added.fields]


def test_a_set_with_something_filled_in_or_changed_stays(librarian: Member) -> None:
    add("talent", librarian)
    first = newest(librarian)
    clip = VersionFactory.create(asset__brand=librarian.brand, asset__created_by=librarian.user).asset
    values.set_values(clip, {"performers": "Ada"}, by=librarian)
    assert adding_sets.taken_back(librarian.brand) == []
    with pytest.raises(NotTakenBack):
        adding_sets.take_back(first.sequence, by=librarian)
    values.set_values(clip, {"performers": ""}, by=librarian)
    assert newest(librarian) == first
    row = CustomField.objects.get(key="performers")
    fields.edit(row, Wish("Cast"), by=librarian)
    with pytest.raises(NotTakenBack):
        adding_sets.take_back(first.sequence, by=librarian)
    assert len(now(librarian)) == 3
    assert values.of([clip], known=now(librarian))[clip.pk] == {}


def test_another_brands_set_is_not_taken_back(librarian: Member) -> None:
    other = member(BrandFactory.create(), Role.ADMIN)
    add("music", other)
    with pytest.raises(NotTakenBack):
        adding_sets.take_back(newest(other).sequence, by=librarian)
    assert len(now(other)) == 3


def test_the_command_lists_sets_tries_one_and_adds_it(librarian: Member) -> None:
    slug = librarian.brand.slug
    fields.make(Wish("Composer"), kind=Kind.TEXT, by=librarian)
    assert "music: Music and sound (composer (there), publisher, licence_number)" in told("add", slug)
    said = told("add", slug, set="music", dry_run=True)
    assert "composer: Composer (left alone, composer is there)" in said
    assert "publisher: Publisher (would be made)" in said
    assert len(now(librarian)) == 1
    assert "publisher: Publisher (made)" in told("add", slug, set="music")
    assert now(librarian)["publisher"].clip_kinds == {"video", "sound"}
    with pytest.raises(CommandError, match="There are: campaign"):
        told("add", slug, set="nothing")


def test_a_set_is_previewed_added_and_undone_in_the_administration(
    librarian: Member, signed_in: Client
) -> None:
    def address(name: str, *args: object) -> str:
        return reverse(name, args=[librarian.brand.slug, *args])

    assert address("field-set", "talent") in signed_in.get(address("fields")).content.decode()
    fields.make(Wish("Cast"), kind=Kind.TEXT, by=librarian, key="performers")
    assert "Adds 2 fields" in signed_in.get(address("field-sets")).content.decode()
    preview = signed_in.get(address("field-set", "talent")).content.decode()
    assert "release_on_file:" in preview
    assert "Your field “Cast” has the search name performers." in preview
    assert len(now(librarian)) == 1
    assert signed_in.post(address("field-set", "talent")).status_code == 302
    page = signed_in.get(address("fields")).content.decode()
    assert "The set “Talent and consents” was added" in page
    assert "2 fields added." in page
    again = signed_in.post(address("field-set", "talent"))
    assert "The brand already has all of these fields." in again.content.decode()
    signed_in.post(address("field-set-undo"), {"event": newest(librarian).sequence})
    assert list(now(librarian)) == ["performers"]
    assert "was added" not in signed_in.get(address("fields")).content.decode()
    assert signed_in.get(address("field-set", "nothing")).status_code == 404
    assert signed_in.post(address("field-set-undo"), {"event": "x"}).status_code == 302
