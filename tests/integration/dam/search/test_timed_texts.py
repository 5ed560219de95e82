"""What is said and written in a version is kept with its times."""

import pytest

from dam.search import query, reasons, timed_texts
from dam.search.models import TimedText, TimedTextKind
from dam.search.results import Part
from dam.search.timed_texts import Line
from tests.factories import VersionFactory

pytestmark = pytest.mark.django_db


def test_lines_of_one_kind_take_the_place_of_the_earlier_ones() -> None:
    version = VersionFactory.create()
    timed_texts.keep(version, TimedTextKind.WRITTEN, [Line(0, 900, "EXIT")])
    timed_texts.keep(version, TimedTextKind.SPOKEN, [Line(0, 900, "Good morning")])
    kept = timed_texts.keep(
        version,
        TimedTextKind.SPOKEN,
        [Line(2000, 3000, "and good night", "en", 0.9), Line(0, 900, "Hello"), Line(900, 1000, " ")],
    )
    spoken = timed_texts.of(version, TimedTextKind.SPOKEN)
    assert [(line.start_ms, line.text) for line in spoken] == [(0, "Hello"), (2000, "and good night")]
    assert kept == 2
    assert timed_texts.of(version, TimedTextKind.WRITTEN).get().text == "EXIT"


def test_what_is_said_and_written_at_one_time_stands_in_one_order_on_a_card() -> None:
    """The first that was kept first, and not as the database happens to come upon them."""
    version = VersionFactory.create()
    for kind in (TimedTextKind.WRITTEN, TimedTextKind.SPOKEN):
        TimedText.objects.create(version=version, kind=kind, start_ms=0, end_ms=900, text="a bottle")
    TimedText.objects.filter(version=version, kind=TimedTextKind.WRITTEN).update(end_ms=800)  # elsewhere now
    lines = reasons._lines([version.pk], query.parse("bottle", fields={}))
    assert [each.part for each in lines[version.pk]] == [Part.WRITTEN, Part.SAID]
