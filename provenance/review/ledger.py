"""The ledger of decisions: who decided what, about which bytes, in which role and how they had signed in.

One chain for each brand. The database itself numbers and hashes each entry as it is written, and refuses to
change or delete one (migration 0017): a program that writes past this module can't leave the chain either.
The hash is SHA-256, in hex, over four lines: the hash before it (64 zeros at the beginning), the brand's
number, the entry's number, and its record. Whoever has an export can work that out without this product.

A chain that was made anew from its beginning is intact in itself. So each entry's hash is also in the
activity log, whose seals and anchors (dam.audit) are made with a key that the database doesn't have.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from itertools import islice
from typing import Any, NamedTuple, TextIO, TypeVar

from dam.accounts.models import Brand, User
from dam.accounts.principals import Principal
from dam.audit import trail
from dam.audit.models import Event
from dam.audit.verbs import Verb
from dam.core.text import storable_json
from dam.media.recipes import DECODED
from dam.rights.presets import Chosen
from provenance.review import ledger_stamps
from provenance.review.approving_together import Together
from provenance.review.ledger_stamps import Proof
from provenance.review.models import Decision, LedgerEntry, Review
from provenance.review.states import DecisionKind
from provenance.review.watching import Watched

FORMAT = "reelproof-ledger/1"
GENESIS = "0" * 64
T = TypeVar("T")
# Beside the kinds of decisions: an approval was withdrawn, the first day of use of an approved version moved.
REVOKED, EMBARGO = "revoke", "embargo"


# The events that name their entry of the ledger.
LOGGED = (
    Verb.REVIEW_APPROVED_IN_PART,
    Verb.REVIEW_APPROVED_STAGE,
    Verb.REVIEW_APPROVED,
    Verb.REVIEW_CHANGES_REQUESTED,
    Verb.REVIEW_REJECTED,
    Verb.RELEASE_REVOKED,
    Verb.RELEASE_EMBARGO_CHANGED,
)


class Entry(NamedTuple):
    """An entry as it is hashed, from the database or from an export."""

    brand: int
    sequence: int
    record: str
    previous: str
    hash: str


class Stamped(NamedTuple):
    """Up to which entry an authority has said that all of it was there, and when."""

    entries: int
    at: datetime
    authority: str


@dataclass(frozen=True)
class Verdict:
    """What became of checking a ledger. `broken_at` is the number of the first entry that doesn't hold."""

    entries: int
    head: str  # the hash of the last entry that holds
    broken_at: int | None = None
    problem: str = ""
    stamped: Stamped | None = None  # the newest timestamp that holds
    void: int = 0  # timestamps that don't hold, or whose authority isn't on the list: they vouch for nothing

    @property
    def holds(self) -> bool:
        return not self.problem


class NotALedger(ValueError):
    """The file is no export of a ledger; the message says what was read."""


def of_decision(
    decision: Decision,
    review: Review,
    *,
    by: Principal | None,
    signed_in: str = "",
    watched: Watched | None = None,
    preset: Chosen | None = None,
    together: Together | None = None,
    earlier_comments: Mapping[str, int] | None = None,
    lookalikes: Mapping[str, object] | None = None,
) -> dict[str, object]:
    """What is recorded of a decision. `by` is None of one that was made before there was a ledger.

    `preset` is what filled in its terms: its name as it was, and whether the reviewer changed them.
    `together` says with what else one form approved it; `earlier_comments` how many of older versions' ones
    were found done, not done, or left open (provenance.review.carrying); `lookalikes` which clips that the
    reviewer sees were known to look like it (dam.duplicates.lookalikes).
    """
    filled: dict[str, object] = {"preset": preset.kept()} if preset else {}
    filled |= {"together": together.kept()} if together else {}
    signed = review.planned[decision.stage].statement if decision.kind == DecisionKind.APPROVE else ""
    filled |= {"statement": signed} if signed else {}
    filled |= {"for": f"user:{decision.for_person_id}"} if decision.for_person_id else {}
    filled |= {"earlier_comments": dict(earlier_comments)} if earlier_comments else {}
    filled |= {"lookalikes": dict(lookalikes)} if lookalikes else {}
    return filled | {
        "decision": decision.kind,
        "at": _when(decision.decided_at),
        "by": trail.reference_of(by) if by else f"user:{decision.decided_by_id}",
        "role": _role(by),
        "signed_in": signed_in,
        "master_sha256": decision.content_sha256,
        "stage": review.stages[decision.stage],
        "stage_index": decision.stage,
        "stage_title": review.planned[decision.stage].title,
        "stages": list(review.stages),
        "template": {"number": review.template_id, "revision": review.template_revision},
        "comment": decision.comment,
        "uses": list(decision.uses),
        "territories": list(decision.territories),
        "valid_until": _when(decision.valid_until) if decision.valid_until else None,
        "embargo_until": _when(decision.embargo_until) if decision.embargo_until else None,
        "watched": asdict(watched) if watched else None,
        "checklist": list(decision.checklist),
        "recorded_later": by is None,
    }


