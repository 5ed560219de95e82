from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from django.template import Context
from django.utils import timezone

from dam.accounts.models import Brand
from dam.catalog.models import Version
from dam.web.templatetags import ui_tags

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("elapsed", "words"),
    [
        (timedelta(seconds=10), "just now"),
        (timedelta(seconds=50), "1 minute ago"),
        (timedelta(minutes=5), "5 minutes ago"),
        (timedelta(hours=1), "1 hour ago"),
        (timedelta(hours=1, minutes=40), "1 hour ago"),
        (timedelta(hours=13), "yesterday"),
        (timedelta(days=6, hours=11), "6 days ago"),
        (timedelta(days=7), "3 March 2026"),
        (timedelta(hours=-11), "in 11 hours"),
        (timedelta(hours=-35), "tomorrow"),
        (timedelta(hours=-59), "in 2 days"),
    ],
)
def test_times_are_relative_up_to_a_week(elapsed: timedelta, words: str) -> None:
    assert ui_tags.since(NOW - elapsed, now=NOW) == words


def test_hours_across_midnight_stay_hours() -> None:
    midnight = NOW.replace(hour=0, minute=30)
    assert ui_tags.since(midnight - timedelta(hours=2), now=midnight) == "2 hours ago"


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (0, "today"),
        (1, "tomorrow"),
        (2, "in 2 days"),
        (-1, "yesterday"),
        (-3, "3 days ago"),
        (7, "17 March 2026"),
    ],
)
def test_a_day_that_something_is_needed_by_is_counted_on_the_calendar(days: int, words: str) -> None:
    end_of_day = NOW.replace(hour=23, minute=59, second=59) + timedelta(days=days)
    assert f">{words}<" in ui_tags.due(Context(), end_of_day, now=NOW)


def test_days_begin_at_midnight_here_not_in_greenwich() -> None:
    with timezone.override("America/Los_Angeles"):  # there it is still 05:00 on the 10th
        tonight = datetime(2026, 3, 11, 6, 59, 59, tzinfo=UTC)
        assert ">today<" in ui_tags.due(Context(), tonight, now=NOW)


def test_a_term_is_a_day_of_the_brands_wherever_its_reader_is() -> None:
    tonight = datetime(2026, 3, 10, 22, 59, 59, tzinfo=UTC)  # the end of the 10th in Berlin
    with timezone.override("Pacific/Auckland"):
        shown = ui_tags.due(Context({"brand": Brand(time_zone="Europe/Berlin")}), tonight, now=NOW)
    assert ">today<" in shown
    assert 'title="10 March 2026"' in shown


def test_the_exact_time_is_on_hover() -> None:
    assert 'title="10 March 2026, 12:00:00 UTC"' in ui_tags.ago(NOW, now=NOW)


@pytest.mark.parametrize(
    ("milliseconds", "shown"),
    [(None, ""), (0, "0:00"), (8400, "0:08"), (59_600, "1:00"), (3_723_000, "1:02:03")],
)
def test_lengths_read_like_a_clock(milliseconds: int | None, shown: str) -> None:
    assert ui_tags.duration(milliseconds) == shown


@pytest.mark.parametrize(
    ("rate", "shown"), [((24000, 1001), "23.976 fps"), ((25, 1), "25 fps"), ((None, None), "")]
)
def test_rates_are_shown_as_people_write_them(rate: tuple[int | None, int | None], shown: str) -> None:
    version = SimpleNamespace(rate_numerator=rate[0], rate_denominator=rate[1])
    assert ui_tags.frame_rate(version) == shown


@pytest.mark.parametrize(
    ("name", "shown"), [("Ada Maria Lovelace", "AL"), ("Zoë", "Z"), ("", "?"), ("  ", "?"), ("李 雷", "李雷")]
)
def test_initials_come_from_the_first_and_last_word(name: str, shown: str) -> None:
    assert ui_tags.initials(name) == shown


def test_a_picture_without_a_name_is_skipped_by_screen_readers() -> None:
    assert 'aria-hidden="true"' in ui_tags.icon("play")


def test_a_picture_with_a_name_tells_it() -> None:
    drawn = ui_tags.icon("check", 14, 'Done & "dusted"')
    assert 'role="img"' in drawn
    assert "Done &amp; &quot;dusted&quot;" in drawn


@pytest.mark.parametrize(
    ("name", "words"), [("h264", "H.264"), ("pcm_s16le", "PCM"), ("aac", "AAC"), ("hap", "hap")]
)
def test_a_codec_is_named_as_people_write_it(name: str, words: str) -> None:
    assert ui_tags.codec(name) == words


@pytest.mark.parametrize(
    ("rate", "shown"),
    [((30000, 1001), "00:01:00;02"), ((60000, 1001), "00:00:30;00"), ((24000, 1001), "00:01:15:00")],
)
def test_a_comments_timecode_is_that_of_the_exports(rate: tuple[int, int], shown: str) -> None:
    version = Version(kind="video", rate_numerator=rate[0], rate_denominator=rate[1])
    assert ui_tags.timecode_of(1800, version) == shown


@pytest.mark.parametrize(("kind", "shown"), [("sound", "0:01.8"), ("still", "")])
def test_a_place_in_a_sound_is_its_time_and_an_image_has_none(kind: str, shown: str) -> None:
    assert ui_tags.timecode_of(1800, Version(kind=kind)) == shown
