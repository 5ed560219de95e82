"""A brand's log as a file: JSON Lines that can be verified anywhere the key is, or CSV to be read in a sheet.

The first line says what was asked for, the last one is the head: where the chain had come to, sealed, so
that a file that was cut short or thinned out shows. Events are read some at a time, however many there are.
"""

import csv
import hmac
import io
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TextIO

from django.db.models import QuerySet

from dam.audit import seals, search, trail
from dam.audit.models import Event

FORMAT = "reelproof-activity/1"
COLUMNS = ("number", "at", "person", "kind", "verb", "target", "clip", "data", "hash")
MARK = "\ufeff"  # UTF-8's; Excel looks for it
# What a sheet would take for a formula, wherever it was typed.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
# What a sheet passes over before it looks: spaces of every kind, and marks that nobody sees.
_PASSED_OVER = " \u00a0\u3000\ufeff\u200b\u200e\u200f\x00\x0b\x0c"


@dataclass(frozen=True)
class Head:
    """Event number `sequence` was the last of the brand's chain; `events` of them are in the file."""

    brand: int
    sequence: int
    hash: str
    at: str
    whole: bool  # no filter: every event up to there

    def line(self, *, events: int) -> dict[str, Any]:
        facts = {**self.__dict__, "events": events}
        seal = seals.current()
        return {**facts, "sealed_with": seal.name, "seal": seal.over(_canonical(facts))}


def head(last: Event, *, whole: bool) -> Head:
    return Head(last.brand_id, last.sequence, last.hash, datetime.now(UTC).isoformat(), whole)


def json_lines(events: QuerySet[Event], end: Head, *, about: dict[str, Any]) -> Iterator[str]:
    """The file in pieces of some hundred lines."""
    yield _json({"export": {"format": FORMAT, "brand": end.brand, **about}})
    count = 0
    for page in search.in_order(events, up_to=end.sequence):
        count += len(page)
        yield "".join(
            _json(
                {
                    "person": event.actor_name,
                    "target": event.subject,
                    "hash": event.hash,
                    "event": trail.facts(event),
                }
            )
            for event in page
        )
    yield _json({"head": end.line(events=count)})


def comma_separated(events: QuerySet[Event], end: Head) -> Iterator[str]:
    """The same as CSV (RFC 4180, UTF-8 with its mark, for Excel). Its last row is the head."""
    yield MARK + written([COLUMNS])
    count = 0
    for page in search.in_order(events, up_to=end.sequence):
        count += len(page)
        yield written(_cells(event) for event in page)
    line = end.line(events=count)
    yield written([("head", end.at, "", "", "", "", "", json.dumps(line, sort_keys=True), end.hash)])


def harmless(cell: object) -> str:
    """A cell that no sheet takes for a formula: one that begins like it gets an apostrophe. Pure.

    >>> harmless("=HYPERLINK(...)")
    "'=HYPERLINK(...)"
    """
    text = "" if cell is None else str(cell)
    return f"'{text}" if text.lstrip(_PASSED_OVER).startswith(FORMULA) else text


def written(rows: Iterable[Iterable[object]]) -> str:
    """Lines of CSV (RFC 4180), each cell `harmless`."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows([harmless(cell) for cell in row] for row in rows)
    return text.getvalue()


class NotThisFile(ValueError):
    """It is no export of ours; the sentence says what is wrong with it."""


@dataclass(frozen=True)
class Checked:
    """What came of verifying a file. `problem` is empty where everything holds."""

    events: int
    head: dict[str, Any]
    problem: str = ""


def verify(file: TextIO) -> Checked:
    """Every event against its seal, each against the one before, the last line against both.

    Raises NotThisFile, and trail.UnknownSeal where it was sealed with a key that is not here.
    """
    lines = (line for line in file if line.strip())
    first = _read(next(lines, ""))
    if first.get("export", {}).get("format") != FORMAT:
        raise NotThisFile("This isn't an activity log exported as JSON Lines.")
    brand = first["export"].get("brand")
    count, previous, number = 0, trail.GENESIS, 0
    gap = False
    for line in lines:
        known = _read(line)
        if "head" in known:
            return Checked(count, known["head"], _against_head(known["head"], count, number, previous, gap))
        facts = known.get("event") or {}
        sequence = facts.get("sequence")
        if facts.get("brand") != brand or not isinstance(sequence, int) or sequence <= number:
            return Checked(count, {}, f"The line after event {number} is out of place.")
        if not hmac.compare_digest(str(known.get("hash")), trail.digest_of(facts)):
            return Checked(count, {}, f"Event {sequence} was changed.")
        if sequence == number + 1 and facts.get("previous") != previous:
            return Checked(count, {}, f"Event {sequence} doesn't follow from the one before.")
        gap = gap or sequence != number + 1
        count, previous, number = count + 1, str(known["hash"]), sequence
    return Checked(count, {}, "The file was cut short: its last line isn't the head.")


def _against_head(end: dict[str, Any], count: int, number: int, previous: str, gap: bool) -> str:
    """What is wrong with the last line, or with how many events came before it."""
    facts = {name: value for name, value in end.items() if name not in ("sealed_with", "seal")}
    seal = seals.named(str(end.get("sealed_with")))
    if seal is None:
        raise trail.UnknownSeal(end.get("sealed_with"))
    if not hmac.compare_digest(str(end.get("seal")), seal.over(_canonical(facts))):
        return "The head was changed."
    if end.get("events") != count:
        return f"Of {end.get('events')} events {count} are in the file."
    if end.get("whole") and (gap or number != end.get("sequence") or previous != end.get("hash")):
        return "Events are missing."
    return ""


def _cells(event: Event) -> tuple[object, ...]:
    kind = event.data.get("principal", "member" if event.actor_ref.startswith("user:") else "")
    facts = json.dumps(event.data, sort_keys=True, ensure_ascii=False)
    cells = (event.actor_name, kind, event.verb, event.subject, event.asset_id, facts, event.hash)
    return (event.sequence, event.at.isoformat(), *cells)


def _json(entry: dict[str, Any]) -> str:
    return json.dumps(entry, sort_keys=True, separators=(",", ":")) + "\n"


def _canonical(facts: dict[str, Any]) -> bytes:
    return json.dumps(facts, sort_keys=True, separators=(",", ":")).encode()


def _read(line: str) -> dict[str, Any]:
    try:
        known = json.loads(line)
    except ValueError:
        raise NotThisFile("This isn't an activity log exported as JSON Lines.") from None
    if not isinstance(known, dict):
        raise NotThisFile("This isn't an activity log exported as JSON Lines.")
    return known