def of_revocation(
    review: Review, *, by: Principal, reason: str, at: datetime, signed_in: str = ""
) -> dict[str, object]:
    """What is recorded when an approval is withdrawn; `signed_in` as of a decision, if asked for."""
    shown: dict[str, object] = {"signed_in": signed_in} if signed_in else {}
    return shown | {
        "decision": REVOKED,
        "at": _when(at),
        "by": trail.reference_of(by),
        "role": _role(by),
        "master_sha256": review.content_sha256,
        "comment": reason,
    }


def of_embargo(
    review: Review,
    *,
    by: Principal,
    until: datetime | None,
    before: datetime | None,
    reason: str,
    at: datetime,
) -> dict[str, object]:
    """What is recorded when the first day of use of an approved version is moved, or lifted."""
    return {
        "decision": EMBARGO,
        "at": _when(at),
        "by": trail.reference_of(by),
        "role": _role(by),
        "master_sha256": review.content_sha256,
        "embargo_until": _when(until) if until else None,
        "before": _when(before) if before else None,
        "comment": reason,
    }


def append(review: Review, facts: Mapping[str, object]) -> LedgerEntry:
    """Write an entry, in the transaction of what it records. Others of the brand wait until that ends."""
    version = review.version
    record = {
        **facts,
        "brand": review.brand.slug,
        "review": str(review.pk),
        "asset": str(version.asset_id),
        "version": str(version.pk),
        "number": version.number,
    }
    # Of a video that was decoded to its end, and of an image. The same pictures are known by it in another
    # container, too, or without metadata.
    if decoded := version.media_info.get(DECODED):
        record["pictures_sha256"] = decoded["sha256"]
    entry = LedgerEntry(
        brand_id=review.brand_id, review_id=review.pk, version_id=version.pk, record=_canonical(record)
    )
    entry.save(force_insert=True)
    entry.refresh_from_db()  # with its place and its hash
    return entry


def of_decisions(review: Review) -> dict[tuple[int, int], LedgerEntry]:
    """The entries of a review's decisions, by the index of their stage and who decided."""
    entries = LedgerEntry.objects.filter(review_id=review.pk).order_by("sequence")
    return {found: each for each in entries if (found := place(json.loads(each.record)))}


def place(record: Mapping[str, Any]) -> tuple[int, int] | None:
    """Which decision a record is of: the index of its stage, and who decided. None of a withdrawal."""
    if "stage" not in record:
        return None
    # Before a stage could need several approvals there was one of each kind.
    index = record["stage_index"] if "stage_index" in record else record["stages"].index(record["stage"])
    person = str(record["by"]).rpartition("user:")[2]
    return index, int(person) if person.isdecimal() else 0


def entries(brand: Brand, *, after: int = 0) -> Iterator[Entry]:
    """All of a brand's after this number, oldest first, in constant memory."""
    rows = LedgerEntry.objects.filter(brand=brand, sequence__gt=after).order_by("sequence")
    for row in rows.values_list("brand_id", "sequence", "record", "previous_hash", "hash").iterator():
        yield Entry(*row)


