"""An authority's word for how far a ledger had come: what it finds that nothing kept here would."""

import base64
import io
import json
import subprocess
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from dam.accounts.models import Brand
from dam.audit.models import Event
from provenance.manifests import timestamps
from provenance.models import LedgerEntry, LedgerStamp
from provenance.review import ledger, ledger_stamps, stamping_ledgers
from tests import timestamp_authority
from tests.integration.provenance.review.test_ledger import approved, without_triggers
from tests.review_factory import Case
from tests.timestamp_authority import Authority

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not timestamp_authority.HAS_OPENSSL, reason="needs openssl"),
]


@pytest.fixture(autouse=True)
def authority(tmp_path: Path, settings: Any) -> Iterator[Authority]:
    timestamps.breaker.worked()
    with timestamp_authority.running(tmp_path / "authority") as running:
        settings.TIMESTAMP_URL, settings.TIMESTAMP_ANCHORS = running.url, [str(running.root)]
        yield running
    timestamps.breaker.worked()


def made_anew(case: Case, old: str, new: str) -> None:
    """The whole chain, and the entries' hashes in the activity log, as who has all of this house could."""
    before = ledger.GENESIS
    for row in LedgerEntry.objects.filter(brand=case.brand).order_by("sequence"):
        record = row.record.replace(old, new)
        entry = ledger.Entry(case.brand.pk, row.sequence, record, before, "")
        digest = ledger.digest(entry)
        without_triggers(
            "UPDATE provenance_ledgerentry SET record = %s, previous_hash = %s, hash = %s WHERE id = %s",
            record,
            before,
            digest,
            row.pk,
        )
        without_triggers(
            "UPDATE dam_event SET data = jsonb_set(data, '{ledger,hash}', to_jsonb(%s::text))"
            " WHERE data -> 'ledger' ->> 'hash' = %s",
            digest,
            row.hash,
        )
        before = digest


def exported(case: Case) -> list[str]:
    file = io.StringIO()
    ledger.export(case.brand, file, at=timezone.now())
    return file.getvalue().splitlines()


def test_a_ledger_that_has_grown_is_stamped_once_a_day(authority: Authority) -> None:
    case = Case()
    assert stamping_ledgers.add() == 0  # nothing was decided
    approved(case)
    now = timezone.now()
    assert stamping_ledgers.add(at=now) == 1
    assert stamping_ledgers.add(at=now + timedelta(days=2)) == 0  # it hasn't grown
    (stamp,) = LedgerStamp.objects.all()
    assert (stamp.entries, stamp.head) == (2, ledger.verify(case.brand).head)
    assert stamp.events == Event.objects.filter(brand=case.brand).count()
    assert len(authority.asked) == 1
    case.version = case.add_version()
    approved(case)
    assert stamping_ledgers.add(at=now + timedelta(hours=1)) == 0
    assert stamping_ledgers.add(at=now + timedelta(hours=21)) == 1
    stamped = ledger.verify(case.brand).stamped
    assert stamped is not None
    assert (stamped.entries, stamped.authority) == (4, "Timestamps for tests")


def test_anybody_can_check_it_with_openssl(authority: Authority, tmp_path: Path) -> None:
    case = Case()
    approved(case)
    stamping_ledgers.add()
    head = json.loads(exported(case)[0])
    (stamp,) = head["stamps"]
    lines = (
        "reelproof-ledger-stamp/1",
        head["brand"],
        *(stamp[n] for n in ("entries", "head", "events", "log_head")),
    )
    (tmp_path / "heads").write_text("\n".join(map(str, lines)))
    (tmp_path / "response").write_bytes(base64.b64decode(stamp["response"]))
    command = [
        "openssl",
        "ts",
        "-verify",
        "-data",
        "heads",
        "-in",
        "response",
        "-CAfile",
        str(authority.root),
    ]
    assert subprocess.run(command, cwd=tmp_path, capture_output=True, check=False).returncode == 0


def test_a_ledger_made_anew_with_its_log_is_found_by_its_timestamp_alone() -> None:
    case = Case()
    approved(case)
    stamping_ledgers.add()
    made_anew(case, "Grüße", "Gruß")
    verdict = ledger.verify(case.brand)
    assert (verdict.broken_at, verdict.problem) == (2, "A timestamp names another entry 2.")
    LedgerStamp.objects.all().delete()
    assert ledger.verify(case.brand).problem.startswith("The decision of stage")  # its own table alone knows


def test_entries_cut_off_since_a_timestamp_are_found() -> None:
    case = Case()
    approved(case)
    stamping_ledgers.add()
    without_triggers("DELETE FROM provenance_ledgerentry WHERE sequence = 2")
    assert ledger.verify(case.brand).problem == "A timestamp names an entry 2, which isn't there."


def test_an_activity_log_made_anew_is_found() -> None:
    case = Case()
    approved(case)
    stamping_ledgers.add()
    without_triggers("UPDATE dam_event SET hash = repeat('0', 64) WHERE brand_id = %s", case.brand.pk)
    assert "knows another event" in ledger.verify(case.brand).problem


