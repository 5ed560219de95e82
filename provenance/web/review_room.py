"""The room where a clip is looked at and decided."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import HttpResponse, JsonResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from dam.accounts import principals
from dam.accounts.capabilities import Capability
from dam.accounts.principals import Principal
from dam.accounts.times import here, of_brand, today_in
from dam.catalog.models import AssetKind, Version
from dam.duplicates import lookalikes
from dam.rights import defaults, disclosure, presets, statements
from dam.web import (
    htmx,
    localisation,
    passkey_proofs,
    player_captions,
    problem_details,
    rights_presets,
)
from dam.web.decorators import BrandRequest, requires
from provenance.guests import links
from provenance.review import (
    absences,
    approving_together,
    asking,
    disclosing,
    evidence,
    questions,
    queue,
    reviews,
    sets,
)
from provenance.review.asking import Asked
from provenance.review.checklist import Document, Question
from provenance.review.models import Review
from provenance.review.states import DecisionKind, ReviewState
from provenance.web import (
    carried_comments,
    comment_filter,
    disclosure_words,
    played,
    release_summary,
    review_comments,
    review_evidence,
    review_lists,
    review_reset,
    review_summary,
    room_compare,
    signatures,
)
from provenance.web.end_days import end_of, start_of
from provenance.web.review_forms import AnswerForm, ApproveForm, SignedAnswerForm, SignedForm

LEGAL = "legal"  # the kind of stage whose every decision is signed


@require_safe
@never_cache
@requires(Capability.VIEW_UNRELEASED)
def room(request: BrandRequest, review_id: UUID) -> HttpResponse:
    """One clip in review: the player, every fact, the comments, and the decision.

    That somebody has opened it is kept where clips can be approved together; a piece that comes again by
    itself opens nothing.
    """
    review = _review(request, review_id)
    if request.method == "GET" and not htmx.is_htmx(request):
        approving_together.note_opening(review, by=request.principal)
    return _room(request, review)


@require_POST
@requires(Capability.VIEW_UNRELEASED)
def decide(request: BrandRequest, review_id: UUID) -> HttpResponse:
    """Approve, request changes or reject; then the next clip that waits comes up."""
    review = _review(request, review_id)
    try:
        kind = DecisionKind(request.POST.get("kind", ""))
    except ValueError as unknown:
        raise BadRequest(_("Unknown decision.")) from unknown
    refusal = reviews.refusal_to_decide(review, by=request.principal)
    if refusal is not None and refusal.code == "wrong_role":
        raise PermissionDenied(refusal.sentence)
    sent_in_vain: Mapping[str, str] = {}
    if kind == DecisionKind.APPROVE and refusal is None:
        sent_in_vain = review_evidence.keep_sent(request, review)
    form = _form(review, kind, data=request.POST, by=request.principal)
    if rights_presets.FILL in request.POST and isinstance(form, ApproveForm) and not sent_in_vain:
        return _filled(request, review, form)
    fine = form.is_valid() and not sent_in_vain
    for field, problem in sent_in_vain.items():
        form.add_error(field, problem)
    moved = None if refusal else asking.refuse_moved(review, form.seen, kind=kind)
    if moved is not None:
        form = _again(review, kind, sent=request.POST, by=request.principal, refusal=moved.sentence)
    elif fine and (signed_in := _signed_in(request, review, form, kind=kind)):
        answer, before = form.cleaned_data, reviews.cleared_so_far(review)
        try:
            reviews.decide(
                review,
                by=request.principal,
                kind=kind,
                expected_sha256=answer["sha256"],
                seen=form.seen,
                comment=answer["comment"],
                uses=answer.get("uses", ()),
                territories=answer.get("territories", ()),
                valid_until=end_of(
                    answer.get("valid_until"),
                    zone=of_brand(review.brand),
                    browser=localisation.browser_place(request),
                    latest=before.valid_until if before else None,
                ),
                embargo_until=start_of(
                    answer.get("embargo_until"),
                    zone=of_brand(review.brand),
                    earliest=before.embargo_until if before else None,
                ),
                answers=form.answers if isinstance(form, ApproveForm) else (),
                disclosed=form.disclosed if isinstance(form, ApproveForm) else None,
                preset=form.chosen if isinstance(form, ApproveForm) else None,
                stating=form.stating if isinstance(form, ApproveForm) else None,
                signed_in=signed_in,
                watched=played.watched(review, by=request.principal, told=answer["played"]),
            )
        except evidence.EvidenceGone as gone:
            form = _again(review, kind, sent=request.POST, by=request.principal, refusal=gone.message)
        except reviews.ReviewRefused as refused:
            if refused.code == asking.MOVED_ON.code:
                review = _review(request, review_id)
                form = _again(
                    review,
                    kind,
                    sent=request.POST,
                    by=request.principal,
                    refusal=asking.MOVED_ON.sentence,
                )
            else:
                form.add_error(None, str(refused))
        else:
            return _go_on(request, review)
    return _shown(request, review, kind, form, status=422)


def _filled(request: BrandRequest, review: Review, sent: ApproveForm) -> HttpResponse:
    """The form as it was sent, with the terms of the preset that was chosen; nothing is judged yet."""
    filled = rights_presets.entered(sent, request.POST, without=("password", "passkey"))
    preset = sent.presets.wanted(request.POST) if sent.presets is not None else None
    if preset is not None:
        filled |= sent.filled_in(preset, today=today_in(sent.zone))
    form = _form(review, DecisionKind.APPROVE, by=request.principal, filled=filled)
    name = preset.name if preset is not None else ""
    return _shown(request, review, DecisionKind.APPROVE, form, just_filled=name)


def _shown(
    request: BrandRequest,
    review: Review,
    kind: DecisionKind,
    form: AnswerForm | ApproveForm,
    *,
    just_filled: str = "",
    status: int = 200,
) -> HttpResponse:
    """One form again: alone, or in its room."""
    if htmx.is_htmx(request):
        context = {
            "review": review,
            "form": form,
            "kind": kind,
            "just_filled": just_filled,
            **_signed(review, asking.of_one(review)),
            "alike": _alike(request, review.version),
            **signatures.ways(request),
        }
        return render(request, f"review/{kind}.html", context, status=status)
    opened = {kind.value: form, "opened": kind.value, "just_filled": just_filled}
    return _room(request, review, **opened, status=status)


@require_safe
@never_cache
@requires(Capability.VIEW_UNRELEASED)
def disclosure_follows(request: BrandRequest, review_id: UUID) -> HttpResponse:
    """The fragment of an approval that says which labels its answers, uses and territories ask for."""
    review = _review(request, review_id)
    form = _form(review, DecisionKind.APPROVE, data=request.GET, by=request.principal)
    assert isinstance(form, ApproveForm)
    form.is_valid()
    return render(request, "review/_follows.html", {"follows": _follows(form, at=here(request.brand))})


def _follows(form: ApproveForm, *, at: datetime) -> list[str] | None:
    """In sentences, by place; None until the questions, uses and territories are answered."""
    given = form.cleaned_data
    disclosed, uses, places = form.disclosed, given.get("uses"), given.get("territories")
    if disclosed is None or not uses or not places:
        return None
    needed = disclosure.needed(disclosed, uses=uses, places=places, at=at)
    return disclosure_words.lines(needed)


@require_POST
@requires(Capability.VIEW_UNRELEASED)
def ask_passkey(request: BrandRequest, review_id: UUID) -> HttpResponse:
    """What the reviewer's authenticator is to sign before they decide as `kind` says, once."""
    review = _review(request, review_id)
    try:
        kind = DecisionKind(request.GET.get("kind", DecisionKind.APPROVE))
    except ValueError as unknown:
        raise BadRequest(_("Unknown decision.")) from unknown
    refusal = reviews.refusal_to_decide(review, by=request.principal)
    if refusal is not None:
        raise PermissionDenied(refusal.sentence)
    try:
        options = passkey_proofs.begin(
            request,
            principals.person(request.principal),
            about=signatures.content(review, review.version.sha256, asking.seen(review), kind=kind),
        )
    except passkey_proofs.NoPasskey:
        return problem_details.problem(404, "no_passkey", _("You have no passkey yet."))
    return JsonResponse({"request_options": options})


