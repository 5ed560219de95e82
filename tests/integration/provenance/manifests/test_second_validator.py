"""A validator that shares no code with the product's comes to the same verdict on what is signed here."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import encypher_c2pa
import pytest

from dam.media import sniffer
from provenance.manifests import timestamps
from tests import timestamp_authority
from tests.signed_kinds import MAKERS, generated, release


@pytest.fixture(autouse=True)
def _nothing_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """It keeps that it may send nothing; not in the home of whoever runs the tests."""
    for name in ("HOME", "XDG_CONFIG_HOME"):
        monkeypatch.setenv(name, str(tmp_path / "home"))
    timestamps.breaker.worked()
    yield
    timestamps.breaker.worked()


def second(path: Path, settings: Any) -> dict[str, Any]:
    kind = sniffer.read(path)
    assert kind is not None
    return dict(
        encypher_c2pa.verify(
            path,
            kind.content_type,
            trust_pem=(settings.SIGNING_DIR / "development" / "root.pem").read_text(),
            no_default_trust=True,
            telemetry=False,
            online=False,
        )
    )


@pytest.mark.parametrize("kind", MAKERS)
def test_it_trusts_a_file_of_this_kind(kind: str, plain: Path, tmp_path: Path, settings: Any) -> None:
    found = second(MAKERS[kind](plain, tmp_path), settings)
    assert (found["validation_state"], found["integrity"]) == ("Trusted", "valid"), found[
        "validation_results"
    ]


@pytest.mark.skipif(not timestamp_authority.HAS_OPENSSL, reason="needs openssl")
def test_a_timestamp_is_no_fault(plain: Path, tmp_path: Path, settings: Any) -> None:
    """It calls the tokens of `openssl ts` malformed, also where the C2PA library put them."""
    with timestamp_authority.running(tmp_path / "authority") as authority:
        settings.TIMESTAMP_URL, settings.TIMESTAMP_ANCHORS = authority.url, [str(authority.root)]
        made = release(generated(plain, tmp_path / "clip.mp4"), tmp_path / "out.mp4")
        assert len(authority.asked) == 2
    found = second(made, settings)
    assert (found["validation_state"], found["validation_results"]["failure"]) == ("Trusted", [])


def test_it_sees_what_was_changed(plain: Path, tmp_path: Path, settings: Any) -> None:
    made = release(plain, tmp_path / "out.mp4")
    content = made.read_bytes()
    made.write_bytes(content[:-50] + bytes([content[-50] ^ 1]) + content[-49:])
    assert second(made, settings)["validation_state"] == "Invalid"
