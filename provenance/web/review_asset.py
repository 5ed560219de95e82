"""Review on the asset page: how it stands, sending it to review, taking it back, ending an approval."""

from functools import partial
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from dam.accounts import principals
from dam.accounts.capabilities import Capability
from dam.accounts.times import here, of_brand
from dam.catalog.models import Asset, Version
from dam.core import numbers
from dam.rights import visibility
from dam.web import asset_version, htmx, localisation, passkey_proofs, problem_details
from dam.web.decorators import BrandRequest, requires
from provenance.recalls import recalls
from provenance.review import changing_sets, choosing, comments, queue, reviews, stage_names
from provenance.review.models import Review
from provenance.web import (
    carried_comments,
    comment_filter,
    pointing_comments,
    recall_summary,
    release_summary,
    review_comments,
    review_reset,
    review_summary,
    signatures,
)
from provenance.web.end_days import end_of
from provenance.web.review_forms import RevokeForm
from provenance.web.submit_forms import SubmitForm


@require_safe
@never_cache
@requires(Capability.VIEW)
def panel(request: BrandRequest, asset_id: UUID) -> HttpResponse:
    """The fragment of the asset page: state, stages, what this person may do next, and the comments."""
    return _panel(request, asset_version.find(request, asset_id))


@require_safe
@requires(Capability.VIEW_UNRELEASED)
def open_review(request: BrandRequest, asset_id: UUID) -> HttpResponse:
    """To the room of the version's open review; to the clip's page when it has been decided meanwhile."""
    version = asset_version.find(request, asset_id)
    review = queue.open_reviews(request.principal).filter(version=version).first()
    if review is None:
        return redirect("asset", request.brand.slug, asset_id)
    return redirect("review", request.brand.slug, review.pk)


@require_safe
@never_cache
@requires(Capability.SUBMIT)
def chosen(request: BrandRequest, asset_id: UUID) -> HttpResponse:
    """The fragment of the form that says which stages the review will pass."""
    version = asset_version.find(request, asset_id)
    return render(request, "review/_chosen.html", _chosen(request, version, request.GET.get("template", "")))


@require_POST
@requires(Capability.SUBMIT)
def submit(request: BrandRequest, asset_id: UUID) -> HttpResponse:
    version = asset_version.find(request, asset_id)
    browser = localisation.browser_place(request)
    form = SubmitForm(request.POST, zone=of_brand(request.brand), browser=browser)
    if form.is_valid():
        due_at = end_of(form.cleaned_data["due_on"], zone=form.zone, browser=browser)
        of = changing_sets.place_for(version, by=request.principal) if form.cleaned_data["in_set"] else None
        submitting = partial(changing_sets.submit_in_place, of=of) if of else reviews.submit
        try:
            submitting(
                version,
                by=request.principal,
                note=form.cleaned_data["note"],
                due_at=due_at,
                template=form.cleaned_data["template"],
                seen=form.cleaned_data["seen"] or None,
            )
        except reviews.ReviewRefused as refused:
            form.add_error(None, str(refused))
        else:
            return _back_to_asset(
                request, version.asset, (_("%(asset)s was sent to review.") % {"asset": version.asset})
            )
    return _panel(request, version, submit_form=form, status=422)


@require_POST
@requires(Capability.VIEW_UNRELEASED)
def withdraw(request: BrandRequest, review_id: UUID) -> HttpResponse:
    review = get_object_or_404(queue.visible_reviews(request.principal), pk=review_id)
    asset = review.version.asset
    try:
        reviews.withdraw(review, by=request.principal)
    except reviews.ReviewRefused as refused:
        if refused.code == "not_submitter":
            raise PermissionDenied(str(refused)) from refused
        messages.error(request, str(refused))
        return redirect("asset", request.brand.slug, asset.pk)
    return _back_to_asset(request, asset, (_("%(asset)s is a draft again.") % {"asset": asset}))


@require_safe
@never_cache
@requires(Capability.WITHDRAW_RELEASE)
def copies_asked(request: BrandRequest, asset_id: UUID) -> HttpResponse:
    """The fragment of the form below that says whom the withdrawal would ask."""
    version = asset_version.find(request, asset_id)
    asked, away = recalls.to_be_asked(version)
    context = {"copies_asked": asked, "copies_away": away, "leads_on": recalls.leads_on(version)}
    return render(request, "review/_copies_asked.html", context)


