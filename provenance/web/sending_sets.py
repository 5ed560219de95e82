"""Sending several clips to review at once: what can be sent, by which stages, and what can't and why."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from dam.accounts.capabilities import Capability
from dam.accounts.times import of_brand
from dam.catalog.models import Version
from dam.collections import audience, items
from dam.core import numbers
from dam.core.language import number
from dam.web import going_back, localisation, selection
from dam.web.decorators import BrandRequest, requires
from provenance.review import changing_sets, choosing, reviews, sending_sets, stage_names
from provenance.review.choosing import Choice
from provenance.review.sending_sets import MOST, Candidate, Sent, Wanted
from provenance.review.set_models import ReviewSet
from provenance.review.stage_names import Line
from provenance.web.end_days import end_of
from provenance.web.submit_forms import SetForm


@dataclass(frozen=True)
class Group:
    """Clips whose reviews pass the same stages."""

    choice: Choice
    lines: Sequence[Line]
    versions: list[Version] = field(default_factory=list)


@require_POST
@requires(Capability.SUBMIT)
def choose(request: BrandRequest) -> HttpResponse:
    """The page before sending, of chosen clips or of a collection. It comes again with another template."""
    keys, title = _chosen(request)
    if not keys:
        messages.warning(request, _("Choose at least one clip."))
        return going_back.go(request)
    if len(keys) > MOST:
        messages.error(request, sending_sets.too_many())
        return going_back.go(request)
    entered = {name: request.POST.get(name, "") for name in ("title", "note", "due_on", "key", "into")}
    given = {name: value for name, value in entered.items() if value}
    form = _form(request, initial={"title": title, "key": uuid4()} | given)
    return _page(request, sending_sets.chosen(keys, by=request.principal), form)


@require_POST
@requires(Capability.SUBMIT)
def send(request: BrandRequest) -> HttpResponse:
    """Send those that can be sent; the page says which were left out, and why."""
    keys, form = selection.keys(request), _form(request, sent=True)
    versions = sending_sets.chosen(keys[: MOST + 1], by=request.principal)
    if not versions:
        messages.warning(request, _("Choose at least one clip."))
        return going_back.go(request)
    if form.is_valid():
        try:
            there = form.cleaned_data["into"]
            sent = (
                _added(request, versions, there)
                if there
                else sending_sets.send(
                    form.cleaned_data["key"],
                    _wanted(request, versions),
                    by=request.principal,
                    title=form.cleaned_data["title"],
                    note=form.cleaned_data["note"],
                    due_at=end_of(form.cleaned_data["due_on"], zone=form.zone, browser=form.browser),
                )
            )
        except sending_sets.AlreadySent as there:
            messages.info(request, there.message)
            return redirect("review-set", request.brand.slug, form.cleaned_data["key"])
        except (sending_sets.SetRefused, reviews.ReviewRefused) as refused:
            form.add_error(None, refused.message)
        else:
            if sent.reviews:
                return _done(request, sent)
            form.add_error(None, _("None of these clips could be sent. The reasons are below."))
    return _page(request, versions, form, status=422)


def _added(request: BrandRequest, versions: Sequence[Version], there: ReviewSet) -> Sent:
    return changing_sets.add(there, _wanted(request, versions), by=request.principal)


def _done(request: BrandRequest, sent: Sent) -> HttpResponse:
    words = ngettext(
        "%(count)s clip was sent to review.", "%(count)s clips were sent to review.", len(sent.reviews)
    )
    messages.success(request, words % {"count": number(len(sent.reviews))})
    if not sent.left_out:
        return redirect("review-set", request.brand.slug, sent.review_set.pk)
    context = {"area": "review", "review_set": sent.review_set, "left_out": sent.left_out}
    return render(request, "review/set_sent.html", context)


def _chosen(request: BrandRequest) -> tuple[list[UUID], str]:
    """The clips in their order, up to one more than a set can have, and the name of their collection."""
    key = selection.key(request.POST.get("collection", ""))
    if key is None:
        return selection.keys_or_all(request, most=MOST)[: MOST + 1], ""
    collection = audience.visible(request.principal).filter(pk=key).first()
    if collection is None:
        return [], ""
    found = items.seen(collection, request.principal).values_list("asset", flat=True)
    return list(found[: MOST + 1]), collection.name[: sending_sets.LONGEST_TITLE]


def _form(request: BrandRequest, *, sent: bool = False, initial: dict[str, object] | None = None) -> SetForm:
    zone, browser = of_brand(request.brand), localisation.browser_place(request)
    data = request.POST if sent else None
    addable = changing_sets.addable(request.principal)
    return SetForm(data, initial=initial, zone=zone, browser=browser, auto_id="set_%s", addable=addable)


def _template(request: BrandRequest) -> int | None:
    return numbers.read(request.POST.get("template", ""))


def _wanted(request: BrandRequest, versions: Sequence[Version]) -> list[Wanted]:
    """Each with what the page said of its stages; of those that couldn't be sent it said none."""
    template = _template(request)
    choices = choosing.of_many(versions, brand=request.brand, wanted=template)
    return [
        Wanted(
            version,
            template=template if choices[version.pk].by_hand else None,
            seen=seen,
        )
        for version in versions
        if (seen := request.POST.get(f"seen_{version.asset_id}")) is not None
    ]


def _page(
    request: BrandRequest, versions: Sequence[Version], form: SetForm, *, status: int = 200
) -> HttpResponse:
    template = _template(request)
    found = sending_sets.candidates(versions, by=request.principal, template=template)
    is_open = any(each.choice.is_open for each in found)
    context = {
        "area": "review",
        "form": form,
        "groups": _groups(found),
        "sendable": [each.version for each in found if each.refusal is None],
        "refused": [each for each in found if each.refusal is not None],
        "by_hand": choosing.offered(request.brand) if is_open else (),
        "wanted": template,
        "back": going_back.address(request),
    }
    return render(request, "review/send_set.html", context, status=status)


def _groups(found: Sequence[Candidate]) -> list[Group]:
    """Those that can be sent, by what their reviews pass, each in the order of its first clip."""
    groups: dict[str, Group] = {}
    names = stage_names.of(stage for each in found for stage in each.choice.stages)
    for each in found:
        if each.refusal is None:
            lines = [names.line(stage) for stage in each.choice.stages]
            groups.setdefault(each.choice.seen, Group(each.choice, lines)).versions.append(each.version)
    return list(groups.values())