def digest(entry: Entry) -> str:
    """What the entry's hash must be."""
    lines = (entry.previous, str(entry.brand), str(entry.sequence), entry.record)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def check(
    chain: Iterable[Entry],
    *,
    named: Mapping[int, str] | None = None,
    stamped: Mapping[int, str] | None = None,
    after: tuple[int, str] = (0, GENESIS),
) -> Verdict:
    """Follow a chain from its beginning, or from `after`, to the first link that doesn't hold.

    `named` and `stamped`: hashes by number of entries that a signed release names, and of those that
    timestamps are over. They must be those of the chain.
    """
    count, head = after
    wanted = {"The release": dict(named or {}), "A timestamp": dict(stamped or {})}
    for entry in chain:
        if entry.sequence != count + 1:
            return Verdict(count, head, count + 1, f"Entry {count + 1} is missing.")
        if entry.previous != head:
            problem = f"Entry {entry.sequence} doesn't follow the one before it."
            return Verdict(count, head, entry.sequence, problem)
        if digest(entry) != entry.hash:
            return Verdict(count, head, entry.sequence, f"Entry {entry.sequence} was changed.")
        for witness, hashes in wanted.items():
            if hashes.pop(entry.sequence, entry.hash) != entry.hash:
                problem = f"{witness} names another entry {entry.sequence}."
                return Verdict(count, head, entry.sequence, problem)
        count, head = entry.sequence, entry.hash
    for witness, hashes in wanted.items():
        if hashes:
            problem = f"{witness} names an entry {min(hashes)}, which isn't there."
            return Verdict(count, head, min(hashes), problem)
    return Verdict(count, head)


def verify(brand: Brand, *, named: Mapping[int, str] | None = None) -> Verdict:
    """Check a brand's ledger: its chain, what timestamps and the activity log say of it, and that it has
    every decision."""
    proof = ledger_stamps.proof(ledger_stamps.kept(brand))
    verdict = check(entries(brand), named=named, stamped=proof.heads)
    if not verdict.holds:
        return verdict
    problem = (
        _log_against_stamps(brand, verdict, proof)
        or _against_log(brand, verdict)
        or _against_decisions(brand, verdict)
    )
    return problem or replace(verdict, stamped=_newest(proof), void=proof.void)


def export(brand: Brand, file: TextIO, *, at: datetime) -> Verdict:
    """Write the ledger as JSON Lines: a head, the entries, and the names of people, which aren't hashed."""
    stamps = [stamp.exported() for stamp in ledger_stamps.kept(brand)]
    facts = {"format": FORMAT, "brand": brand.pk, "name": brand.name, "exported_at": _when(at)}
    _line(file, {**facts, "stamps": stamps})
    people: set[str] = set()
    count, head = 0, GENESIS
    for entry in entries(brand):
        _line(file, entry._asdict())
        people.add(str(json.loads(entry.record).get("by", "")))
        count, head = entry.sequence, entry.hash
    keys = {who.rpartition("user:")[2]: who for who in people if "user:" in who}
    users = User.objects.filter(pk__in=[key for key in keys if key.isdecimal()])
    names = {keys[str(user.pk)]: str(user) for user in users}
    _line(file, {"entries": count, "head": head, "people": names})
    return Verdict(count, head)


def verify_export(file: Iterable[str], *, named: Mapping[int, str] | None = None) -> Verdict:
    """Check an exported ledger, without a database. Raises NotALedger."""
    lines = (_read(number, line) for number, line in enumerate(file, 1) if line.strip())
    first = next(lines, {})
    if first.get("format") != FORMAT or "brand" not in first:
        raise NotALedger(f"The first line doesn't say that this is an export of a ledger ({FORMAT}).")
    last: dict[str, Any] = {}

    def chain() -> Iterator[Entry]:
        for line in lines:
            if "head" in line:
                last.update(line)
                return
            yield _entry(line, brand=first["brand"])

    proof = ledger_stamps.proof(ledger_stamps.read(first.get("stamps"), brand=first["brand"]))
    verdict = check(chain(), named=named, stamped=proof.heads)
    if not verdict.holds:
        return verdict
    if not last:
        return Verdict(verdict.entries, verdict.head, verdict.entries + 1, "The end of the file is missing.")
    if (last.get("entries"), last["head"]) != (verdict.entries, verdict.head):
        problem = f"Entries after {verdict.entries} are missing."
        return Verdict(verdict.entries, verdict.head, verdict.entries + 1, problem)
    if next(lines, None) is not None:
        raise NotALedger("There are lines after the last one of the ledger, which nothing vouches for.")
    return replace(verdict, stamped=_newest(proof), void=proof.void)


def _newest(proof: Proof) -> Stamped | None:
    if not proof.holding:
        return None
    number = max(proof.holding)
    _stamp, said = proof.holding[number]
    return Stamped(number, said.at, said.authority)


