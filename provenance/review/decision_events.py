"""What the event of a decision says of it."""

from dam.audit.verbs import Verb
from dam.rights.presets import Chosen
from provenance.review.models import Decision, LedgerEntry, Review
from provenance.review.states import DecisionKind, Position, ReviewState


def verb(before: Position, after: Position, kind: DecisionKind) -> Verb:
    if after.state == ReviewState.OPEN:
        stays = after.stage == before.stage
        return Verb.REVIEW_APPROVED_IN_PART if stays else Verb.REVIEW_APPROVED_STAGE
    return {
        DecisionKind.APPROVE: Verb.REVIEW_APPROVED,
        DecisionKind.REQUEST_CHANGES: Verb.REVIEW_CHANGES_REQUESTED,
        DecisionKind.REJECT: Verb.REVIEW_REJECTED,
    }[kind]


def of_decision(
    decision: Decision, position: Position, review: Review, preset: Chosen | None = None
) -> dict[str, object]:
    filled: dict[str, object] = {"preset": preset.kept()} if preset else {}
    filled |= {"for": decision.for_person_id} if decision.for_person_id else {}
    return filled | {
        "stage": position.stage_name,
        "stage_index": position.stage,
        "stage_title": review.planned[position.stage].name,
        "approvals_missing": position.missing - 1 if decision.kind == DecisionKind.APPROVE else 0,
        "comment": decision.comment,
        "uses": decision.uses,
        "territories": decision.territories,
        "valid_until": decision.valid_until and decision.valid_until.isoformat(),
        "embargo_until": decision.embargo_until and decision.embargo_until.isoformat(),
    }


def of_entry(entry: LedgerEntry) -> dict[str, object]:
    """Of an event's data: the log and its anchors vouch for the ledger."""
    return {"ledger": {"entry": entry.sequence, "hash": entry.hash}}
