"""The ledger of decisions: what it keeps, that nobody changes it unseen, and that an export proves itself."""

import hashlib
import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from dam.audit.models import Event
from provenance.review import ledger, reviews
from provenance.review.models import Decision, LedgerEntry
from provenance.review.states import DecisionKind
from provenance.review.watching import Watched
from tests.factories import BrandFactory
from tests.integration.dam.catalog.test_at_once import at_once
from tests.review_factory import Case


def approved(case: Case) -> None:
    review = case.submit()
    reviews.decide(
        review,
        by=case.brand_reviewer,
        kind=DecisionKind.APPROVE,
        expected_sha256=case.version.sha256,
        uses=["web"],
        territories=["EU"],
        comment="Grüße \u2028 and\nlines",
        signed_in="passkey",
        watched=Watched(1_900, 2_000, every_frame=False),
    )
    case.approve(review, by=case.legal_reviewer)


def records(case: Case) -> list[dict[str, Any]]:
    rows = LedgerEntry.objects.filter(brand=case.brand).order_by("sequence")
    return [json.loads(row.record) for row in rows]


def without_triggers(statement: str, *parameters: str | int) -> None:
    """As somebody would who owns the database."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(statement, parameters or None)
        cursor.execute("SET LOCAL session_replication_role = origin")


@pytest.mark.django_db
def test_each_decision_has_an_entry_with_what_it_stands_on() -> None:
    case = Case()
    approved(case)
    first, second = records(case)
    assert first["decision"] == second["decision"] == "approve"
    assert first["by"] == f"user:{case.brand_reviewer.user.pk}"
    assert (first["role"], second["role"]) == ("brand_reviewer", "legal_reviewer")
    assert (first["stage"], second["stage"]) == ("brand", "legal")
    assert first["master_sha256"] == case.version.sha256
    assert (first["uses"], first["territories"], first["valid_until"]) == (["web"], ["EU"], None)
    assert first["signed_in"] == "passkey"
    assert first["watched"] == {"played_ms": 1_900, "length_ms": 2_000, "every_frame": False}
    assert first["comment"] == "Grüße \u2028 and\nlines"
    assert first["version"] == str(case.version.pk)


@pytest.mark.django_db
def test_withdrawing_an_approval_is_an_entry_too() -> None:
    case = Case()
    approved(case)
    reviews.revoke(case.version, by=case.legal_reviewer, reason="The song was never cleared.")
    last = records(case)[-1]
    assert (last["decision"], last["comment"]) == ("revoke", "The song was never cleared.")
    assert ledger.verify(case.brand).holds


@pytest.mark.django_db
def test_the_chain_can_be_worked_out_by_hand_and_the_activity_log_vouches_for_it() -> None:
    case = Case()
    approved(case)
    one, two = LedgerEntry.objects.filter(brand=case.brand).order_by("sequence")
    assert (one.sequence, two.sequence, two.previous_hash) == (1, 2, one.hash)
    lines = f"{'0' * 64}\n{case.brand.pk}\n1\n{one.record}"
    assert one.hash == hashlib.sha256(lines.encode()).hexdigest()
    logged = Event.objects.filter(brand=case.brand, data__has_key="ledger").order_by("sequence")
    assert [event.data["ledger"] for event in logged] == [
        {"entry": 1, "hash": one.hash},
        {"entry": 2, "hash": two.hash},
    ]


@pytest.mark.django_db
def test_each_brand_has_a_chain_of_its_own() -> None:
    cases = [Case(), Case(BrandFactory.create(slug="other"))]
    for case in cases:
        approved(case)
    for case in cases:
        numbers = LedgerEntry.objects.filter(brand=case.brand).values_list("sequence", flat=True)
        assert sorted(numbers) == [1, 2]
        assert ledger.verify(case.brand).holds


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE provenance_ledgerentry SET record = record || ' '",
        "UPDATE provenance_ledgerentry SET hash = hash",
        "DELETE FROM provenance_ledgerentry",
    ],
)
def test_the_database_refuses_any_change(statement: str) -> None:
    approved(Case())
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


@pytest.mark.django_db
def test_nobody_gives_an_entry_a_place_or_a_hash_of_their_own() -> None:
    case = Case()
    approved(case)
    version = case.version
    entry = LedgerEntry.objects.create(
        brand=case.brand,
        review_id=version.pk,
        version_id=version.pk,
        record="{}",
        sequence=99,
        previous_hash="a" * 64,
        hash="b" * 64,
    )
    entry.refresh_from_db()
    assert entry.sequence == 3
    assert ledger.check(ledger.entries(case.brand)).holds


@pytest.mark.django_db
def test_a_temporary_table_of_its_name_leads_the_chain_nowhere_else() -> None:
    case = Case()
    approved(case)
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE provenance_ledgerentry (LIKE public.provenance_ledgerentry)")
        cursor.execute(
            "INSERT INTO public.provenance_ledgerentry (brand_id, review_id, version_id, record, sequence,"
            " previous_hash, hash) VALUES (%s, %s, %s, '{}', 0, '', '')",
            [case.brand.pk, case.version.pk, case.version.pk],
        )
        cursor.execute("DROP TABLE pg_temp.provenance_ledgerentry")
    assert ledger.check(ledger.entries(case.brand)) == ledger.verify(case.brand)
    assert ledger.verify(case.brand).entries == 3


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("statement", "broken_at"),
    [
        ("UPDATE provenance_ledgerentry SET record = replace(record, 'EU', 'FR') WHERE sequence = 1", 1),
        ("UPDATE provenance_ledgerentry SET hash = repeat('a', 64) WHERE sequence = 2", 2),
        ("DELETE FROM provenance_ledgerentry WHERE sequence = 1", 1),
        ("DELETE FROM provenance_ledgerentry WHERE sequence = 2", 2),  # the log knows it
        ("UPDATE provenance_decision SET uses = '[\"broadcast\"]' WHERE stage = 1", 2),
        ("UPDATE provenance_decision SET decided_at = decided_at + interval '1 day' WHERE stage = 0", 1),
    ],
)
def test_what_was_tampered_with_in_the_database_is_found(statement: str, broken_at: int) -> None:
    case = Case()
    approved(case)
    assert ledger.verify(case.brand).holds
    without_triggers(statement)
    verdict = ledger.verify(case.brand)
    assert not verdict.holds
    assert verdict.broken_at == broken_at


@pytest.mark.django_db
def test_a_chain_made_anew_after_a_change_is_found_by_the_activity_log() -> None:
    case = Case()
    approved(case)
    without_triggers(
        "UPDATE provenance_ledgerentry SET record = replace(record, 'EU', 'FR') WHERE sequence = 1"
    )
    previous = ledger.GENESIS
    for entry in list(ledger.entries(case.brand)):
        made = entry._replace(previous=previous)
        previous = ledger.digest(made)
        without_triggers(
            "UPDATE provenance_ledgerentry SET previous_hash = %s, hash = %s WHERE sequence = %s",
            made.previous,
            previous,
            made.sequence,
        )
    assert ledger.check(ledger.entries(case.brand)).holds
    verdict = ledger.verify(case.brand)
    assert verdict.problem == "The activity log knows another entry 1."


@pytest.mark.django_db
def test_a_decision_written_past_the_ledger_is_found() -> None:
    case = Case()
    review = case.submit()
    Decision.objects.create(
        review=review,
        stage=0,
        kind="approve",
        decided_by=case.brand_reviewer.user,
        content_sha256=case.version.sha256,
    )
    assert "isn't in the ledger" in ledger.verify(case.brand).problem


def _exported(case: Case) -> list[str]:
    file = io.StringIO()
    ledger.export(case.brand, file, at=timezone.now())
    return file.getvalue().splitlines(keepends=True)


@pytest.mark.django_db
def test_an_export_proves_itself_without_a_database(django_assert_num_queries: Any) -> None:
    case = Case()
    approved(case)
    lines = _exported(case)
    names = json.loads(lines[-1])["people"]
    assert names[f"user:{case.legal_reviewer.user.pk}"] == str(case.legal_reviewer.user)
    with django_assert_num_queries(0):
        verdict = ledger.verify_export(lines)
        assert (verdict.holds, verdict.entries) == (True, 2)
        changed = [lines[0], lines[1].replace("EU", "FR"), *lines[2:]]
        assert ledger.verify_export(changed).broken_at == 1
        assert ledger.verify_export([lines[0], *lines[2:]]).broken_at == 1
        assert ledger.verify_export([*lines[:2], lines[3]]).broken_at == 2
        assert ledger.verify_export(lines[:-1]).problem == "The end of the file is missing."


@pytest.mark.parametrize(
    "lines",
    [
        [],
        ["{}"],
        ["not json"],
        ["[]"],
        ['{"format": "reelproof-ledger/1", "brand": 1}', "{}"],
        ['{"format": "reelproof-ledger/1", "brand": 1}', "[1]"],
        [
            '{"format": "reelproof-ledger/1", "brand": 1}',
            '{"brand": 2, "sequence": 1, "record": "{}", "previous": "", "hash": ""}',
        ],
        ['{"format": "reelproof-ledger/1"}', '{"brand": 1}'],
        [
            '{"format": "reelproof-ledger/1", "brand": 1}',
            f'{{"brand": 1, "sequence": 1, "record": "\\ud800", "previous": "{ledger.GENESIS}", "hash": ""}}',
        ],
        [
            '{"format": "reelproof-ledger/1", "brand": 1}',
            f'{{"entries": 0, "head": "{ledger.GENESIS}"}}',
            '{"brand": 1, "sequence": 1, "record": "{}", "previous": "", "hash": ""}',
        ],
    ],
)
def test_a_file_that_is_no_ledger_is_refused(lines: list[str]) -> None:
    with pytest.raises(ledger.NotALedger):
        ledger.verify_export(lines)


@pytest.mark.django_db
def test_the_command_tells_exports_and_checks_a_file(tmp_path: Path) -> None:
    case = Case()
    approved(case)
    out, path = io.StringIO(), tmp_path / "ledger.jsonl"
    call_command("ledger", "verify", "--brand", case.brand.slug, "--export", str(path), stdout=out)
    assert "2 entries hold" in out.getvalue()
    out = io.StringIO()
    call_command("ledger", "verify", "--file", str(path), "--json", stdout=out)
    assert json.loads(out.getvalue())["holds"] is True
    with pytest.raises(CommandError, match="is there already"):
        call_command("ledger", "verify", "--brand", case.brand.slug, "--export", str(path))
    path.write_text(path.read_text().replace("EU", "FR"))
    out = io.StringIO()
    with pytest.raises(CommandError, match="doesn't hold"):
        call_command("ledger", "verify", "--file", str(path), "--json", stdout=out)
    assert json.loads(out.getvalue())["broken_at"] == 1
    with pytest.raises(CommandError, match="no brand"):
        call_command("ledger", "verify", "--brand", "nobody")


@pytest.mark.django_db(transaction=True)
def test_decisions_at_the_same_moment_each_get_their_place() -> None:
    brand = BrandFactory.create()
    cases = [Case(brand) for _ in range(6)]
    asked = [case.submit() for case in cases]

    def decide(case: Case, review: Any) -> None:
        case.approve(review, by=case.brand_reviewer)

    works = [
        lambda case=case, review=review: decide(case, review)
        for case, review in zip(cases, asked, strict=True)
    ]
    assert at_once(*works) == []
    assert ledger.verify(brand).entries == 6