def test_an_export_proves_itself_by_its_timestamps(django_assert_num_queries: Any) -> None:
    case = Case()
    approved(case)
    stamping_ledgers.add()
    lines = exported(case)
    with django_assert_num_queries(0):
        verdict = ledger.verify_export(lines)
    assert verdict.stamped is not None
    assert (verdict.holds, verdict.stamped.entries) == (True, 2)
    made_anew(case, "Grüße", "Gruß")
    forged = exported(case)
    assert not ledger.verify_export(forged).holds
    head = json.loads(forged[0])
    odd = [{**head["stamps"][0], "head": "\ud800"}, {**head["stamps"][0], "log_head": 7}]
    nothing: tuple[object, ...] = ([], None, "x", [{}], [{"brand": 1}], odd)
    for stamps in (*nothing, [{**head["stamps"][0], "response": "AAAA"}]):
        void = ledger.verify_export([json.dumps({**head, "stamps": stamps}), *forged[1:]])
        assert (void.holds, void.stamped) == (True, None)  # nobody vouches for it, and it says so


def test_a_timestamp_of_somebody_who_isnt_trusted_vouches_for_nothing(settings: Any) -> None:
    case = Case()
    approved(case)
    stamping_ledgers.add()
    settings.TIMESTAMP_ANCHORS = []
    verdict = ledger.verify(case.brand)
    assert (verdict.holds, verdict.stamped, verdict.void) == (True, None, 1)


def test_whose_timestamp_is_the_oldest_comes_first(
    authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second, third = cases = Case(), Case(), Case()
    for case in cases:
        approved(case)
    now = timezone.now()
    for case, days in ((first, 1), (second, 3)):
        LedgerStamp.objects.create(
            brand=case.brand,
            entries=1,
            head=LedgerEntry.objects.get(brand=case.brand, sequence=1).hash,
            events=1,
            at=now,
            created_at=now - timedelta(days=days),
        )
    asked: list[int] = []

    def stamp(brand: Brand, *, at: datetime) -> bool:
        asked.append(brand.pk)
        return False

    monkeypatch.setattr(stamping_ledgers, "_stamp", stamp)
    stamping_ledgers.add(at=now)
    assert asked == [third.brand.pk, second.brand.pk, first.brand.pk]


def test_a_ledger_that_doesnt_hold_isnt_stamped(
    authority: Authority, caplog: pytest.LogCaptureFixture
) -> None:
    case = Case()
    approved(case)
    without_triggers("UPDATE provenance_ledgerentry SET record = '{}' WHERE sequence = 2")
    assert stamping_ledgers.add() == 0
    assert not authority.asked
    assert "isn't stamped" in caplog.text


def test_an_authority_that_fails_is_asked_again_the_next_hour(authority: Authority) -> None:
    case = Case()
    approved(case)
    authority.answer = (500, b"")
    assert stamping_ledgers.add() == 0
    authority.answer = None
    timestamps.breaker.worked()
    assert stamping_ledgers.add() == 1


def test_without_an_authority_nobody_is_asked(settings: Any) -> None:
    case = Case()
    approved(case)
    settings.TIMESTAMP_URL = ""
    assert stamping_ledgers.add() == 0
    assert ledger.verify(case.brand).stamped is None


def test_of_many_timestamps_the_newest_and_one_a_month_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger_stamps, "EACH_FOR", 3)
    case, start = Case(), timezone.now().replace(day=15)
    for days in range(0, 100, 5):
        LedgerStamp.objects.create(
            brand=case.brand, entries=days + 1, events=1, at=start + timedelta(days=days), authority="x"
        )
    kept = [stamp.entries for stamp in ledger_stamps.kept(case.brand)]
    assert kept[-3:] == [86, 91, 96]
    months = {(start + timedelta(days=entries - 1)).strftime("%Y-%m") for entries in kept}
    assert len(months) == len({(start + timedelta(days=d)).strftime("%Y-%m") for d in range(0, 100, 5)})
    assert len(kept) <= 3 + len(months)


def test_the_command_says_who_stamped_it(capsys: pytest.CaptureFixture[str]) -> None:
    case = Case()
    approved(case)
    stamping_ledgers.add()
    call_command("ledger", "verify", "--brand", case.brand.slug)
    assert "Timestamps for tests stamped the first 2 on 20" in capsys.readouterr().out
    call_command("ledger", "verify", "--brand", case.brand.slug, "--json")
    assert json.loads(capsys.readouterr().out)["stamped"]["entries"] == 2
    LedgerStamp.objects.update(response="AAAA")
    call_command("ledger", "verify", "--brand", case.brand.slug)
    told = capsys.readouterr()
    assert "No timestamp vouches for any of them." in told.out
    assert "1 timestamps don't hold" in told.err
