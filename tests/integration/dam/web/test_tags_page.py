"""The vocabulary of tags: synonyms, broader tags, renaming and merging."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from dam.accounts.capabilities import Role
from dam.accounts.principals import Member
from dam.audit.models import Event
from dam.bulk import edits, slices, tag_vocabulary
from dam.bulk.models import BulkEdit
from dam.catalog import tags
from dam.catalog.models import Asset, AssetKind, Tag, Version
from dam.search import fields, fulltext, hierarchy, named, search
from dam.search.hierarchy import HierarchyRefused
from dam.search.models import BroaderTag
from dam.search.query import Filters
from dam.search.tagging.models import SuggestedTag
from dam.web import audit_changes
from tests.factories import BrandFactory, VersionFactory, member

pytestmark = pytest.mark.django_db


@pytest.fixture
def librarian() -> Member:
    return member(BrandFactory.create(), Role.LIBRARIAN)


def clip(by: Member, *names: str) -> Asset:
    made: Asset = VersionFactory.create(
        asset__brand=by.brand, asset__created_by=by.user, asset__title=" ".join(names[:3]) or "bare"
    ).asset
    tags.assign(made, names)
    fulltext.refresh(made)
    return made


def row(by: Member, name: str) -> Tag:
    return Tag.objects.select_related("brand").get(brand=by.brand, name=name)


def found(by: Member, words: str = "", **filters: list[str]) -> set[str]:
    parsed = search.parse(words, by=by)
    return {asset.title for asset in search.among(by, parsed=parsed, filters=Filters(filters))}


def done(edit: BulkEdit, by: Member) -> BulkEdit:
    edits.start(edit, by=by)
    while slices.work(edit.pk):
        pass
    edit.refresh_from_db()
    return edit


def test_a_filter_by_a_tag_finds_what_is_narrower(librarian: Member) -> None:
    for name in ("lime", "fruit", "car"):
        clip(librarian, name)
    hierarchy.put(librarian.brand, "lime", "citrus")
    hierarchy.put(librarian.brand, "citrus", "fruit")
    assert found(librarian, "tag:fruit") == {"lime", "fruit"}
    assert found(librarian, tag=["citrus"]) == {"lime"}
    assert found(librarian, "-tag:fruit") == {"car"}
    results = search.find(librarian, words="lime tag:fruit", ask=lambda *_: None)
    assert [hit.asset.title for hit in results.hits] == ["lime"]


def test_a_tag_with_thousands_below_it_finds_the_last_of_them_too(librarian: Member) -> None:
    clip(librarian, "tag 2001")
    BroaderTag.objects.bulk_create(
        BroaderTag(brand=librarian.brand, tag=f"tag {number:04}", broader="all") for number in range(2002)
    )
    assert found(librarian, "tag:all") == {"tag 2001"}


def test_many_tags_and_collections_are_looked_up_at_once(librarian: Member) -> None:
    for name in ("lime", "fruit", "car"):
        clip(librarian, name)

    def asked(*values: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            found(librarian, tag=list(values), collection=list(values))
        return len(queries)

    assert asked("lime", "fruit", "car") == asked("lime")


def test_another_brands_hierarchy_counts_for_nothing(librarian: Member) -> None:
    clip(librarian, "lime")
    hierarchy.put(BrandFactory.create(), "lime", "fruit")
    assert found(librarian, "tag:fruit") == set()


def test_what_is_narrower_is_told_of_each_tag_without_reading_the_whole_hierarchy(librarian: Member) -> None:
    brand = librarian.brand
    for tag, broader in (("lime", "citrus"), ("citrus", "fruit"), ("pear", "fruit"), ("car", "vehicle")):
        hierarchy.put(brand, tag, broader)
    below = hierarchy.narrower_of_each(brand.pk, ["fruit", "citrus", "lime"])
    assert below == {"fruit": ["citrus", "lime", "pear"], "citrus": ["lime"]}
    assert hierarchy.narrower(brand.pk, ["fruit", "vehicle"]) == ["car", "citrus", "lime", "pear"]
    lime, pear = (row(librarian, clip(librarian, name).title).pk for name in ("lime", "pear"))
    with CaptureQueriesContext(connection) as queries:
        known = named.look_up(
            [Filters({"tag": ["fruit", "citrus", "car", "boat"]})],
            known=fields.FIELDS,
            brand=brand,
            collections=None,
        )
    assert known.tags == {"fruit": {lime, pear}, "citrus": {lime}, "car": frozenset()}
    assert all("car" in each["sql"] for each in queries if "dam_broadertag" in each["sql"])


def test_no_tag_stands_above_itself(librarian: Member) -> None:
    hierarchy.put(librarian.brand, "lime", "citrus")
    with pytest.raises(HierarchyRefused, match="belongs to"):
        hierarchy.put(librarian.brand, "citrus", "lime")
    with pytest.raises(HierarchyRefused):
        hierarchy.put(librarian.brand, "lime", "lime")
    assert hierarchy.put(librarian.brand, "lime", "") == ""
    assert hierarchy.narrower(librarian.brand.pk, ["citrus"]) == []


def test_tags_are_nested_so_deep_and_no_deeper(librarian: Member) -> None:
    last = hierarchy.DEEPEST - 1
    for number in range(last):
        hierarchy.put(librarian.brand, f"t{number}", f"t{number + 1}")
    with pytest.raises(HierarchyRefused, match="nested"):
        hierarchy.put(librarian.brand, f"t{last}", "top")
    assert len(hierarchy.narrower(librarian.brand.pk, [f"t{last}"])) == last


def test_two_tags_are_merged_with_preview_and_undo(librarian: Member) -> None:
    one, both, other = clip(librarian, "soda"), clip(librarian, "soda", "pop"), clip(librarian, "cola")
    tag_vocabulary.describe(row(librarian, "soda"), by=librarian, words=["fizz"], broader="drinks")
    hierarchy.put(librarian.brand, "cola", "soda")
    edit = tag_vocabulary.rename(row(librarian, "soda"), "Pop", by=librarian)
    assert list(one.tags.values_list("name", flat=True)) == ["soda"]  # nothing yet
    assert done(edit, librarian).changed == 2
    for asset in (one, both):
        assert list(asset.tags.values_list("name", flat=True)) == ["pop"]
    assert list(other.tags.values_list("name", flat=True)) == ["cola"]
    assert tag_vocabulary.of(row(librarian, "pop")) == tag_vocabulary.Entry(("fizz", "soda"), "drinks")
    assert found(librarian, "tag:pop") == {"soda", "soda pop", "cola"}
    edits.undo(edit, by=librarian)
    while slices.work(edit.pk):
        pass
    assert list(one.tags.values_list("name", flat=True)) == ["soda"]
    assert sorted(both.tags.values_list("name", flat=True)) == ["pop", "soda"]


def test_a_narrower_tag_merges_into_its_broader_one(librarian: Member) -> None:
    for name in ("lime", "citrus"):
        clip(librarian, name)
    hierarchy.put(librarian.brand, "lime", "citrus")
    hierarchy.put(librarian.brand, "citrus", "fruit")
    done(tag_vocabulary.rename(row(librarian, "lime"), "citrus", by=librarian), librarian)
    assert hierarchy.above(librarian.brand.pk, "citrus") == ["fruit"]
    assert found(librarian, "tag:citrus") == {"lime", "citrus"}


def test_a_tag_takes_the_place_of_one_above_it(librarian: Member) -> None:
    for narrow, broad in (("lime", "citrus"), ("citrus", "fruit"), ("fruit", "food")):
        hierarchy.put(librarian.brand, narrow, broad)
    hierarchy.take_over(librarian.brand, "fruit", "lime")
    assert hierarchy.above(librarian.brand.pk, "citrus") == ["lime", "food"]
    hierarchy.take_over(librarian.brand, "citrus", "food")
    assert hierarchy.above(librarian.brand.pk, "lime") == ["food"]
    assert hierarchy.above(librarian.brand.pk, "food") == []


def test_the_pages_show_and_change_the_vocabulary(librarian: Member, client: Client) -> None:
    clip(librarian, "soda")
    clip(librarian, "soda", "summer")
    client.force_login(librarian.user)

    def address(name: str, *args: Any) -> str:
        return reverse(name, args=[librarian.brand.slug, *args])

    soda = row(librarian, "soda")
    assert "soda" in client.get(address("tags")).content.decode()
    assert "soda" not in client.get(address("tags"), {"q": "Sum"}).content.decode().split("<table")[1]
    sent = {"synonyms": "Pop, fizz", "broader": "Drinks"}
    assert client.post(address("tag", soda.pk), sent).status_code == 302
    shown = client.get(address("tag", soda.pk)).content.decode()
    assert "fizz, pop" in shown
    assert 'value="drinks"' in shown
    event = Event.objects.get(verb="tag.edited")
    assert audit_changes.of(event) == ("Broader tag: empty → “drinks”", "Synonyms: + fizz, + pop")
    assert client.post(address("tag", soda.pk), {"broader": "soda"}).status_code == 422
    same = client.post(address("tag-rename", soda.pk), {"name": "SODA"})
    assert (same.status_code, "its name already" in same.content.decode()) == (422, True)
    renamed = client.post(address("tag-rename", soda.pk), {"name": "soft drink", "findable": "on"})
    edit = BulkEdit.objects.get()
    assert renamed.headers["Location"] == address("bulk-edit", edit.pk)
    assert edit.change == {"add_tags": ["soft drink"], "remove_tags": ["soda"]}
    assert client.get(renamed.headers["Location"]).status_code == 200


def test_another_brands_tag_is_not_there(librarian: Member, client: Client) -> None:
    stranger = member(BrandFactory.create(), Role.LIBRARIAN)
    clip(stranger, "soda")
    client.force_login(librarian.user)
    key = row(stranger, "soda").pk
    for name in ("tag", "tag-rename"):
        assert client.post(reverse(name, args=[librarian.brand.slug, key]), {"name": "x"}).status_code == 404


def test_a_page_of_tags_asks_as_much_for_many_as_for_few(librarian: Member, client: Client) -> None:
    client.force_login(librarian.user)
    address = reverse("tags", args=[librarian.brand.slug])
    clip(librarian, "a")
    client.get(address)
    with CaptureQueriesContext(connection) as few:
        client.get(address)
    clip(librarian, *(f"tag {number:02}" for number in range(60)))
    with CaptureQueriesContext(connection) as many:
        page = client.get(address).content.decode()
    assert len(many) == len(few)
    assert "?after=tag%2048" in page


@pytest.mark.parametrize(("kind", "timed"), [(AssetKind.VIDEO, True), (AssetKind.STILL, False)])
def test_a_suggested_tag_says_how_likely_it_is_and_of_a_video_where(
    kind: AssetKind, timed: bool, librarian: Member, client: Client
) -> None:
    asset = clip(librarian)
    assert asset.latest is not None
    Version.objects.filter(pk=asset.latest.pk).update(kind=kind)
    SuggestedTag.objects.create(
        asset=asset,
        version=asset.latest,
        tag=Tag.objects.create(brand=librarian.brand, name="bottle"),
        score=0.937,
        time_ms=0,
    )
    client.force_login(librarian.user)
    page = client.get(reverse("asset-suggested-tags", args=[librarian.brand.slug, asset.pk]))
    text = page.content.decode()
    assert "94% likely" in text
    assert ("0:00" in text, "?t=" in text) == (timed, timed)


def test_many_suggestions_are_folded_and_can_be_added_at_once(librarian: Member, client: Client) -> None:
    asset = clip(librarian)
    assert asset.latest is not None
    rows = [
        SuggestedTag.objects.create(asset=asset, version=asset.latest, keyword=f"word {number:02}")
        for number in range(23)
    ]
    red = Tag.objects.create(brand=librarian.brand, name="red")
    seen = SuggestedTag.objects.create(asset=asset, version=asset.latest, tag=red, score=0.2, time_ms=0)
    assert SuggestedTag.objects.first() == seen  # before keywords, which have no score
    client.force_login(librarian.user)
    address = reverse("asset-suggested-tags", args=[librarian.brand.slug, asset.pk])
    shown, _, folded = client.get(address).content.decode().partition("<details")
    assert "4 more" in " ".join(folded.split())
    assert ("word 18" in shown, "word 19" in shown, "word 19" in folded) == (True, False, True)
    assert folded.count('name="suggestion"') == 24
    late = SuggestedTag.objects.create(asset=asset, version=asset.latest, keyword="late")
    every = reverse("asset-suggested-tags-all", args=[librarian.brand.slug, asset.pk])
    data = {"suggestion": [*(str(row.pk) for row in (seen, *rows)), "x", "9" * 40]}
    page = client.post(every, data, headers={"HX-Request": "true"}).content.decode()
    assert "late" in page
    assert set(asset.tags.values_list("name", flat=True)) == {"red", *(row.keyword for row in rows)}
    assert list(SuggestedTag.objects.all()) == [late]
