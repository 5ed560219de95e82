"""Who may do what to a review, and what an approval must say. Pure: facts in, refusal or None out."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from dam.accounts.capabilities import Capability
from dam.core.language import gettext as _
from dam.core.language import midsentence, noop
from dam.rights import territories
from dam.rights.policy import Use
from provenance.review.states import SUBMITTABLE, DecisionKind, Position, ReviewState


@dataclass(frozen=True)
class Refusal:
    """Why something may not happen: a code for programs, a sentence for people."""

    code: str
    words: str  # in English, or said already

    @property
    def sentence(self) -> str:
        return _(self.words)


@dataclass(frozen=True)
class Stage:
    """One step of a review: who decides it, and what people call it."""

    name: str
    words: str  # in English
    capability: Capability
    wrong_role: str  # in English

    @property
    def title(self) -> str:
        return _(self.words)


STAGES = {
    "brand": Stage(
        "brand",
        noop("Brand review"),
        Capability.DECIDE_BRAND,
        noop("Only a brand reviewer can decide the brand review."),
    ),
    "legal": Stage(
        "legal",
        noop("Legal review"),
        Capability.DECIDE_LEGAL,
        noop("Only a legal reviewer can decide the legal review."),
    ),
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
    decided_by: Collection[int]  # who decided any stage of this review
    submitted_sha256: str
    content_sha256: str  # of the version as it is now
    trashed: bool = False
    approved_by: Collection[int] = ()  # who approved this stage, which waits for more approvals
    stood_in_for: Collection[int] = ()  # in whose place somebody decided while they were away
    asked: bool = True  # by name, or nobody is and their role counts
    who: str = ""  # whom the stage names, for people


@dataclass(frozen=True)
class Clearance:
    """What an approval allows: where it may be shown, from when (`embargo_until`) and until when."""

    uses: tuple[str, ...]
    territories: tuple[str, ...]
    valid_until: datetime | None = None
    embargo_until: datetime | None = None


REPLACED = Refusal("superseded", noop("A newer version has replaced this one."))

_PROCESSING = {
    "waiting": Refusal(
        "processing", noop("This version is still processing. Send it to review when it's ready.")
    ),
    "running": Refusal(
        "processing", noop("This version is still processing. Send it to review when it's ready.")
    ),
    "failed": Refusal(
        "processing_failed", noop("A processing step failed. Run it again, then send this version to review.")
    ),
}

_APPROVAL = {
    "in_review": Refusal("in_review", noop("This version is already in review.")),
    "approved": Refusal("approved", noop("This version is already approved.")),
    "rejected": Refusal(
        "rejected", noop("This version was rejected. Add a new version and send that to review.")
    ),
}


def refuse_submission(facts: SubmissionFacts) -> Refusal | None:
    if Capability.SUBMIT not in facts.capabilities:
        return Refusal("wrong_role", _("Your role doesn't allow sending clips to review."))
    if facts.trashed:
        return Refusal("trashed", _("This clip is in the trash. Restore it first."))
    if facts.replaced:
        return REPLACED
    if facts.approval not in SUBMITTABLE:
        return _APPROVAL[facts.approval]
    if facts.processing != "ready":
        return _PROCESSING[facts.processing]
    if not facts.stages or any(name not in STAGES for name in facts.stages):
        return Refusal("no_stages", _("This brand has no review stages. An administrator can add them."))
    return None


def refuse_decision(facts: DecisionFacts) -> Refusal | None:
    """Why this person may not decide the stage that is waited for; the first reason that applies."""
    position = facts.position
    if position.state == ReviewState.SUPERSEDED:
        return REPLACED
    if position.state != ReviewState.OPEN:
        return Refusal("closed", _("This review has already ended."))
    if facts.trashed:
        return Refusal("trashed", _("This clip is in the trash."))
    stage = STAGES[position.stage_name]
    if stage.capability not in facts.capabilities:
        return _other_stage(facts.capabilities, position) or Refusal("wrong_role", stage.wrong_role)
    if facts.person == facts.made_by:
        return Refusal("own_work", _("You created this clip, so someone else must decide."))
    if facts.person == facts.submitted_by:
        return Refusal("own_submission", _("You sent this clip to review, so someone else must decide."))
    if facts.person in facts.approved_by:
        return Refusal(
            "approved_already", _("You approved this stage. It needs someone else's approval too.")
        )
    if facts.person in facts.stood_in_for:
        return Refusal("stood_in_for", _("Someone decided this in your place while you were away."))
    if facts.person in facts.decided_by:
        return Refusal("decided_before", _("You decided an earlier stage. This one needs a second person."))
    if not facts.asked:
        return Refusal("not_asked", _("%(who)s must decide this stage.") % {"who": facts.who})
    if facts.content_sha256 != facts.submitted_sha256:
        return Refusal(
            "content_changed", _("The file has changed since it was sent to review. Send it to review again.")
        )
    return None


def _other_stage(capabilities: Collection[Capability], position: Position) -> Refusal | None:
    """For a reviewer of another stage: is it over, or still to come?"""
    waited_for = midsentence(STAGES[position.stage_name].title)
    following = range(position.stage + 1, len(position.stages))
    for index in (*following, *range(position.stage)):  # what is still to come is told first
        name = position.stages[index]
        if STAGES[name].capability in capabilities:
            own = midsentence(STAGES[name].title)
            if index > position.stage:
                return Refusal(
                    "wrong_stage",
                    (
                        _("The %(own)s starts after the %(waited_for)s.")
                        % {"own": own, "waited_for": waited_for}
                    ),
                )
            return Refusal(
                "wrong_stage",
                (
                    _("The %(own)s is done. The %(waited_for)s is next.")
                    % {"own": own, "waited_for": waited_for}
                ),
            )
    return None


def refuse_content(*, seen_sha256: str, content_sha256: str) -> Refusal | None:
    """A decision counts for the bytes the reviewer saw and for no others."""
    if seen_sha256 == content_sha256:
        return None
    return Refusal(
        "content_changed", _("The file has changed since you opened it. Reload the page and review it again.")
    )


def refuse_answer(
    kind: DecisionKind, *, comment: str, clearance: Clearance, before: Clearance | None, at: datetime
) -> Refusal | None:
    """What a decision must say. `before` is what the approval before it cleared: it may be narrowed only."""
    if kind != DecisionKind.APPROVE:
        if comment.strip():
            return None
        return Refusal("no_comment", _("Add a comment so the creator knows what to change."))
    if not clearance.uses:
        return Refusal("no_uses", _("Choose at least one use."))
    if any(use not in list(Use) for use in clearance.uses):
        return Refusal("unknown_use", _("One of the uses isn't recognised."))
    if not clearance.territories:
        return Refusal(
            "no_territories", _("Choose where the clip can be used: worldwide, the EU or specific countries.")
        )
    if any(not territories.known(place) for place in clearance.territories):
        return Refusal("unknown_territory", _("One of the territories isn't recognised."))
    if clearance.valid_until is not None and clearance.valid_until <= at:
        return Refusal("past_date", _("This date has passed. Choose a later date."))
    if not _has_time(clearance):
        return Refusal("no_time", _("The last day of use comes before the first one."))
    if before is not None and not _within(clearance, before, at=at):
        return Refusal("wider", _("You can narrow what was approved before, but not widen it."))
    return None


def _has_time(clearance: Clearance) -> bool:
    begins, ends = clearance.embargo_until, clearance.valid_until
    return begins is None or ends is None or begins < ends


def _within(clearance: Clearance, before: Clearance, *, at: datetime) -> bool:
    begins_in_time = (
        before.embargo_until is None
        or before.embargo_until <= at
        or (clearance.embargo_until is not None and clearance.embargo_until >= before.embargo_until)
    )
    ends_in_time = before.valid_until is None or (
        clearance.valid_until is not None and clearance.valid_until <= before.valid_until
    )
    return (
        begins_in_time
        and ends_in_time
        and set(clearance.uses) <= set(before.uses)
        and all(territories.covers(before.territories, place) for place in clearance.territories)
    )


def refuse_withdrawal(
    *, state: ReviewState, person: int | None, submitted_by: int, capabilities: Collection[Capability]
) -> Refusal | None:
    """An open review is taken back by who submitted it; for people who have left, by an administrator."""
    if state != ReviewState.OPEN:
        return Refusal("closed", _("This review has already ended."))
    own = person == submitted_by and Capability.SUBMIT in capabilities
    if not own and Capability.MANAGE_BRAND not in capabilities:
        return Refusal(
            "not_submitter",
            _("Only the person who sent the clip to review or an administrator can cancel the review."),
        )
    return None


def refuse_revocation(*, approval: str, capabilities: Collection[Capability], reason: str) -> Refusal | None:
    if Capability.WITHDRAW_RELEASE not in capabilities:
        return Refusal("wrong_role", _("Your role doesn't allow withdrawing approvals."))
    if approval != "approved":
        return Refusal("not_approved", _("This version isn't approved."))
    if not reason.strip():
        return Refusal("no_reason", _("Enter a reason. It's kept in the activity log."))
    return None
