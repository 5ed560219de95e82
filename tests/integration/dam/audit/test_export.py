"""A log exported as a file, and what verifying the file finds."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from dam.accounts.models import Brand
from dam.audit import anchors, export, search, trail
from dam.audit.models import Event
from dam.audit.search import Wanted
from dam.audit.verbs import Verb
from tests.factories import BrandFactory, member

pytestmark = pytest.mark.django_db


@pytest.fixture
def brand() -> Brand:
    brand = BrandFactory.create()
    for title in ("Summer", "=1+1", "Winter"):
        trail.record(Verb.ASSET_UPLOADED, brand=brand, target=title, data={"size": 1})
    return brand


def lines(brand: Brand, wanted: Wanted | None = None) -> list[str]:
    wanted = wanted or Wanted()
    end = export.head(Event.objects.filter(brand=brand).latest("sequence"), whole=not wanted)
    return "".join(export.json_lines(search.find(brand, wanted), end, about={})).splitlines()


def problem(of: list[str]) -> str:
    return export.verify(io.StringIO("\n".join(of))).problem


def test_a_whole_log_holds_and_so_does_a_part_of_it(brand: Brand) -> None:
    assert problem(lines(brand)) == ""
    some = lines(brand, Wanted(words="winter"))
    assert len(some) == 3
    assert problem(some) == ""


def changed(line: str, **facts: Any) -> str:
    known = json.loads(line)
    known["event"].update(facts)
    return json.dumps(known)


def test_a_changed_a_missing_and_a_moved_event_show_and_so_does_a_cut_end(brand: Brand) -> None:
    known = lines(brand)
    assert problem([*known[:2], changed(known[2], target="Spring"), *known[3:]]) == "Event 2 was changed."
    assert problem([*known[:2], *known[3:]]) == "Of 3 events 2 are in the file."
    assert "out of place" in problem([known[0], known[2], known[1], *known[3:]])
    assert "cut short" in problem(known[:-1])
    head = json.loads(known[-1])
    head["head"]["events"] = 2
    assert problem([*known[:2], *known[3:-1], json.dumps(head)]) == "The head was changed."


def test_the_command_verifies_a_file_and_holds_it_against_the_log(brand: Brand, tmp_path: Path) -> None:
    path, said = tmp_path / "log.jsonl", io.StringIO()
    path.write_text("\n".join(lines(brand)))
    call_command("audit", "verify", str(path), stdout=said)
    assert "3 events, each as it was sealed" in said.getvalue()
    assert "comes by the same event" in said.getvalue()
    path.write_text("\n".join(lines(brand)[:-1]))
    with pytest.raises(CommandError, match="cut short"):
        call_command("audit", "verify", str(path))
    path.write_text("number,at\n1,2")
    with pytest.raises(CommandError, match="JSON Lines"):
        call_command("audit", "verify", str(path))


def test_no_cell_of_a_sheet_is_a_formula(brand: Brand) -> None:
    end = export.head(Event.objects.filter(brand=brand).latest("sequence"), whole=True)
    text = "".join(export.comma_separated(search.find(brand, Wanted()), end))
    rows = list(csv.reader(io.StringIO(text.lstrip("\ufeff"), newline="")))
    assert [row[5] for row in rows] == ["target", "Summer", "'=1+1", "Winter", ""]
    assert (rows[-1][0], rows[-1][-1]) == ("head", end.hash)


@pytest.mark.parametrize("begin", [*"=+-@\t\r\uff1d\uff20", " =", "\u00a0=", "\ufeff="])
def test_whatever_a_sheet_would_calculate_is_text(begin: str) -> None:
    assert export.harmless(f"{begin}cmd").startswith("'")


def test_filters_find_by_person_verb_day_and_words(brand: Brand) -> None:
    ada = member(brand)
    trail.record(Verb.ASSET_TRASHED, brand=brand, target="Summer", actor=ada)
    moment = Event.objects.get(verb=Verb.ASSET_TRASHED).at

    def found(**wanted: Any) -> list[int]:
        return [event.sequence for event in search.find(brand, Wanted(**wanted))]

    assert found(person=str(ada.user.pk)) == [4]
    assert found(person=search.SYSTEM) == [3, 2, 1]
    assert found(verbs=("asset.trashed",)) == [4]
    assert found(words="summer") == [4, 1]
    assert found(since=moment) == [4]
    assert found(until=moment, words="winter") == [3]


def test_a_long_log_is_read_some_at_a_time(brand: Brand, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "AT_ONCE", 2)
    pages = list(search.in_order(search.find(brand, Wanted()), up_to=3))
    assert [[event.sequence for event in page] for page in pages] == [[1, 2], [3]]


def test_anchors_kept_elsewhere_show_what_was_cut_off_here(brand: Brand, tmp_path: Path) -> None:
    anchors.anchor_all()
    assert [anchors.copy_out(tmp_path) for _ in range(2)] == [1, 0]
    assert anchors.check_elsewhere(brand, tmp_path) is None
    anchors.set_aside("test")  # as somebody who can write in storage might
    with connection.cursor() as cursor:  # and with the database's own keys
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("DELETE FROM dam_event WHERE brand_id = %s AND sequence > 1", [brand.pk])
        cursor.execute("SET LOCAL session_replication_role = origin")
    assert anchors.check(brand) is None
    assert anchors.check_elsewhere(brand, tmp_path) == anchors.Broken(2, cut_off=True)
