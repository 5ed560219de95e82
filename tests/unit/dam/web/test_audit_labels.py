import re
from pathlib import Path

from django.conf import settings
from django.utils import translation

from dam.audit.models import Event
from dam.audit.verbs import Verb
from dam.web import audit_changes, audit_labels, audit_titles


def edited(**data: object) -> tuple[str, ...]:
    return audit_changes.of(Event(verb="asset.edited", data=data))


def test_an_edit_is_told_field_by_field() -> None:
    lines = edited(title=["Can", "Summer can"], description=["", "On ice"])
    assert lines == ("Description: empty → “On ice”", "Title: “Can” → “Summer can”")


def test_tags_are_told_as_what_came_and_went() -> None:
    assert edited(tags=[["beach", "lime"], ["hero", "lime"]]) == ("Tags: + hero, − beach",)


def test_a_programs_edit_is_told_like_a_persons() -> None:
    assert edited(title=["Can", "Tin"], principal="token") == ("Title: “Can” → “Tin”",)


def test_roles_and_capabilities_are_told_in_the_language_of_the_reader_and_peoples_words_as_they_are() -> (
    None
):
    data = {"role": ["Viewer", "Chefin"], "capabilities": [["view clips"], ["view clips", "edit clips"]]}
    with translation.override("de"):
        lines = edited(**data, title=["Draft", "Viewer"])
    assert lines == (
        "Berechtigungen: + Clips bearbeiten",
        "Rolle: „Betrachter“ → „Chefin“",
        "Titel: „Draft“ → „Viewer“",
    )


def test_long_words_are_cut() -> None:
    assert edited(description=["", "x" * 200]) == (f"Description: empty → “{'x' * 80}…”",)


def test_only_edits_tell_changes() -> None:
    assert audit_changes.of(Event(verb="asset.trashed", data={"why": ["a", "b"]})) == ()


def test_an_unknown_verb_is_shown_as_it_is() -> None:
    said = audit_labels.sentence(Event(verb="collection.made_public"), person="Ada", target="Summer")
    assert said == "Ada: collection made public Summer"


def test_a_collection_that_not_everyone_sees_is_not_named() -> None:
    event = Event(verb="collection.clips_added", data={"private": True, "clips": 1200})
    assert audit_labels.sentence(event, person="Ada", target="") == "Ada added clips to a private collection"
    assert audit_changes.of(event) == ("1,200 clips",)


def test_one_clip_of_a_collection_is_named() -> None:
    event = Event(verb="collection.clips_moved", data={"clips": 1, "clip": "Can"})
    assert (
        audit_labels.sentence(event, person="Ada", target="B") == "Ada changed the order of the collection B"
    )
    assert audit_changes.of(event) == ("“Can”",)


def test_an_event_is_one_sentence_whose_order_a_language_may_change() -> None:
    said = audit_labels.sentence(Event(verb="asset.trashed"), person="Ada", target="Summer")
    assert said == "Ada moved Summer to trash"


def test_every_verb_that_is_recorded_has_its_words() -> None:
    verb = re.compile(r'"((?:asset|review|release|master|comment|job|step)\.[a-z_]+)"')
    sources = [
        path
        for app in ("dam", "provenance", "generation")
        for path in Path(settings.BASE_DIR, app).rglob("*.py")
    ]
    recorded = {found for source in sources for found in verb.findall(source.read_text())}
    assert recorded - set(audit_labels.VERBS) == set()


def test_every_verb_has_a_title_where_one_is_chosen_and_stands_under_one_kind() -> None:
    assert set(audit_titles.TITLES) == set(Verb)
    prefixes = [prefix for _title, begin in audit_labels.KINDS.values() for prefix in begin]
    assert len(prefixes) == len(set(prefixes))
    assert not [verb for verb in Verb if not verb.startswith(tuple(prefixes))]


def test_titles_of_verbs_are_told_in_the_language_of_the_reader() -> None:
    with translation.override("de"):
        assert audit_titles.title(Verb.ASSET_TRASHED) == "Clip in den Papierkorb verschoben"