@require_POST
@requires(Capability.WITHDRAW_RELEASE)
def revoke(request: BrandRequest, asset_id: UUID) -> HttpResponse:
    signatures.require_member(request)
    version = asset_version.find(request, asset_id)
    form = RevokeForm(request.POST, auto_id="revoke_%s")
    about = signatures.withdrawal(version)
    if form.is_valid() and (how := signatures.signed_in(request, form, about=about)):
        try:
            reviews.revoke(version, by=request.principal, reason=form.cleaned_data["reason"], signed_in=how)
        except reviews.ReviewRefused as refused:
            form.add_error(None, str(refused))
        else:
            return _back_to_asset(
                request,
                version.asset,
                (_("The approval of %(asset)s was withdrawn.") % {"asset": version.asset}),
            )
    return _panel(request, version, revoke_form=form, status=422)


@require_POST
@requires(Capability.WITHDRAW_RELEASE)
def ask_passkey(request: BrandRequest, asset_id: UUID) -> HttpResponse:
    """What the authenticator of whoever withdraws this version's approval is to sign, once."""
    signatures.require_member(request)
    version = asset_version.find(request, asset_id)
    try:
        options = passkey_proofs.begin(
            request, principals.person(request.principal), about=signatures.withdrawal(version)
        )
    except passkey_proofs.NoPasskey:
        return problem_details.problem(404, "no_passkey", _("You have no passkey yet."))
    return JsonResponse({"request_options": options})


def _panel(
    request: BrandRequest,
    version: Version,
    *,
    submit_form: SubmitForm | None = None,
    revoke_form: RevokeForm | None = None,
    status: int = 200,
) -> HttpResponse:
    at = here(request.brand)
    works_here = request.principal.can(Capability.VIEW_UNRELEASED)
    passages = list(
        Review.objects.filter(
            version__asset=version.asset, version__in=visibility.visible_versions(request.principal)
        )
        .select_related("version__asset", "version__created_by", "submitted_by", "brand", "review_set")
        .prefetch_related("decisions__decided_by", "decisions__for_person")
        .order_by("-submitted_at")
    )
    latest = next((review for review in passages if review.version_id == version.pk), None)
    context: dict[str, object] = {
        "asset": version.asset,
        "version": version,
        **asset_version.others(request, version),
        "works_here": works_here,
        "latest": latest,
        "sentence": review_summary.sentence(latest, at=at) if latest else "",
        "stages": review_summary.stages_of(latest, at=at) if latest else (),
        "earlier": [(each, review_summary.sentence(each, at=at)) for each in passages if each is not latest],
        "reset": review_reset.of(version, passages, at=at) if works_here else None,
        "submit_refusal": reviews.refusal_to_submit(version, by=request.principal),
        "submit_form": submit_form or SubmitForm(auto_id="submit_%s", zone=of_brand(request.brand)),
        "decide_refusal": reviews.refusal_to_decide(latest, by=request.principal) if latest else None,
        "may_withdraw": latest is not None
        and reviews.refusal_to_withdraw(latest, by=request.principal) is None,
        "may_revoke": reviews.refusal_to_revoke(version, by=request.principal, reason="given") is None,
        "recall": recall_summary.of_version(version, by=request.principal),
        "recall_causes": recall_summary.causes(version, by=request.principal),
        "revoke_form": revoke_form or RevokeForm(auto_id="revoke_%s"),
    }
    if request.principal.can(Capability.SUBMIT) and context["submit_refusal"] is None:
        chosen_by_hand = request.POST.get("template") or request.GET.get("template", "")
        context |= _chosen(request, version, chosen_by_hand)
        context["place"] = changing_sets.place_for(version, by=request.principal)
    if context["may_revoke"]:
        context |= signatures.ways(request)
    if works_here:
        context |= review_comments.context(
            version, by=request.principal, wanted=comment_filter.asked(request)
        )
        context |= carried_comments.context(request, version)
        context |= pointing_comments.context(request, version)
        context["open_elsewhere"] = comments.open_in_newer_versions(version)
        context["status"] = release_summary.status(version, at=at)
        context["releases"] = release_summary.history(version.asset, at=at)
    return review_comments.answer(request, "review/asset_panel.html", context, status=status)


def _chosen(request: BrandRequest, version: Version, typed: str) -> dict[str, object]:
    wanted = numbers.read(typed)
    choice = choosing.of(version, wanted=wanted)
    names = stage_names.of(choice.stages)
    return {
        "asset": version.asset,
        "version": version,
        "chosen": choice,
        "chosen_lines": [names.line(stage) for stage in choice.stages],
        "chosen_refusal": choosing.refuse(choice, version, by=request.principal),
        "by_hand": choosing.offered(request.brand) if choice.is_open else (),
        "wanted": wanted,
    }


def _back_to_asset(request: BrandRequest, asset: Asset, words: str) -> HttpResponse:
    messages.success(request, words)
    if htmx.is_htmx(request):
        return htmx.reload()
    return redirect("asset", request.brand.slug, asset.pk)
