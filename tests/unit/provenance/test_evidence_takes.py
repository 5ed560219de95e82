"""Takes of a clip's briefs are counted by what became of them."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from provenance.evidence_packs import contributions

OWN, OTHER = 1, 2


def version(asset: int, *, trashed: bool = False) -> Any:
    trashed_at = datetime(2027, 5, 3, tzinfo=UTC) if trashed else None
    return SimpleNamespace(asset_id=asset, asset=SimpleNamespace(trashed_at=trashed_at))


@pytest.mark.parametrize(
    ("state", "became", "fate"),
    [
        ("done", version(OWN), "kept"),
        ("done", version(OWN, trashed=True), "kept"),
        ("done", version(OTHER), "another clip"),
        ("done", version(OTHER, trashed=True), "discarded"),
        ("done", None, "discarded"),
        *((state, None, state) for state in ("requested", "generating", "signing", "failed", "cancelled")),
    ],
)
def test_only_what_was_made_and_let_go_is_discarded(state: str, became: Any, fate: str) -> None:
    subject: Any = SimpleNamespace(asset=SimpleNamespace(pk=OWN))
    assert contributions._fate(SimpleNamespace(state=state, version=became), subject) == fate
