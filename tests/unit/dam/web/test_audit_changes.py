from typing import Any

import pytest
from django.utils import translation

from dam.access.brand_settings import FIELDS
from dam.audit.models import Event
from dam.audit.verbs import Verb
from dam.web import audit_changes


def told(verb: Verb, **data: Any) -> tuple[str, ...]:
    return audit_changes.of(Event(verb=verb, data=data))


def test_every_setting_of_a_brand_has_its_name() -> None:
    assert not set(FIELDS) - set(audit_changes.FIELDS)


def test_a_setting_is_told_as_its_page_says_it() -> None:
    lines = told(
        Verb.BRAND_EDITED,
        language=["", "fr"],
        prompt_disclosure=["hash", "text"],
        time_zone=["", "America/New_York"],
        trash_days=[30, ""],
        revision=4,
    )
    assert lines == (
        "Language: as each browser asks → “Français”",
        "Prompts in Content Credentials: “Only its hash” → “The prompt's words”",
        "Time zone: as the installation → “America/New York”",
        "Days in the trash: “30” → kept for good",
    )


def test_default_rights_are_told_in_the_language_of_the_reader() -> None:
    with translation.override("de"):
        (line,) = told(
            Verb.BRAND_EDITED, default_rights=[[], ["uses: web, paid_advertising", "territories: DE"]]
        )
    assert line == (
        "Rechte, mit denen Freigaben beginnen: + Nutzungsarten: Web, bezahlte Werbung, + Gebiete: Deutschland"
    )


def test_stages_in_another_order_are_told_as_before_and_after() -> None:
    (line,) = told(Verb.BRAND_EDITED, review_stages=[["brand", "legal"], ["legal", "brand"]])
    assert line == "Stages of a review: “Brand review, Legal review” → “Legal review, Brand review”"


@pytest.mark.parametrize(
    ("data", "lines"),
    [
        ({"added": 2, "removed": 0}, ("2 people added",)),
        ({"added": 0, "removed": 1}, ("1 person removed",)),
        (
            {"added": 1, "removed": 2, "name": ["A", "B"]},
            ("Name: “A” → “B”", "1 person added", "2 people removed"),
        ),
    ],
)
def test_a_group_tells_how_many_came_and_went(data: dict[str, Any], lines: tuple[str, ...]) -> None:
    assert told(Verb.GROUP_CHANGED, **data) == lines


@pytest.mark.parametrize(
    "verb", [Verb.CAPTIONS_ADDED, Verb.CAPTIONS_CHANGED, Verb.CAPTIONS_REMOVED, Verb.CAPTIONS_RESTORED]
)
def test_captions_are_told_by_their_language(verb: Verb) -> None:
    assert told(verb, language="pt-BR", number=2, source="uploaded", cues=7) == (
        "Português Brasileiro, version 2",
    )


def test_a_value_that_is_no_longer_known_is_told_as_it_was_recorded() -> None:
    (line,) = told(Verb.BRAND_EDITED, prompt_disclosure=["hash", "gone"])
    assert line == "Prompts in Content Credentials: “Only its hash” → “gone”"
