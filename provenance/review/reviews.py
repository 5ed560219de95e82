"""The verbs of a review: submit, decide, withdraw, revoke; and supersede, by a newer version.

Each is one transaction that locks the version, asks the policy, moves the rows by conditional update
and leaves its audit event. What must not happen raises Refused and changes nothing.
"""

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from dam.accounts import principals
from dam.accounts.models import Brand, User
from dam.accounts.principals import Principal
from dam.audit import trail
from dam.audit.verbs import Verb
from dam.catalog import versions
from dam.catalog.models import Approval, AssetKind, Version
from dam.core import errors, events, language
from dam.core.lazily import lazy
from dam.custom_fields import schema, values
from dam.duplicates import lookalikes
from dam.rights import clearances, statements
from dam.rights.disclosure import Disclosed
from dam.rights.preset_terms import PresetTerms
from dam.rights.presets import Chosen
from provenance.recalls import recalls
from provenance.releases import releases, signable
from provenance.review import (
    approving_together,
    asking,
    carrying,
    checklist,
    choosing,
    cleared_models,
    decision_events,
    disclosing,
    enough_people,
    evidence,
    ledger,
    planned_moves,
    plans,
    policies,
    questions,
    states,
)
from provenance.review.approving_together import Together
from provenance.review.asking import Asked, Seen
from provenance.review.checklist import Answer
from provenance.review.models import Decision, Review
from provenance.review.policies import Clearance, DecisionFacts, Refusal, SubmissionFacts
from provenance.review.set_models import ReviewSet
from provenance.review.states import DecisionKind, Position, ReviewMove, ReviewState
from provenance.review.watching import Watched

MOVED = Refusal("moved", lazy("Someone else just changed this. Reload the page to see the current state."))


