"""What is damaged in a file or in the ledger's timestamps takes nothing else of a pack with it."""

import io
import zipfile
from datetime import UTC, datetime

import pytest

from provenance.evidence_packs import credentials
from provenance.evidence_packs.archive import Archive
from provenance.manifests import c2pa_io
from provenance.review.ledger_stamps import Stamp


@pytest.mark.parametrize(
    "damaged", [[b"", {"sigTst": "none"}, None, b""], [], 7, [b"", {"sigTst": 5}, None, b""]]
)
def test_a_token_that_cannot_be_read_takes_no_other_with_it(
    damaged: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = [b"p", {"sigTst2": {"tstTokens": [{"val": None}, {"val": b"token"}]}}, None, b"s"]
    found = [("urn:c2pa:1", damaged), ("urn:c2pa:2", whole)]
    monkeypatch.setattr(c2pa_io, "_signatures", lambda store: iter(found))
    assert [each["manifest"] for each in c2pa_io._tokens(b"")] == ["urn:c2pa:2"]


def test_a_damaged_timestamp_of_the_ledger_is_given_as_it_is() -> None:
    with zipfile.ZipFile(io.BytesIO(), "w") as file:
        archive = Archive(file, at=datetime(2027, 5, 3, tzinfo=UTC))
        told = credentials._of_ledger(archive, Stamp(1, 3, "ab" * 32, 9, "cd" * 32, "dam\u00e4ged"))
    assert (told["at"], told["trusted"]) == (None, False)