def _signed_in(
    request: BrandRequest, review: Review, form: AnswerForm | ApproveForm, *, kind: DecisionKind
) -> str:
    """How they showed who they are (reviews.decide); empty where they didn't, and the form says why."""
    if not isinstance(form, SignedForm):
        return "session"
    seen = form.seen or asking.seen(review)
    about = signatures.content(review, form.cleaned_data["sha256"], seen, kind=kind)
    return signatures.signed_in(request, form, about=about)


def _form(
    review: Review,
    kind: DecisionKind,
    *,
    by: Principal,
    data: Any = None,
    filled: dict[str, Any] | None = None,
) -> AnswerForm | ApproveForm:
    """`filled` is what it begins with in the place of what the review and the brand say."""
    seen = asking.seen(review)
    initial = {"sha256": review.version.sha256, "stage": seen.stage, "approvals": seen.approvals}
    prefix_id = f"{kind}_%s"  # three forms in one page
    if kind == DecisionKind.APPROVE:
        before = reviews.cleared_so_far(review)
        lines = questions.of_review(review)
        zone = of_brand(review.brand)
        usual = defaults.read(review.brand.default_rights)
        asks = review.state == ReviewState.OPEN and disclosing.is_asked(review, stage=review.stage)
        suggested = disclosing.suggested(review) if asks else None
        return ApproveForm(
            data,
            before=before,
            usual=usual,
            zone=zone,
            questions=lines,
            given=_given(review, lines, by=by),
            asks_disclosure=asks,
            suggested=suggested[1] if suggested else None,
            offered=list(presets.of(review.brand)),
            stated=statements.of(review.version) if statements.may_edit(review.version, by=by) else None,
            initial=initial | (filled or {}),
            auto_id=prefix_id,
        )
    law = review.waits_for.kind == LEGAL
    return (SignedAnswerForm if law else AnswerForm)(data, initial=initial, auto_id=prefix_id)