class ReviewRefused(errors.Refused):
    """A move that is not allowed; `code` for programs, the message for people."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.sentence, code=refusal.code)


def submit(
    version: Version,
    *,
    by: Principal,
    note: str = "",
    due_at: datetime | None = None,
    template: int | None = None,
    seen: str | None = None,
    review_set: ReviewSet | None = None,
    set_place: int | None = None,
    at: datetime | None = None,
) -> Review:
    """Send a version through the stages that choosing.of says, if it could be released after them.

    `template` is the number of one that was chosen by hand, `seen` what the page showed before it was sent
    (choosing.Choice.seen), `review_set` what it is sent together with (sets.send). Raises Refused.
    """
    at = at or timezone.now()
    version = Version.objects.select_related("asset", "brand").get(pk=version.pk)
    _stop_if(refusal_to_submit(version, by=by))
    _stop_if(not_signable(version))  # may read a file, so before anything is locked
    with trail.recording():
        version = versions.locked(version.pk)
        _stop_if(refusal_to_submit(version, by=by))
        choice = choosing.of(version, wanted=template)
        _stop_if(choosing.refuse(choice, version, by=by, seen=seen))
        review = Review(
            brand=version.brand,
            version=version,
            content_sha256=version.sha256,
            stages=[stage.kind for stage in choice.stages],
            plan=plans.written(choice.stages) if choice.template else [],
            template=choice.template,
            template_revision=choice.template.revision if choice.template else None,
            submitted_by=principals.person(by),
            submitted_at=at,
            note=note.strip(),
            due_at=due_at,
            review_set=review_set,
            set_place=set_place,
            together=review_set is not None and choice.template is not None and choice.template.together,
        )
        _begin(review, 0, at=at)
        review.save(force_insert=True)
        _set_approval(version, Approval.IN_REVIEW)
        data = {"note": review.note, "stages": review.stages, "due_at": due_at and due_at.isoformat()}
        data |= choice.recorded | _next(review, at=at)
        if review_set is not None:
            data["set_title"] = review_set.title
        _record(Verb.REVIEW_SUBMITTED, review, by=by, at=at, data=data)
    return review


def decide(
    review: Review,
    *,
    by: Principal,
    kind: DecisionKind,
    expected_sha256: str,
    seen: Seen | None = None,
    comment: str = "",
    uses: Iterable[str] = (),
    territories: Iterable[str] = (),
    valid_until: datetime | None = None,
    embargo_until: datetime | None = None,
    answers: Iterable[Answer] = (),
    disclosed: Disclosed | None = None,
    signed_in: str = "session",
    watched: Watched | None = None,
    preset: Chosen | None = None,
    stating: PresetTerms | None = None,
    together: Together | None = None,
    at: datetime | None = None,
) -> Decision:
    """Decide the stage that is waited for, about the bytes that `expected_sha256` names, if the review
    still stands where it was `seen` (asking.refuse_moved).

    Approving says for which uses, where, from when and until when, and answers the stage's checklist and,
    of an AI clip, how it is `disclosed` where that is asked (disclosing.is_asked); the last approval clears
    the version for just that and has the release signed. Nobody approves what could not be signed.
    Raises Refused.

    Its terms were filled in with `preset`, where they were, and what `stating` says is stated of the version
    with the approval. The ledger keeps it all, with how they showed who they are (`signed_in`: "password",
    "passkey", "company", "session") and how much of the clip they had `watched`. `together` with others of
    its set is approved only what allows that, by who has opened it in this stage.
    """
    at = at or timezone.now()
    if kind == DecisionKind.APPROVE:
        _stop_if(refusal_to_approve(review, by=by, at=at))  # may read a file, so before anything is locked
    with trail.recording():
        version = versions.locked(review.version_id)
        # Read again under the lock: the caller's copy is as old as the page.
        review = Review.objects.select_related("brand").get(pk=review.pk)
        review.version = version
        asked = asking.of_one(review, at=at)
        position = replace(review.position, missing=asking.missing(review, asked))
        _stop_if(refusal_to_decide(review, by=by, asked=asked))
        _stop_if(asking.refuse_moved(review, seen, kind=kind))
        if kind == DecisionKind.APPROVE:
            _stop_if(enough_people.refuse_approval(review, asked, person=_person(by)))
        if together is not None:
            _stop_if(approving_together.refuse(review, by=by))
        _stop_if(policies.refuse_content(seen_sha256=expected_sha256, content_sha256=version.sha256))
        clearance = Clearance(
            tuple(dict.fromkeys(uses)),
            tuple(dict.fromkeys(territories)),
            valid_until,
            embargo_until if embargo_until is not None and embargo_until > at else None,
        )
        before = cleared_so_far(review)
        _stop_if(policies.refuse_answer(kind, comment=comment, clearance=clearance, before=before, at=at))
        if kind == DecisionKind.APPROVE and clearance.embargo_until is not None:
            _stop_if(_refuse_to_hide(version))
        lines = questions.of_review(review) if kind == DecisionKind.APPROVE else ()
        answers = tuple(answers)
        _stop_if(checklist.refuse(lines, answers))
        asks = kind == DecisionKind.APPROVE and disclosing.is_asked(review, stage=position.stage)
        _stop_if(disclosing.UNANSWERED if asks and disclosed is None else None)
        if kind != DecisionKind.APPROVE:
            clearance, preset, stating = Clearance((), ()), None, None
        if stating is not None:
            _state(version, stating, by=by, preset=preset)
        after = states.after(position, ReviewMove(kind))
        in_place = asking.takes_the_place(review, asked, person=_person(by))
        _move(review, position, after, at=at)
        if in_place and after.state == ReviewState.OPEN:
            Review.objects.filter(pk=review.pk).update(asked_person=None, asked_group=None)
            review.asked_person = review.asked_group = None
        decision = Decision.objects.create(
            review=review,
            stage=position.stage,
            kind=kind,
            decided_by=principals.person(by),
            for_person_id=asked.in_place_of(_person(by)),
            decided_at=at,
            content_sha256=version.sha256,
            comment=comment.strip(),
            uses=list(clearance.uses),
            territories=list(clearance.territories),
            valid_until=clearance.valid_until,
            embargo_until=clearance.embargo_until,
            checklist=[
                *checklist.record(lines, answers),
                *(disclosing.record(disclosed) if asks and disclosed is not None else ()),
            ],
        )
        evidence.attach(decision, answers, asked={line.number for line in lines if line.evidence})
        if after.state != ReviewState.OPEN:
            _set_approval(version, Approval(states.APPROVAL[after.state]))
        if after.state == ReviewState.APPROVED:
            clearances.grant(
                version,
                uses=clearance.uses,
                territories=clearance.territories,
                valid_until=clearance.valid_until,
                embargo_until=clearance.embargo_until,
                at=at,
            )
            disclosing.settle(version, Decision.objects.filter(review=review))
            releases.begin(
                review,
                uses=clearance.uses,
                territories=clearance.territories,
                valid_until=clearance.valid_until,
                at=at,
            )
        next_ones = _next(review, at=at) if after.state == ReviewState.OPEN else {}
        record = ledger.of_decision(
            decision,
            review,
            by=by,
            signed_in=signed_in,
            watched=watched,
            preset=preset,
            together=together,
            earlier_comments=carrying.found_by_now(version, to=by),
            lookalikes=_known_lookalikes(version, to=by),
        )
        kept = decision_events.of_entry(ledger.append(review, record))
        data = decision_events.of_decision(decision, position, review, preset) | next_ones | kept
        if together is not None:
            data["together"] = together.kept()
        _record(decision_events.verb(position, after, kind), review, by=by, at=at, data=data)
    return decision


def _known_lookalikes(version: Version, *, to: Principal) -> dict[str, object]:
    """Those that the reviewer is shown; of sound, which nobody compares, nothing."""
    return lookalikes.of(version, to=to).kept() if version.kind != AssetKind.SOUND else {}


def _refuse_to_hide(version: Version) -> Refusal | None:
    """An earlier version is in use, and would be gone for viewers until this one's first day."""
    released = version.asset.released_id
    if released is None or released == version.pk:
        return None
    return Refusal(
        "in_use",
        _(
            "An earlier version is in use and would disappear until this one's first day of use. Approve it "
            "without that day once it has come, or withdraw the earlier approval first."
        ),
    )