def _log_against_stamps(brand: Brand, verdict: Verdict, proof: Proof) -> Verdict | None:
    """Whether the activity log comes by the heads that it had when the ledger's timestamps were made."""
    heads = {stamp.events: stamp.log_head for stamp, _said in proof.holding.values() if stamp.events}
    rows = Event.objects.filter(brand=brand, sequence__in=list(heads))
    known = dict(rows.values_list("sequence", "hash"))
    for number in sorted(heads):
        if known.get(number) != heads[number]:
            problem = f"A timestamp knows another event {number} of the activity log."
            return replace(verdict, problem=problem)
    return None


def _against_log(brand: Brand, verdict: Verdict) -> Verdict | None:
    """What the activity log says of entries that the ledger has no more, or has otherwise."""
    logged = Event.objects.filter(brand=brand, verb__in=LOGGED, data__has_key="ledger").order_by("sequence")
    for batch in _batches(logged.values_list("data__ledger", flat=True).iterator()):
        said = {int(each["entry"]): str(each["hash"]) for each in batch}
        rows = LedgerEntry.objects.filter(brand=brand, sequence__in=list(said))
        known = dict(rows.values_list("sequence", "hash"))
        for number in sorted(said):
            if known.get(number) != said[number]:
                problem = f"The activity log knows another entry {number}."
                return Verdict(min(number - 1, verdict.entries), verdict.head, number, problem)
    return None


def _against_decisions(brand: Brand, verdict: Verdict) -> Verdict | None:
    """Decisions in the tables of reviews that the ledger doesn't know, or knows otherwise."""
    rows = Decision.objects.filter(review__brand=brand).select_related("review").order_by("pk")
    for batch in _batches(rows.iterator()):
        reviews = {decision.review_id for decision in batch}
        known = {
            (entry.review_id, *found): (entry.sequence, record)
            for entry in LedgerEntry.objects.filter(review_id__in=reviews).order_by("sequence")
            if (found := place(record := json.loads(entry.record)))
        }
        for decision in batch:
            wanted = of_decision(decision, decision.review, by=None)
            stage = wanted["stage"]
            key = (decision.review_id, decision.stage, decision.decided_by_id)
            number, record = known.get(key, (verdict.entries + 1, {}))
            # Of entries from before there were checklists: no answers; before there were templates: none.
            same = all(record.get(name) == wanted.get(name) for name in (*_COMPARED, "for", "statement"))
            planned = all(record.get(name, wanted[name]) == wanted[name] for name in _PLANNED)
            if not same or not planned or record.get("checklist", []) != wanted["checklist"]:
                what = "says something else than the ledger" if record else "isn't in the ledger"
                problem = f"The decision of stage {stage} in review {decision.review_id} {what}."
                return Verdict(verdict.entries, verdict.head, number, problem)
    return None


def _batches(rows: Iterator[T]) -> Iterator[list[T]]:
    while batch := list(islice(rows, 500)):
        yield batch


_PLANNED = ("stage_title", "template")
_COMPARED = (
    "stage",
    "decision",
    "at",
    "master_sha256",
    "comment",
    "uses",
    "territories",
    "valid_until",
    "embargo_until",
)


def _role(by: Principal | None) -> str:
    role = getattr(by, "role", None)
    return str(getattr(role, "value", None) or getattr(role, "name", None) or "")


def _when(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()


def _canonical(record: Mapping[str, object]) -> str:
    return json.dumps(storable_json(record), sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _line(file: TextIO, content: Mapping[str, object]) -> None:
    file.write(json.dumps(content, sort_keys=True) + "\n")


def _read(number: int, line: str) -> dict[str, Any]:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise NotALedger(f"Line {number} isn't JSON.") from error
    if not isinstance(found, dict):
        raise NotALedger(f"Line {number} isn't an entry.")
    return found


def _entry(line: Mapping[str, Any], *, brand: object) -> Entry:
    try:
        entry = Entry(**{name: line[name] for name in Entry._fields})
    except KeyError as missing:
        raise NotALedger(f"An entry has no {missing.args[0]}.") from missing
    if entry.brand != brand or not isinstance(entry.sequence, int) or not isinstance(entry.record, str):
        raise NotALedger(f"Entry {line['sequence']} isn't one of this brand's.")
    try:
        entry.record.encode()
    except UnicodeEncodeError as error:
        raise NotALedger(f"Entry {entry.sequence} holds text that is no Unicode.") from error
    return entry