def _given(review: Review, lines: Sequence[Question], *, by: Principal) -> dict[int, Document]:
    """The documents that they gave already, by question."""
    if by.user is None or not any(line.evidence for line in lines):
        return {}
    return {key: evidence.answered(row) for key, row in evidence.drafts(review, by=by.user).items()}


def _again(
    review: Review, kind: DecisionKind, *, sent: QueryDict, by: Principal, refusal: str
) -> AnswerForm | ApproveForm:
    """The form with all that was entered, for where the review stands now."""
    seen, entered = asking.seen(review), sent.copy()
    entered["stage"], entered["approvals"] = str(seen.stage), str(seen.approvals)
    form = _form(review, kind, data=entered, by=by)
    form.add_error(None, refusal)
    return form


def _go_on(request: BrandRequest, review: Review) -> HttpResponse:
    """Say what came of it, and show the next clip that waits."""
    review = queue.visible_reviews(request.principal).get(pk=review.pk)
    messages.success(
        request, f"{review.version.asset}: {review_summary.sentence(review, at=here(request.brand))}"
    )
    following = sets.following(review, request.principal)
    if following is not None:
        address = reverse("review", args=[request.brand.slug, following.pk])
    else:
        address = reverse("reviews", args=[request.brand.slug])
    if htmx.is_htmx(request):
        return htmx.go_to(address)
    return redirect(address)


def _review(request: BrandRequest, review_id: UUID) -> Review:
    rows = queue.visible_reviews(request.principal)
    return get_object_or_404(
        rows.prefetch_related("decisions__decided_by", "decisions__for_person"), pk=review_id
    )


def _room(request: BrandRequest, review: Review, *, status: int = 200, **extra: object) -> HttpResponse:
    at = here(request.brand)
    version = review.version
    waiting = queue.waiting_for(request.principal).prefetch_related(*review_lists.OF_ROWS)
    asked = asking.of_one(review, at=at)
    standing = absences.now_for(request.principal, at=at)
    refusal = reviews.refusal_to_decide(review, by=request.principal, asked=asked)
    approve_refusal = refusal or reviews.refusal_beyond_deciding(review, asked, by=request.principal)
    forms = (
        {} if refusal else {kind.value: _form(review, kind, by=request.principal) for kind in DecisionKind}
    )
    earlier = (
        Review.objects.filter(version__asset=version.asset, brand=request.brand)
        .exclude(pk=review.pk)
        .select_related("version__asset", "submitted_by")
        .prefetch_related("decisions__decided_by", "decisions__for_person")
        .order_by("-submitted_at")
    )
    compared = room_compare.context(request, version)
    beside: Version | None = compared["beside"]
    context = {
        "area": "review",
        "review": review,
        "version": version,
        "room_of": version.pk,
        "asset": version.asset,
        "renditions": version.rendition_by_kind,
        "player_captions": player_captions.of(version),
        "queue": review_lists.listed(
            list(waiting[: review_lists.RECENT]), at=at, standing=standing, by=request.principal
        ),
        "decides_for": review_lists.decides_for(asked, standing, by=request.principal),
        "set_place": sets.place(review, request.principal),
        "stages": review_summary.stages_of(review, at=at, asked=asked),
        "sentence": review_summary.sentence(review, at=at),
        "stage_title": review.waits_for.name,
        "refusal": refusal,
        "approve_refusal": approve_refusal,
        "notes_played": review.together and refusal is None,
        "may_withdraw": reviews.refusal_to_withdraw(review, by=request.principal) is None,
        "earlier": [(each, review_summary.sentence(each, at=at)) for each in earlier],
        "reset": review_reset.of(version, earlier, at=at) if review.state == ReviewState.OPEN else None,
        "status": release_summary.status(version, at=at),
        "may_share_outside": links.may_share(request.principal),
        **_signed(review, asked),
        "alike": _alike(request, version, shown=True),
        **signatures.ways(request),
        **review_comments.context(version, by=request.principal, wanted=comment_filter.asked(request)),
        **carried_comments.context(request, version, beside=beside.number if beside else None),
        **compared,
        **forms,
        **extra,
    }
    return render(request, "review/room.html", context, status=status)


def _alike(request: BrandRequest, version: Version, *, shown: bool = False) -> lookalikes.Found | None:
    """What looks like it, `shown` with frames; None of sound, which nobody compares."""
    if version.kind == AssetKind.SOUND:
        return None
    return (lookalikes.shown if shown else lookalikes.of)(version, to=request.principal)


def _signed(review: Review, asked: Asked) -> dict[str, object]:
    """What the dialog of an approval shows: the content, and what was cleared before."""
    position = review.position
    is_enough = asking.missing(review, asked) == 1
    onwards = is_enough and not position.last_stage
    return {
        "version": review.version,
        "stage_title": review.waits_for.name,
        "statement": review.waits_for.statement,
        "final": is_enough and position.last_stage,
        "next_title": review.planned[position.stage + 1].name if onwards else "",
        "before": reviews.cleared_so_far(review),
    }