def _state(version: Version, wanted: PresetTerms, *, by: Principal, preset: Chosen | None) -> None:
    """State of the version what a preset says beside the clearance, in the transaction of its approval."""
    statements.require(version, by=by)
    clean = statements.clean(wanted.filled(statements.of(version)))
    statements.put(version, clean, by=by, noted={"preset": preset.kept()} if preset else None)


def withdraw(review: Review, *, by: Principal, at: datetime | None = None) -> None:
    """Take an open review back; the version is a draft again. Raises Refused."""
    at = at or timezone.now()
    with trail.recording():
        version = versions.locked(review.version_id)
        review = Review.objects.select_related("brand").get(pk=review.pk)
        review.version = version
        _stop_if(refusal_to_withdraw(review, by=by))
        _move(review, review.position, states.after(review.position, ReviewMove.WITHDRAW), at=at)
        _set_approval(version, Approval.DRAFT)
        _record(Verb.REVIEW_WITHDRAWN, review, by=by, at=at)


def revoke(
    version: Version, *, by: Principal, reason: str, signed_in: str = "", at: datetime | None = None
) -> None:
    """End an approval: from now on nothing of the version leaves the house. Raises Refused.

    `signed_in` as in `decide`, where they showed who they are for it.
    """
    at = at or timezone.now()
    with trail.recording():
        version = versions.locked(version.pk)
        _stop_if(refusal_to_revoke(version, by=by, reason=reason))
        review = Review.objects.filter(version=version, state=ReviewState.APPROVED).latest("closed_at")
        review.version = version
        _move(review, review.position, states.after(review.position, ReviewMove.REVOKE), at=at)
        _set_approval(version, Approval.WITHDRAWN)
        releases.withdraw(review, reason=reason.strip(), at=at)
        recalls.of_withdrawal(review, by=by, reason=reason.strip(), at=at)
        record = ledger.of_revocation(review, by=by, reason=reason.strip(), signed_in=signed_in, at=at)
        kept = decision_events.of_entry(ledger.append(review, record))
        _record(Verb.RELEASE_REVOKED, review, by=by, at=at, data={"reason": reason.strip()} | kept)


