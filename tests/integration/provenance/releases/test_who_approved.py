"""What a signed release says of who approved it, and that the ledger of decisions bears it out."""

import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from dam.accounts import pseudonyms
from dam.core import storage
from provenance.manifests import verify
from provenance.review import reviews
from provenance.review.models import LedgerEntry
from tests.release_factory import case_of, sign
from tests.review_factory import Case

pytestmark = pytest.mark.django_db


def released(case: Case, out: Path, *, disclosure: str = "role") -> Path:
    """A copy of the released file of a brand that tells so much."""
    case.brand.reviewer_disclosure = disclosure
    case.brand.save()
    case.approve_all()
    release = sign(case.version)
    assert release.state == "ready", release.reason
    with storage.local_copy(release.storage_key) as path:
        out.write_bytes(path.read_bytes())
    return out


def names(path: Path) -> list[str]:
    review = verify.check(path).review
    assert review is not None
    return [stage.get("name", "") for stage in review.stages]


def test_only_roles_are_named_where_the_brand_chose_nothing(generated: Path, tmp_path: Path) -> None:
    assert names(released(case_of(generated), tmp_path / "copy.mp4")) == ["", ""]


def test_reviewers_are_named_where_the_brand_says_so(generated: Path, tmp_path: Path) -> None:
    case = case_of(generated)
    path = released(case, tmp_path / "copy.mp4", disclosure="name")
    assert names(path) == [case.brand_reviewer.name, case.legal_reviewer.name]


def test_a_pseudonym_is_the_same_in_every_file_and_nobodys_name(generated: Path, tmp_path: Path) -> None:
    case = case_of(generated)
    path = released(case, tmp_path / "copy.mp4", disclosure="pseudonym")
    people = (case.brand_reviewer.user, case.legal_reviewer.user)
    assert names(path) == [pseudonyms.of_reviewer(each.pk) for each in people]
    assert not any(each.name.encode() in path.read_bytes() for each in people)


def test_a_release_names_the_entries_of_the_ledger_that_bear_it_out(generated: Path, tmp_path: Path) -> None:
    case = case_of(generated)
    path = released(case, tmp_path / "copy.mp4")
    review = verify.check(path).review
    assert review is not None
    entries = LedgerEntry.objects.filter(brand=case.brand).order_by("sequence")
    assert [(stage["ledger_entry"], stage["ledger_sha256"]) for stage in review.stages] == [
        (entry.sequence, entry.hash) for entry in entries
    ]
    out = io.StringIO()
    call_command("ledger", "verify", "--brand", case.brand.slug, "--release", str(path), stdout=out)
    export = tmp_path / "ledger.jsonl"
    call_command("ledger", "verify", "--brand", case.brand.slug, "--export", str(export), stdout=out)
    out = io.StringIO()
    call_command("ledger", "verify", "--file", str(export), "--release", str(path), stdout=out)
    assert "2 entries hold" in out.getvalue()


def test_a_ledger_that_a_release_was_not_signed_from_is_found_out(generated: Path, tmp_path: Path) -> None:
    path = released(case_of(generated), tmp_path / "copy.mp4")
    other = case_of(generated)  # with decisions of its own
    other.approve_all()
    said, command = io.StringIO(), ("ledger", "verify", "--brand", other.brand.slug)
    with pytest.raises(CommandError, match="doesn't hold"):
        call_command(*command, "--release", str(path), stdout=said, stderr=said)
    assert "The release names another entry 1." in said.getvalue()


def test_a_ledger_that_ends_before_what_a_release_names_is_found_out(generated: Path, tmp_path: Path) -> None:
    path = released(case_of(generated), tmp_path / "copy.mp4")
    empty = Case()
    said = io.StringIO()
    with pytest.raises(CommandError, match="doesn't hold"):
        call_command(
            "ledger", "verify", "--brand", empty.brand.slug, "--release", str(path), stdout=said, stderr=said
        )
    assert "The release names an entry 1, which isn't there." in said.getvalue()


def test_a_file_that_is_no_release_of_ours_proves_nothing(generated: Path, tmp_path: Path) -> None:
    case = case_of(generated)
    path = released(case, tmp_path / "copy.mp4")
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    for file in (path, generated):
        with pytest.raises(CommandError, match="isn't a release that was signed here"):
            call_command("ledger", "verify", "--brand", case.brand.slug, "--release", str(file))
    with pytest.raises(CommandError, match="can't be opened"):
        call_command("ledger", "verify", "--brand", case.brand.slug, "--release", str(tmp_path / "none"))


def test_who_approved_anew_is_in_the_next_release(generated: Path, tmp_path: Path) -> None:
    case = case_of(generated)
    released(case, tmp_path / "one.mp4")
    reviews.revoke(case.version, by=case.legal_reviewer, reason="The song was never cleared.")
    case.version.refresh_from_db()
    path = released(case, tmp_path / "two.mp4", disclosure="name")
    review = verify.check(path).review
    assert review is not None
    # Two approvals, the withdrawal, and the two that count now.
    assert [stage["ledger_entry"] for stage in review.stages] == [4, 5]
