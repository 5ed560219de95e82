"""What two chains of Content Credentials have in common is said, and no more."""

from typing import Any

from django.utils import timezone

from provenance.manifests.public_checks import PublicCheck
from provenance.web import compared_origin


def said(*chains: dict[str, bool]) -> str:
    checks = [
        _check([{"label": label, "proven": proven} for label, proven in each.items()]) for each in chains
    ]
    return compared_origin._of_credentials(checks).sentence


def _check(manifests: list[dict[str, Any]]) -> PublicCheck:
    return PublicCheck(id="a", filename="a", size=1, at=timezone.now(), report={"manifests": manifests})


def test_steps_in_common_are_said_as_far_as_they_are_proven_for_both() -> None:
    assert said({"new": True}, {"new": True}) == "Both carry the same Content Credentials."
    assert said({"new": True, "old": True}, {"old": True}).startswith("A was made from B")
    assert said({"old": True}, {"new": True, "old": True}).startswith("B was made from A")
    assert "go back to the same signed file" in said({"one": True, "old": True}, {"two": True, "old": True})


def test_a_newest_step_that_isnt_proven_for_both_is_no_common_one() -> None:
    """What somebody signed may name an ingredient that doesn't hold beside one that does."""
    named = said({"one": True, "old": True}, {"two": True, "one": False, "old": True})
    assert "was made from" not in named
    assert "go back to the same signed file" in named