def supersede(version: Version, *, by: User, newer: Version, at: datetime | None = None) -> None:
    """A newer version takes the place of this one: its open review, if there is one, is void.

    Called by dam.ingest.registration, which holds the locks of `versions.locked`.
    """
    at = at or timezone.now()
    events.publish(brand_id=version.brand_id, name="reviews")  # what was sent back is no longer waited for
    review = Review.objects.select_related("brand").filter(version=version, state=ReviewState.OPEN).first()
    if review is None:
        return
    review.version = version
    after = states.after(review.position, ReviewMove.SUPERSEDE)
    _move(review, review.position, after, at=at)
    _set_approval(version, Approval(states.APPROVAL[after.state]))
    _record(Verb.REVIEW_SUPERSEDED, review, by=by, at=at, data={"number": newer.number})


def _next(review: Review, *, at: datetime) -> dict[str, object]:
    """What the events of an open review say of its stage: its title, and whom it asks."""
    stage = review.waits_for
    return {"waits_for": stage.name, **asking.for_events(review, asking.of_one(review, at=at))}


def refusal_to_submit(version: Version, *, by: Principal) -> Refusal | None:
    """Why it may not be submitted by this principal now, whatever the stages; None when it may."""
    return refusals_to_submit([version], brand=version.brand, by=by)[version.pk]


def refusals_to_submit(
    versions: Collection[Version], *, brand: Brand, by: Principal
) -> dict[UUID, Refusal | None]:
    """`refusal_to_submit` of each of these versions of the brand, by its key, in one query at most."""
    missing = _missing_fields(versions, brand=brand)
    stages, capabilities = tuple(brand.review_stages), by.within(brand)
    return {
        version.pk: policies.refuse_submission(
            SubmissionFacts(
                approval=version.approval,
                processing=version.processing,
                stages=stages,
                capabilities=capabilities,
                trashed=version.asset.trashed_at is not None,
                replaced=version.asset.latest_id != version.pk,
            )
        )
        or missing.get(version.pk)
        for version in versions
    }


def _missing_fields(versions: Collection[Version], *, brand: Brand) -> dict[UUID, Refusal]:
    """A brand's required fields must have a value before a review; an upload doesn't wait for them."""
    known = schema.of(brand)
    if not any(field.required for field in known.in_use):
        return {}
    has = values.of([version.asset for version in versions], known=known)
    found = {}
    for version in versions:
        missing = known.asked_of(version.kind).missing(has[version.asset_id])
        if missing:
            titles = language.listed([field.title for field in missing])
            words = _("Fill in what is required before a review: %(fields)s.") % {"fields": titles}
            found[version.pk] = Refusal("missing_fields", words)
    return found


def refusal_to_decide(review: Review, *, by: Principal, asked: Asked | None = None) -> Refusal | None:
    """Why this principal may not decide the stage that is waited for; None when it may."""
    asked = asked or asking.of_one(review)
    is_asked = asked.includes(_person(by))
    return policies.refuse_decision(
        DecisionFacts(
            position=review.position,
            capabilities=by.within(review.brand),
            person=_person(by),
            made_by=review.version.created_by_id,
            submitted_by=review.submitted_by_id,
            decided_by={decision.decided_by_id for decision in review.decisions.all()},
            approved_by=asking.approved_by(review),
            stood_in_for={each.for_person_id for each in review.decisions.all() if each.for_person_id},
            asked=is_asked,
            who="" if is_asked else language.either(asking.names(review, asked)),
            submitted_sha256=review.content_sha256,
            content_sha256=review.version.sha256,
            trashed=review.version.asset.trashed_at is not None,
        )
    )


