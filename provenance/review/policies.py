"""Who may do what to a review, and what an approval must say. Pure: facts in, refusal or None out."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from dam.accounts.capabilities import Capability
from dam.rights import territories
from dam.rights.policy import Use
from provenance.review.states import SUBMITTABLE, DecisionKind, Position, ReviewState


@dataclass(frozen=True)
class Refusal:
    """Why something may not happen: a code for programs, a sentence for people."""

    code: str
    sentence: str


@dataclass(frozen=True)
class Stage:
    """One step of a review: who decides it, and what people call it."""

    name: str
    title: str
    capability: Capability


STAGES = {
    "brand": Stage("brand", "Brand review", Capability.DECIDE_BRAND),
    "legal": Stage("legal", "Legal review", Capability.DECIDE_LEGAL),
}


@dataclass(frozen=True)
class SubmissionFacts:
    """The facts that a submission is judged by."""

    approval: str  # catalog.Approval
    processing: str  # catalog.Processing
    stages: tuple[str, ...]
    capabilities: Collection[Capability]  # of who submits it
    trashed: bool = False
    replaced: bool = False  # the asset has a newer version


@dataclass(frozen=True)
class DecisionFacts:
    """The facts that a decision is judged by; people are user ids."""

    position: Position
    capabilities: Collection[Capability]  # of who decides it
    person: int | None  # None for a guest
    made_by: int
    submitted_by: int
    decided_by: Collection[int]  # who decided an earlier stage of this review
    submitted_sha256: str
    content_sha256: str  # of the version as it is now
    trashed: bool = False


@dataclass(frozen=True)
class Clearance:
    """What an approval allows: where it may be shown, and until when."""

    uses: tuple[str, ...]
    territories: tuple[str, ...]
    valid_until: datetime | None = None


REPLACED = Refusal("superseded", "A newer version has replaced this one.")

_PROCESSING = {
    "waiting": Refusal("processing", "It is still being processed. Submit it when that is done."),
    "running": Refusal("processing", "It is still being processed. Submit it when that is done."),
    "failed": Refusal("processing_failed", "A processing step failed. Retry that step, then submit it."),
}

_APPROVAL = {
    "in_review": Refusal("in_review", "It is in review already."),
    "approved": Refusal("approved", "It is approved already."),
    "rejected": Refusal("rejected", "It was rejected. Make another version and submit that one."),
}


def refuse_submission(facts: SubmissionFacts) -> Refusal | None:
    if Capability.SUBMIT not in facts.capabilities:
        return Refusal("wrong_role", "Your role does not include sending clips to review.")
    if facts.trashed:
        return Refusal("trashed", "It is in the trash. Restore it first.")
    if facts.replaced:
        return REPLACED
    if facts.approval not in SUBMITTABLE:
        return _APPROVAL[facts.approval]
    if facts.processing != "ready":
        return _PROCESSING[facts.processing]
    if not facts.stages or any(name not in STAGES for name in facts.stages):
        return Refusal("no_stages", "This brand has no usable review stages. An administrator can set them.")
    return None


def refuse_decision(facts: DecisionFacts) -> Refusal | None:
    """Why this person may not decide the stage that is waited for; the first reason that applies."""
    position = facts.position
    if position.state == ReviewState.SUPERSEDED:
        return REPLACED
    if position.state != ReviewState.OPEN:
        return Refusal("closed", "This review is closed: nothing is left to decide.")
    if facts.trashed:
        return Refusal("trashed", "The clip is in the trash.")
    stage = STAGES[position.stage_name]
    if stage.capability not in facts.capabilities:
        return _other_stage(facts.capabilities, position) or Refusal(
            "wrong_role", f"The {stage.title.lower()} is decided by a {stage.name} reviewer."
        )
    if facts.person == facts.made_by:
        return Refusal("own_work", "You made this clip, so somebody else decides.")
    if facts.person == facts.submitted_by:
        return Refusal("own_submission", "You sent this clip to review, so somebody else decides.")
    if facts.person in facts.decided_by:
        return Refusal("decided_before", "You decided an earlier stage; this one needs a second person.")
    if facts.content_sha256 != facts.submitted_sha256:
        return Refusal("content_changed", "The file is not the one that was submitted. Submit it again.")
    return None


def _other_stage(capabilities: Collection[Capability], position: Position) -> Refusal | None:
    """For a reviewer of another stage: is it over, or still to come?"""
    waited_for = STAGES[position.stage_name].title.lower()
    for index, name in enumerate(position.stages):
        if STAGES[name].capability in capabilities:
            own = STAGES[name].title.lower()
            if index > position.stage:
                return Refusal("wrong_stage", f"The {waited_for} comes first; the {own} follows it.")
            return Refusal("wrong_stage", f"The {own} is done; the {waited_for} comes next.")
    return None


def refuse_content(*, seen_sha256: str, content_sha256: str) -> Refusal | None:
    """A decision counts for the bytes the reviewer saw and for no others."""
    if seen_sha256 == content_sha256:
        return None
    return Refusal("content_changed", "The file you saw is not the one in review now. Look at it again.")


def refuse_answer(
    kind: DecisionKind, *, comment: str, clearance: Clearance, before: Clearance | None, at: datetime
) -> Refusal | None:
    """What a decision must say. `before` is what the earlier stage cleared: it may be narrowed only."""
    if kind != DecisionKind.APPROVE:
        if comment.strip():
            return None
        return Refusal("no_comment", "Say in a comment what is wrong, so that the maker knows what to do.")
    if not clearance.uses:
        return Refusal("no_uses", "Choose at least one use that you approve it for.")
    if any(use not in list(Use) for use in clearance.uses):
        return Refusal("unknown_use", "One of the uses is unknown.")
    if not clearance.territories:
        return Refusal("no_territories", "Say where it may be used: worldwide, the EU, or countries.")
    if any(not territories.known(place) for place in clearance.territories):
        return Refusal("unknown_territory", "One of the territories is unknown.")
    if clearance.valid_until is not None and clearance.valid_until <= at:
        return Refusal("past_date", "The approval would have ended already. Choose a later date.")
    if before is not None and not _within(clearance, before):
        return Refusal("wider", "The earlier stage approved less. You may narrow that, not widen it.")
    return None


def _within(clearance: Clearance, before: Clearance) -> bool:
    ends_in_time = before.valid_until is None or (
        clearance.valid_until is not None and clearance.valid_until <= before.valid_until
    )
    return (
        ends_in_time
        and set(clearance.uses) <= set(before.uses)
        and all(territories.covers(before.territories, place) for place in clearance.territories)
    )


def refuse_withdrawal(
    *, state: ReviewState, person: int | None, submitted_by: int, capabilities: Collection[Capability]
) -> Refusal | None:
    """An open review is taken back by who submitted it; for people who have left, by an administrator."""
    if state != ReviewState.OPEN:
        return Refusal("closed", "This review is closed: there is nothing to withdraw.")
    own = person == submitted_by and Capability.SUBMIT in capabilities
    if not own and Capability.MANAGE_BRAND not in capabilities:
        return Refusal("not_submitter", "Only the person who submitted it or an administrator withdraws it.")
    return None


def refuse_revocation(*, approval: str, capabilities: Collection[Capability], reason: str) -> Refusal | None:
    if Capability.WITHDRAW_RELEASE not in capabilities:
        return Refusal("wrong_role", "Your role does not include withdrawing an approval.")
    if approval != "approved":
        return Refusal("not_approved", "It is not approved, so there is no approval to withdraw.")
    if not reason.strip():
        return Refusal("no_reason", "Say why the approval is withdrawn. The audit trail keeps it.")
    return None
