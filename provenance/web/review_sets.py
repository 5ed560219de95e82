"""The page of clips that were sent to review together: each with its state, and who decides it."""

from collections import Counter
from collections.abc import Mapping
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from dam.accounts.capabilities import Capability
from dam.accounts.times import here
from dam.core.lazily import lazy
from dam.web import selection
from dam.web.decorators import BrandRequest, requires
from provenance.review import absences, changing_sets, queue, sending_sets, sets
from provenance.review.changing_sets import Changed
from provenance.review.models import Review
from provenance.review.set_models import ReviewSet
from provenance.review.states import ReviewState
from provenance.web import approving_sets, review_lists
from provenance.web.submit_forms import SetTitleForm

# Lists of what concerns whoever looks; none of them, no tab.
MINE = {
    "waiting": lazy("Waiting for you"),
    "returned": lazy("Returned to you"),
    "standing": lazy("Standing in"),
    "overdue": lazy("Overdue"),
}
FILTERS: Mapping[str, tuple[str, frozenset[str]]] = {
    "open": (lazy("In review"), frozenset({ReviewState.OPEN})),
    "approved": (lazy("Approved"), frozenset({ReviewState.APPROVED})),
    "changes": (lazy("Changes requested"), frozenset({ReviewState.CHANGES_REQUESTED})),
    "rejected": (lazy("Rejected"), frozenset({ReviewState.REJECTED})),
    "ended": (
        lazy("Ended without approval"),
        frozenset({ReviewState.WITHDRAWN, ReviewState.REVOKED, ReviewState.SUPERSEDED}),
    ),
}


CHANGES = {
    "take_out": changing_sets.take_out,
    "put_back": changing_sets.put_back,
    "cancel": changing_sets.cancel,
}
DONE = {"take_out": "taken_out", "put_back": "put_back", "cancel": "cancelled"}


@require_safe
@never_cache
@requires(Capability.VIEW_UNRELEASED)
def page(request: BrandRequest, set_id: UUID) -> HttpResponse:
    """What this person sees of the set, in its order; `show` narrows it."""
    review_set = get_object_or_404(sets.visible(request.principal), pk=set_id)
    found = list(sets.reviews_of(review_set, request.principal).prefetch_related(*review_lists.OF_ROWS))
    turns = queue.waiting_for(request.principal).filter(review_set=review_set).order_by(*sets.IN_ORDER)
    waiting = list(dict.fromkeys(turns.values_list("pk", flat=True)))
    standing = absences.now_for(request.principal)
    rows = review_lists.listed(found, at=here(request.brand), standing=standing, by=request.principal)
    groups = approving_sets.groups_of(review_set, by=request.principal)
    opened = {review.pk for group in groups for review in group.opened}
    for row in rows:
        row["waits"], row["opened"] = row["review"].pk in waiting, row["review"].pk in opened
    states = Counter(review.state for review in found)
    counts = {name: sum(states[state] for state in among) for name, (_, among) in FILTERS.items()}
    mine = _mine(request, review_set, waiting)
    chosen = request.GET.get("show", "")
    if chosen in MINE:
        rows = [row for row in rows if row["review"].pk in mine[chosen]]
    elif chosen in FILTERS:
        rows = [row for row in rows if row["review"].state in FILTERS[chosen][1]]
    else:
        chosen = ""
    context = {
        "area": "review",
        "review_set": review_set,
        "progress": sets.Progress(len(found), states[ReviewState.OPEN], len(waiting)),
        "may_change": changing_sets.refuse(review_set, by=request.principal) is None,
        "my_tabs": [
            (name, title, len(mine[name])) for name, title in MINE.items() if mine[name] or name == chosen
        ],
        "next_up": waiting[0] if waiting else None,
        "tabs": [
            (name, title, counts[name])
            for name, (title, _among) in FILTERS.items()
            if counts[name] or name == chosen
        ],
        "chosen": chosen,
        "rows": rows,
        "groups": groups,
    }
    return render(request, "review/set.html", context)