def refusal_to_approve(review: Review, *, by: Principal, at: datetime | None = None) -> Refusal | None:
    """Why this principal may not approve the stage that is waited for; also, why it would be in vain."""
    rows = Review.objects.select_related(
        "brand", "version__asset", "named_person", "named_group", "named_role"
    )
    review = rows.prefetch_related("decisions").get(pk=review.pk)
    asked = asking.of_one(review, at=at)
    return refusal_to_decide(review, by=by, asked=asked) or refusal_beyond_deciding(review, asked, by=by)


def refusal_beyond_deciding(review: Review, asked: Asked, *, by: Principal) -> Refusal | None:
    """Why it would be in vain if this principal, who may decide, approved."""
    return (
        enough_people.refuse_approval(review, asked, person=_person(by))
        or not_signable(review.version)
        or cleared_models.refuse(review.version)
    )


def not_signable(version: Version) -> Refusal | None:
    """Why approving it would be in vain; None when it can be released."""
    obstacle = signable.obstacle(version)
    return Refusal("not_signable", obstacle) if obstacle else None


def refusal_to_withdraw(review: Review, *, by: Principal) -> Refusal | None:
    return policies.refuse_withdrawal(
        state=ReviewState(review.state),
        person=_person(by),
        submitted_by=review.submitted_by_id,
        capabilities=by.within(review.brand),
    )


def refusal_to_revoke(version: Version, *, by: Principal, reason: str) -> Refusal | None:
    return policies.refuse_revocation(
        approval=version.approval, capabilities=by.within(version.brand), reason=reason
    )


def cleared_so_far(review: Review) -> Clearance | None:
    """What the latest approval in this review allows; None before the first. Reads its `decisions`."""
    approvals = [each for each in review.decisions.all() if each.kind == DecisionKind.APPROVE]
    last = max(approvals, key=lambda each: (each.stage, each.pk), default=None)
    if last is None:
        return None
    return Clearance(tuple(last.uses), tuple(last.territories), last.valid_until, last.embargo_until)


def _person(by: Principal) -> int | None:
    """Whose work counts as this principal's own. What a token did, its owner did."""
    return by.user.pk if by.user else None


def _stop_if(refusal: Refusal | None) -> None:
    if refusal is not None:
        raise ReviewRefused(refusal)


def _move(review: Review, source: Position, target: Position, *, at: datetime) -> None:
    closed_at = None if target.state == ReviewState.OPEN else at
    columns: dict[str, Any] = {"state": target.state, "stage": target.stage, "closed_at": closed_at}
    if target.stage != source.stage:
        columns |= asking.begun(review, target.stage, at=at)
    planned_moves.allow()
    moved = Review.objects.filter(pk=review.pk, state=source.state, stage=source.stage).update(**columns)
    if not moved:
        raise ReviewRefused(MOVED)
    for name, value in columns.items():
        setattr(review, name, value)


def _begin(review: Review, stage: int, *, at: datetime) -> None:
    for name, value in asking.begun(review, stage, at=at).items():
        setattr(review, name, value)


def _set_approval(version: Version, approval: Approval) -> None:
    try:
        versions.set_approval(version.pk, approval, expected=[Approval(version.approval)])
    except versions.ApprovalMoved as error:
        raise ReviewRefused(MOVED) from error


def _record(
    verb: Verb, review: Review, *, by: Principal | User, at: datetime, data: dict[str, object] | None = None
) -> None:
    version = review.version
    in_set = {"review_set": str(review.review_set_id)} if review.review_set_id else {}
    trail.record(
        verb,
        brand=review.brand,
        target=str(version),
        actor=by,
        asset_id=version.asset_id,
        data={"review": str(review.pk), "sha256": review.content_sha256, **in_set, **(data or {})},
        at=at,
    )
    events.publish(brand_id=review.brand_id, name="reviews")
    events.publish(brand_id=review.brand_id, name=f"version-{version.pk}")
