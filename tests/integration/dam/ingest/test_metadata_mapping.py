"""What becomes of the words that a file brings along: a beginning, and nothing goes over what people say."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand, User
from dam.accounts.principals import Member
from dam.catalog.models import Asset, Tag, Version
from dam.ingest import details, importer, registration
from dam.ingest.details import Details
from dam.search import fulltext, search
from dam.search.results import Part
from dam.search.tagging import suggested_tags
from dam.search.tagging.models import SuggestedTag
from dam.web import metadata_rows
from tests import embedded_factory as factory
from tests.factories import member, principal, release

pytestmark = pytest.mark.django_db


@pytest.fixture
def librarian(brand: Brand) -> Member:
    return member(brand, Role.LIBRARIAN)


def take(
    path: Path, brand: Brand, creator: User, *, packet: bytes | None = None, seed: int = 0, **how: Any
) -> Version:
    factory.picture(path, packet=factory.xmp() if packet is None else packet, seed=seed)
    version = importer.take_from_disk(path, brand=brand, user=creator, **how)
    return Version.objects.select_related("asset", "brand").get(pk=version.pk)


@pytest.fixture
def told(tmp_path: Path, brand: Brand, creator: User) -> Version:
    return take(tmp_path / "IMG_0001.png", brand, creator)


def waiting(version: Version, person: Member) -> list[str]:
    return [row.name for row in suggested_tags.open_for(version, principal=person)]


def test_a_new_clip_begins_with_what_its_file_says(told: Version, librarian: Member) -> None:
    assert (told.asset.title, told.asset.description) == ("Penguin at noon", "It walks.\nSlowly.")
    assert told.declared_origin == ""  # which is what people say
    assert waiting(told, librarian) == ["penguin", "ice", "snow"]
    assert not told.asset.tags.exists()
    assert not Tag.objects.exists()


def test_a_file_without_a_title_is_called_by_its_name(tmp_path: Path, brand: Brand, creator: User) -> None:
    version = take(tmp_path / "at_noon.png", brand, creator, packet=factory.xmp("", source_type=""))
    assert (version.asset.title, version.asset.description, version.declared_origin) == ("at noon", "", "")


def test_what_its_sender_says_goes_before(tmp_path: Path, brand: Brand, creator: User) -> None:
    said = Details(title="Mine", tags=("penguin",), declared_origin="composite")
    version = take(tmp_path / "a.png", brand, creator, said=said)
    assert (version.asset.title, version.declared_origin) == ("Mine", "composite")
    assert waiting(version, principal(creator, brand)) == ["ice", "snow"]


def test_a_next_version_leaves_the_words_of_its_clip(
    told: Version, tmp_path: Path, brand: Brand, creator: User, librarian: Member
) -> None:
    Asset.objects.update(title="Typed", description="")
    suggested_tags.dismiss(told.asset, SuggestedTag.objects.get(keyword="ice").pk, by=librarian)
    second = take(tmp_path / "b.png", brand, creator, asset=told.asset, seed=1)
    assert (second.asset.title, second.asset.description, second.number) == ("Typed", "", 2)
    assert waiting(second, librarian) == ["penguin", "snow"]


def test_the_same_file_once_more_says_the_same(
    told: Version, tmp_path: Path, brand: Brand, creator: User
) -> None:
    other = take(tmp_path / "b.png", brand, creator, packet=factory.xmp("", source_type=""), seed=1)
    again = registration.repeat(told, asset=other.asset, user=creator)
    assert again.media_info["embedded"]["texts"]["title"] == "Penguin at noon"
    said = metadata_rows.of(again, principal=principal(creator, brand))
    assert (again.declared_origin, said.declared_origin) == ("", "AI-generated")


def test_a_keyword_becomes_a_tag_when_it_is_accepted(told: Version, librarian: Member) -> None:
    row = SuggestedTag.objects.get(keyword="snow")
    assert suggested_tags.accept(told.asset, [row.pk], by=librarian) == ["snow"]
    assert [tag.name for tag in told.asset.tags.all()] == ["snow"]
    assert waiting(told, librarian) == ["penguin", "ice"]


def test_a_word_that_can_be_no_tag_is_shown_and_not_suggested(
    tmp_path: Path, brand: Brand, creator: User, librarian: Member
) -> None:
    subject = (
        f"<dc:subject><rdf:Bag><rdf:li>{'long ' * 30}</rdf:li><rdf:li>ice</rdf:li></rdf:Bag></dc:subject>"
    )
    version = take(tmp_path / "a.png", brand, creator, packet=factory.xmp(subject))
    assert waiting(version, librarian) == ["ice"]
    rows = {row.title: row.text for row in metadata_rows.of(version, principal=librarian).rows}
    assert rows["Keywords"].startswith("long long")


def test_an_import_adds_keywords_as_tags_where_it_is_asked_to(
    tmp_path: Path, brand: Brand, creator: User, librarian: Member
) -> None:
    factory.picture(tmp_path / "a.png", packet=factory.xmp())
    (tmp_path / "a.png.json").write_text(json.dumps({"tags": ["hero", "ice"]}))
    call_command("import", str(tmp_path), "--brand", brand.slug, "--keywords", "add", stdout=StringIO())
    version = Version.objects.select_related("asset", "brand").get()
    assert {tag.name for tag in version.asset.tags.all()} == {"hero", "ice", "penguin", "snow"}
    assert waiting(version, librarian) == []


def test_its_words_are_found_and_shown_as_the_reason(told: Version, librarian: Member) -> None:
    Asset.objects.update(title="Typed", description="")

    def found(words: str, person: Member) -> list[list[Part]]:
        hits = search.find(person, words=words).hits
        return [[passage.part for passage in hit.passages] for hit in hits]

    assert found("editorial", librarian) == [[Part.FILE]]
    assert found("snow", librarian) == [[Part.FILE]]
    assert found("tobogganing", librarian) == [[Part.PROMPT]]


def test_what_its_clip_says_too_is_not_shown_as_the_files(told: Version, librarian: Member) -> None:
    (hit,) = search.find(librarian, words="noon").hits
    assert Part.FILE not in [passage.part for passage in hit.passages]


def test_a_viewer_finds_a_released_clip_by_its_public_words_alone(
    told: Version, brand: Brand, librarian: Member
) -> None:
    told.media_info["embedded"]["texts"]["comment"] = "workflow nineteen"
    told.save(update_fields=["media_info"])
    fulltext.refresh(told.asset)
    release(told)
    viewer = member(brand, Role.VIEWER)

    def found(words: str, person: Member) -> list[Asset]:
        return [hit.asset for hit in search.find(person, words=words).hits]

    for words in ("editorial", "noon", "snow", "agency"):
        assert found(words, viewer) == [told.asset], words
    for words in ("tobogganing", "glacier", "nineteen", "workflow"):
        assert found(words, viewer) == [], words
        assert found(words, librarian) == [told.asset], words


def test_the_page_shows_what_is_said_and_where(told: Version, librarian: Member, client: Client) -> None:
    client.force_login(librarian.user)
    page = client.get(reverse("asset", args=[told.brand.slug, told.asset_id])).content.decode()
    for text in ("From the file", "Aster / Agency", "AI-generated", "Glacier", "tobogganing"):
        assert text in page
    assert "as declared in the file" in page
    listing = client.get(reverse("asset-suggested-tags", args=[told.brand.slug, told.asset_id]))
    assert "From the file" in listing.content.decode()
    answer = {"answer": "accept"}
    row = SuggestedTag.objects.get(keyword="penguin")
    client.post(reverse("asset-suggested-tag", args=[told.brand.slug, told.asset_id, row.pk]), answer)
    assert told.asset.tags.get().name == "penguin"


def test_how_it_was_made_is_for_those_who_work_with_drafts(
    told: Version, brand: Brand, librarian: Member
) -> None:
    told.media_info["embedded"]["texts"]["comment"] = "workflow"
    made = {"AI system", "AI system version", "AI prompt", "Comment"}
    titles = {row.title for row in metadata_rows.of(told, principal=member(brand, Role.VIEWER)).rows}
    assert "Credit line" in titles
    assert not made & titles
    assert made <= {row.title for row in metadata_rows.of(told, principal=librarian).rows}


def test_a_prompt_in_place_of_a_title_is_not_put_onto_the_clip(
    tmp_path: Path, brand: Brand, creator: User
) -> None:
    packet = factory.with_title("a penguin --ar 16:9 --v 6").replace(b"title", b"description")
    asset = take(tmp_path / "at_noon.png", brand, creator, packet=packet).asset
    assert (asset.title, asset.description) == ("at noon", "")
    other = take(tmp_path / "b.png", brand, creator, packet=factory.with_title("ice --v 6"), seed=1)
    assert other.asset.title == "b"


def test_what_cannot_be_read_is_said(tmp_path: Path, brand: Brand, creator: User, librarian: Member) -> None:
    version = take(tmp_path / "a.jpg", brand, creator, packet=b"no XML")
    assert version.asset.title == "a"
    (note,) = metadata_rows.of(version, principal=librarian).notes
    assert "XMP" in note


def test_a_statement_about_the_origin_can_be_corrected_later(told: Version, creator: User) -> None:
    said = Details(declared_origin="camera")
    assert details.put_on(told, said, own=True, by=principal(creator, told.brand)) == ""
    told.refresh_from_db()
    assert told.declared_origin == "camera"
    assert metadata_rows.of(told, principal=principal(creator, told.brand)).declared_origin == ""
