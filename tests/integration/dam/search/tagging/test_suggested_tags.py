"""Suggested tags: from the brand's own words, with the frame that shows it, and people have the last word."""

import pytest

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand
from dam.accounts.principals import Member
from dam.audit.models import Event
from dam.catalog.models import Asset, Tag
from dam.search.tagging import suggested_tags, vocabulary
from dam.search.tagging.models import SuggestedTag
from tests.factories import BrandFactory, member, next_version
from tests.integration.dam.search import seeing

ENCODER = seeing.ColourEncoder()


def suggested(asset: Asset, person: Member) -> list[tuple[str, int | None]]:
    assert asset.latest is not None
    rows = suggested_tags.open_for(asset.latest, principal=person)
    return [(row.name, row.time_ms) for row in rows]


@pytest.fixture
def clip(brand: Brand) -> Asset:
    """Red, then blue; the brand has tags for three colours, and one that the encoder doesn't know."""
    asset = seeing.clip(brand, colours=["red", "blue"])
    Tag.objects.bulk_create(Tag(brand=brand, name=name) for name in ("red", "green", "blue", "campaign"))
    assert asset.latest is not None
    suggested_tags.suggest(asset.latest, encoder=ENCODER)
    return asset


def test_what_is_seen_is_suggested_with_its_moment(clip: Asset, librarian: Member) -> None:
    assert sorted(suggested(clip, librarian)) == [("blue", 500), ("red", 0)]


def test_what_is_suggested_again_is_the_same_suggestion(clip: Asset, brand: Brand) -> None:
    assert clip.latest is not None
    rows = SuggestedTag.objects.values_list("pk", "tag__name")
    before = set(rows.all())
    Tag.objects.get(name="blue").delete()
    suggested_tags.suggest(clip.latest, encoder=ENCODER)
    assert set(rows.all()) == {(pk, name) for pk, name in before if name == "red"}


def test_of_many_tags_the_most_used_are_looked_for_and_counted_at_most_once_an_hour(
    clip: Asset, brand: Brand, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vocabulary, "MOST_TAGS", 1)
    clip.tags.add(Tag.objects.get(name="red"))
    assert vocabulary.of(brand, encoder=ENCODER).names == ("red",)
    Tag.objects.get(name="red").delete()
    clip.tags.add(Tag.objects.get(name="blue"))
    assert vocabulary.of(brand, encoder=ENCODER).names == ("red",)


def test_accepting_tags_the_clip_and_records_who_did(clip: Asset, librarian: Member) -> None:
    red = SuggestedTag.objects.get(tag__name="red")
    suggested_tags.accept(clip, [red.pk], by=librarian)
    assert [tag.name for tag in clip.tags.all()] == ["red"]
    assert suggested(clip, librarian) == [("blue", 500)]
    event = Event.objects.get(verb="asset.edited")
    assert (event.actor, event.data) == (librarian.user, {"tags": [[], ["red"]]})
    with pytest.raises(suggested_tags.SuggestionGone):
        suggested_tags.accept(clip, [red.pk], by=librarian)


def test_what_was_dismissed_is_not_suggested_again(clip: Asset, librarian: Member) -> None:
    suggested_tags.dismiss(clip, SuggestedTag.objects.get(tag__name="red").pk, by=librarian)
    assert clip.latest is not None
    later = next_version(clip.latest)
    seeing.see(later, ["red", "blue"])
    suggested_tags.suggest(later, encoder=ENCODER)
    clip.refresh_from_db()
    assert suggested(clip, librarian) == [("blue", 500)]


def test_only_who_can_edit_is_asked(clip: Asset, brand: Brand) -> None:
    for role in (Role.VIEWER, Role.BRAND_REVIEWER):
        assert suggested(clip, member(brand, role)) == []


def test_chance_is_told_from_clips_of_the_same_brand_spread_over_time(
    brand: Brand, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(suggested_tags, "SAMPLE", 2)
    clips = [seeing.clip(brand, colours=[colour]) for colour in ("red", "blue", "red", "blue", "green")]
    seeing.clip(BrandFactory.create(), colours=["green"])
    last = clips[-1].latest
    assert last is not None
    others = suggested_tags._others(last, ENCODER.identity)
    # Of the four earlier ones every second, from the newest.
    assert others.round(3).tolist() == 2 * ENCODER.encode_text(["blue"]).round(3).tolist()
