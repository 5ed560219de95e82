"""Where people and brands are, and when a day ends there."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from dam.accounts import languages, times
from dam.accounts.models import Brand, User
from provenance.web.end_days import end_of
from provenance.web.submit_forms import SubmitForm

BERLIN, LOS_ANGELES, AUCKLAND = map(ZoneInfo, ("Europe/Berlin", "America/Los_Angeles", "Pacific/Auckland"))
# Friday in Berlin and Auckland, still Thursday in Los Angeles.
EDGE = datetime(2026, 7, 2, 23, 30, tzinfo=UTC)


def test_a_persons_own_zone_comes_before_the_brands_and_the_browsers() -> None:
    person, brand = User(time_zone="Pacific/Auckland"), Brand(time_zone="Europe/Berlin")
    assert times.zone_of(person, brand, browser="America/Los_Angeles") == AUCKLAND
    assert times.zone_of(User(), brand, browser="America/Los_Angeles") == BERLIN
    assert times.zone_of(User(), Brand(), browser="America/Los_Angeles") == LOS_ANGELES
    assert times.zone_of(None, None).key == "UTC"


@pytest.mark.parametrize("odd", ["Middle/Earth", "../../etc/passwd", "", "Europe/Berlin\0", "é"])
def test_a_zone_that_is_none_is_passed_over(odd: str) -> None:
    assert times.zone_of(None, None, browser=odd).key == "UTC"


def test_a_day_ends_with_its_last_second_also_where_clocks_go_back_at_midnight() -> None:
    havana = times.end_of_day(date(2026, 10, 31), ZoneInfo("America/Havana"))
    assert times.end_of_day(date(2026, 7, 1), BERLIN) == datetime(2026, 7, 1, 21, 59, 59, tzinfo=UTC)
    assert (havana.time().isoformat(), havana.date()) == ("23:59:59", date(2026, 10, 31))


def test_somebodys_today_is_never_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: EDGE)
    for person in (LOS_ANGELES, BERLIN, AUCKLAND):
        for brand in (LOS_ANGELES, BERLIN, AUCKLAND):
            today = times.today_in(person)
            with timezone.override(person):
                form = SubmitForm({"due_on": today.isoformat()}, zone=brand)
                assert form.is_valid(), (person, brand)
                end = end_of(form.cleaned_data["due_on"], zone=brand)
            assert end is not None
            assert end > EDGE


def test_a_browsers_today_is_not_over_either_where_the_pages_are_in_the_brands_zone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(timezone, "now", lambda: EDGE)
    today = times.today_in(LOS_ANGELES)
    with timezone.override(AUCKLAND):
        form = SubmitForm({"due_on": today.isoformat()}, zone=AUCKLAND, browser=LOS_ANGELES)
        assert form.is_valid()
        assert end_of(today, zone=AUCKLAND, browser=LOS_ANGELES) == times.end_of_day(today, LOS_ANGELES)
        assert not SubmitForm({"due_on": today.isoformat()}, zone=AUCKLAND).is_valid()


def test_a_day_ends_where_the_brand_is_and_the_form_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: EDGE)
    with timezone.override(AUCKLAND):
        assert end_of(date(2026, 7, 3), zone=BERLIN) == datetime(2026, 7, 3, 21, 59, 59, tzinfo=UTC)
    help_text = str(SubmitForm(zone=BERLIN).fields["due_on"].help_text)
    assert help_text == "Until the end of this day, Berlin time (UTC+02:00)."


def test_the_day_before_everybodys_today_has_passed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: EDGE)
    with timezone.override(LOS_ANGELES):
        form = SubmitForm({"due_on": "2026-07-01"}, zone=BERLIN)
    assert form.errors["due_on"] == ["This date has passed. Choose today or a later date."]


def test_the_last_day_of_an_earlier_stage_is_its_own_last_moment() -> None:
    latest = datetime(2026, 7, 3, 6, 59, 59, tzinfo=UTC)
    assert end_of(date(2026, 7, 3), zone=BERLIN, latest=latest) == latest


def test_a_persons_language_comes_before_the_brands_and_the_browsers() -> None:
    assert languages.language_of(User(language="fr"), Brand(language="de"), browser="en") == "fr"
    assert languages.language_of(User(), Brand(language="de"), browser="fr") == "de"
    assert languages.language_of(None, None, browser="fr-CA, en;q=0.5") == "fr"
    assert languages.language_of(None, None, browser="tlh") == "en"
    assert languages.language_of(User(language="xx"), None) == "en"
