"""The page of clips that were sent to review together: each with its state, and who decides it."""

from collections import Counter
from collections.abc import Mapping
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from dam.accounts.capabilities import Capability
from dam.accounts.times import here
from dam.core.lazily import lazy
from dam.web.decorators import BrandRequest, requires
from provenance.review import queue, sets
from provenance.review.states import ReviewState
from provenance.web import approving_sets, review_room

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


@require_safe
@never_cache
@requires(Capability.VIEW_UNRELEASED)
def page(request: BrandRequest, set_id: UUID) -> HttpResponse:
    """What this person sees of the set, in its order; `show` narrows it."""
    review_set = get_object_or_404(sets.visible(request.principal), pk=set_id)
    found = list(sets.reviews_of(review_set, request.principal).prefetch_related(*review_room.OF_ROWS))
    mine = queue.waiting_for(request.principal).filter(review_set=review_set).order_by(*sets.IN_ORDER)
    waiting = list(dict.fromkeys(mine.values_list("pk", flat=True)))
    rows = review_room.listed(found, at=here(request.brand))
    groups = approving_sets.groups_of(review_set, by=request.principal)
    opened = {review.pk for group in groups for review in group.opened}
    for row in rows:
        row["waits"], row["opened"] = row["review"].pk in waiting, row["review"].pk in opened
    states = Counter(review.state for review in found)
    counts = {name: sum(states[state] for state in among) for name, (_, among) in FILTERS.items()}
    chosen = request.GET.get("show", "")
    if chosen == "waiting":
        rows = [row for row in rows if row["waits"]]
    elif chosen in FILTERS:
        rows = [row for row in rows if row["review"].state in FILTERS[chosen][1]]
    else:
        chosen = ""
    context = {
        "area": "review",
        "review_set": review_set,
        "progress": sets.Progress(len(found), states[ReviewState.OPEN], len(waiting)),
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
