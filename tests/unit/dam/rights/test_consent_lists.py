"""Consents as lines of text and back, and what differs between two lists of them."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dam.accounts import times
from dam.rights import consent_lists
from dam.rights.consent_lists import Known, NoConsent, Wanted
from dam.rights.consents import Said
from dam.rights.models import ConsentKind

BERLIN = ZoneInfo("Europe/Berlin")
ADA = Wanted(Said("model", "Ada Example", "EU", times.end_of_day(date(2027, 5, 3), BERLIN)), 7)

_text = st.text(st.sampled_from("ab |\\#é:"), max_size=12).map(lambda text: " ".join(text.split()))
_moments = st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC))
_wanted = st.builds(
    Wanted,
    st.builds(Said, st.sampled_from(ConsentKind.values), _text, _text, st.none() | _moments),
    st.none() | st.integers(0, 10**9),
    st.none() | _text,
)


def read(text: str) -> Wanted:
    return consent_lists.read_line(text, zone=BERLIN)


@given(_wanted)
def test_what_is_written_is_read_as_it_was(wanted: Wanted) -> None:
    assert read(consent_lists.line(wanted, zone=BERLIN)) == wanted


def test_a_line_is_made_for_people() -> None:
    assert consent_lists.line(ADA, zone=BERLIN) == "#7 | model | Ada Example | EU | 2027-05-03"
    assert read("music|Song (Example Music)") == Wanted(Said("music", "Song (Example Music)"))
    assert read("#7 | model | Ada Example | EU | 2027-05-03") == ADA


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("face | Ada", "isn't a kind of consent"),
        ("#x | model | Ada", "isn't the number of a consent"),
        ("model | Ada | EU | soon", "Write a day as 2027-05-03"),
        ("model | Ada | EU | 2027-05-03T12:00:00", "with its offset"),
        ("model | Ada | EU | 2027-05-03 | more", "One line for each consent"),
    ],
)
def test_a_line_that_says_no_consent_is_refused(text: str, said: str) -> None:
    with pytest.raises(NoConsent, match=said):
        read(text)


def test_a_day_and_a_moment_keep_their_zone() -> None:
    first = times.start_of_day(date(2027, 3, 28), BERLIN)
    assert consent_lists.moment(first, zone=BERLIN, ends=False) == "2027-03-28"
    assert consent_lists.moment(first, zone=ZoneInfo("UTC"), ends=False) == "2027-03-27T23:00:00+00:00"
    for zone in (BERLIN, ZoneInfo("America/Santiago")):
        text = consent_lists.moment(first, zone=zone, ends=False)
        assert consent_lists.read_moment(text, zone=zone, ends=False) == first


def test_the_steps_between_two_lists() -> None:
    bob = Wanted(Said("voice", "Bob Example"), 8)
    now = (Known(ADA, 3), Known(bob, 0))
    assert consent_lists.steps(now, (ADA, bob)) == []
    new = Wanted(Said("music", "Song"))
    later = Wanted(Said("model", "Ada Example", "World", None), 7, "She asked.")
    steps = consent_lists.steps(now, (later, new))
    assert steps == [("add", new), ("change", later), ("withdraw", later), ("remove", bob)]


def test_a_list_leaves_alone_what_others_changed_and_it_didnt() -> None:
    world = Wanted(Said("model", "Ada Example", "World"), 7)
    bob, new = Wanted(Said("voice", "Bob Example"), 8), Wanted(Said("music", "Song"))
    merged = consent_lists.merged
    assert merged((world, bob), (ADA, bob), (ADA, new)) == (world, new)
    assert merged((world,), (ADA,), (world, new)) == (world, new)
    assert merged((bob,), (ADA, bob), (ADA, bob)) == (bob,)
    assert merged((world,), (ADA,), ()) is None
    assert merged((world,), (ADA,), (Wanted(ADA.said, 7, "She asked."),)) is None
    assert merged((ADA, bob), (ADA,), (ADA, new)) is None


def test_a_list_cant_name_what_isnt_there_nor_drop_a_document() -> None:
    now = (Known(ADA, 3, document="release.pdf"),)
    with pytest.raises(NoConsent, match="no consent #9"):
        consent_lists.steps(now, (ADA, Wanted(Said("model", "Eve"), 9)))
    with pytest.raises(NoConsent, match="there twice"):
        consent_lists.steps(now, (ADA, ADA))
    with pytest.raises(NoConsent, match="has a document"):
        consent_lists.steps(now, ())