def _mine(request: BrandRequest, review_set: ReviewSet, waiting: list[UUID]) -> dict[str, set[UUID]]:
    by = request.principal
    absent = absences.now_for(by)
    returned = queue.returned_to(by).filter(review_set=review_set)
    standing = absences.reviews_for(by, absent).filter(review_set=review_set)
    late = queue.overdue(by, at=timezone.now()).filter(review_set=review_set)
    return {
        "waiting": set(waiting),
        "returned": set(returned.values_list("pk", flat=True)),
        "standing": set(standing.values_list("pk", flat=True)) if absent else set(),
        "overdue": set(late.values_list("pk", flat=True)),
    }


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@requires(Capability.VIEW_UNRELEASED)
def change(request: BrandRequest, set_id: UUID) -> HttpResponse:
    """Another title; clips taken out, put back, or cancelled. `out` names what was just taken out."""
    review_set = get_object_or_404(sets.visible(request.principal), pk=set_id)
    refusal = changing_sets.refuse(review_set, by=request.principal)
    if refusal is not None:
        raise PermissionDenied(refusal.sentence)
    if request.method != "POST":
        return _change_page(request, review_set)
    do = request.POST.get("do", "")
    if do == "rename":
        return _renamed(request, review_set)
    if do not in CHANGES:
        raise BadRequest(_("Unknown change."))
    keys = selection.keys(request, "review")[: sending_sets.MOST]
    if not keys:
        messages.warning(request, _("Choose at least one clip."))
        return redirect("review-set-change", request.brand.slug, review_set.pk)
    done = CHANGES[do](review_set, keys, by=request.principal)
    if done.reviews:
        messages.success(request, changing_sets.words(len(done.reviews), DONE[do]))
    if done.left_out:
        return _change_page(request, review_set, done)
    if not sets.visible(request.principal).filter(pk=review_set.pk).exists():
        return redirect("reviews", request.brand.slug)
    address = reverse("review-set-change", args=[request.brand.slug, review_set.pk])
    if do == "take_out":
        address += "?out=" + ",".join(str(review.pk) for review in done.reviews)
    return redirect(address)


def _renamed(request: BrandRequest, review_set: ReviewSet) -> HttpResponse:
    form = SetTitleForm(request.POST)
    if form.is_valid():
        try:
            changing_sets.rename(review_set, form.cleaned_data["title"], by=request.principal)
        except sending_sets.SetRefused as refused:
            form.add_error("title", refused.message)
        else:
            messages.success(request, _("Saved."))
            return redirect("review-set-change", request.brand.slug, review_set.pk)
    return _change_page(request, review_set, form=form)


def _change_page(
    request: BrandRequest,
    review_set: ReviewSet,
    done: Changed | None = None,
    form: SetTitleForm | None = None,
) -> HttpResponse:
    found = list(sets.reviews_of(review_set, request.principal).prefetch_related(*review_lists.OF_ROWS))
    context = {
        "area": "review",
        "review_set": review_set,
        "form": form or SetTitleForm(initial={"title": review_set.title}),
        "rows": review_lists.listed(found, at=here(request.brand)),
        "any_open": any(review.state == ReviewState.OPEN for review in found),
        "left_out": done.left_out if done else (),
        "out": _taken_out(request),
        "room_left": max(sending_sets.MOST - len(found), 0),
    }
    return render(request, "review/set_change.html", context, status=422 if form and form.errors else 200)


def _taken_out(request: BrandRequest) -> list[Review]:
    """Those just taken out that can still be put back."""
    named = [selection.key(each) for each in request.GET.get("out", "").split(",")[: sending_sets.MOST]]
    rows = queue.visible_reviews(request.principal).filter(pk__in=[each for each in named if each])
    return list(rows.filter(review_set=None, set_place__isnull=False).order_by(*sets.IN_ORDER))
