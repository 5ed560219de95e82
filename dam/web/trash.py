"""The trash: what lies in it, the way in, which asks first where others count on a clip, and the way back."""

from collections.abc import Collection
from datetime import datetime
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from dam.accounts.capabilities import Capability
from dam.accounts.times import here
from dam.catalog import assets, counted_on
from dam.catalog.models import Approval, Asset
from dam.core.language import number
from dam.ingest import deleting
from dam.rights.visibility import trashed_assets
from dam.search import query, search, titles
from dam.web import cards, going_back, times
from dam.web.decorators import BrandRequest, requires

PAGE = 48
UNDO = "undo="  # in the extra tags of a message: what its Undo takes back


@require_safe
@requires(Capability.DISCARD)
def trash(request: BrandRequest) -> HttpResponse:
    """What was moved last comes first. `q` are words of titles, `after` the place of the last clip shown.

    A page begins behind a clip, not at a number: what is restored meanwhile shifts no other page.
    """
    words = query.tidy(request.GET.get("q", ""))[: assets.LONGEST_TITLE]
    found = titles.with_words(trashed_assets(request.principal), words)
    after = _place(request.GET.get("after", ""))
    if after is not None:
        at, key = after
        found = found.filter(Q(trashed_at__lt=at) | Q(trashed_at=at, pk__gt=key))
    rows = search.with_parts(found, request.principal).order_by("-trashed_at", "pk")
    page = list(rows[: PAGE + 1])
    if not page and after is not None:  # all of it was restored or deleted meanwhile
        return redirect(f"{request.path}?{urlencode({'q': words})}" if words else request.path)
    last = page[PAGE - 1] if len(page) > PAGE else None
    context = {
        "area": "trash",
        "words": words,
        "cards": cards.all_of(page[:PAGE], at=here(request.brand)),
        "continues": after is not None,
        "next": f"{last.trashed_at.isoformat()}_{last.pk}" if last and last.trashed_at else "",
    }
    return render(request, "assets/trash.html", context)


def _place(text: str) -> tuple[datetime, UUID] | None:
    """The moment and the key of the last clip of a page, as the address of the next one says them."""
    moment, _underscore, key = text.partition("_")
    at, named = times.read(moment), key_of(key)
    return None if at is None or named is None else (at, named)


@require_POST
@requires(Capability.DISCARD)
def restore(request: BrandRequest) -> HttpResponse:
    """Bring the chosen clips back."""
    keys = [key for key in map(key_of, request.POST.getlist("asset")) if key]
    chosen = trashed_assets(request.principal).filter(pk__in=keys).select_related("brand", "latest")
    back = assets.restore_many(list(chosen), by=request.principal)
    if back:
        messages.success(request, _restored(len(back)))
    elif keys:
        messages.info(request, _("These clips are no longer in the trash."))
    else:
        messages.warning(request, _("Nothing was restored: select the clips first."))
    return _back(request)


def _back(request: BrandRequest) -> HttpResponse:
    return going_back.go(request) if going_back.address(request) else redirect("trash", request.brand.slug)


def _restored(count: int) -> str:
    words = ngettext("%(count)s clip restored.", "%(count)s clips restored.", count)
    return words % {"count": number(count)}


def put(request: BrandRequest, chosen: Collection[Asset]) -> HttpResponse:
    """Move the chosen clips there, or ask first: when one is in use, or can't be moved by this person.

    `sure` in the form names those that the question was about. A clip that came into use since is asked
    about again. Reads `asset.latest` and `asset.brand` of the chosen: select them.
    """
    reasons = assets.refusals_to_move(chosen, by=request.principal)
    movable = [asset for asset in chosen if not reasons[asset.pk]]
    refused = [(asset, reasons[asset.pk]) for asset in chosen if reasons[asset.pk]]
    if refused and not movable:
        raise PermissionDenied(refused[0][1])
    sure = set(request.POST.getlist("sure"))
    needed = counted_on.among(movable)
    unsure = [key for key in needed if str(key) not in sure]
    if unsure or (refused and "sure" not in request.POST):
        context = {
            "area": "library",
            "movable": [(asset, what_follows(asset) if asset.pk in needed else "") for asset in movable],
            "refused": refused,
            "back": going_back.address(request),
        }
        return render(request, "assets/trash_ask.html", context)
    at = timezone.now()
    moved = assets.trash_many(movable, by=request.principal, at=at)
    if moved:
        words = (
            _("“%(title)s” moved to trash.") % {"title": moved[0].title}
            if len(moved) == 1
            else ngettext("%(count)s clip moved to trash.", "%(count)s clips moved to trash.", len(moved))
            % {"count": number(len(moved))}
        )
        messages.success(request, words, extra_tags=f"{UNDO}{at.isoformat()}")
    else:
        messages.warning(request, _("No clips were moved: select the clips first."))
    return going_back.go(request)


@require_POST
@requires(Capability.DISCARD)
def undo(request: BrandRequest) -> HttpResponse:
    """Take back what was trashed together, which is named by its moment."""
    at = times.read(request.POST.get("at", ""))
    if at is None:
        raise BadRequest(_("at must be a date and time with its offset."))
    trashed = trashed_assets(request.principal).filter(trashed_at=at).select_related("brand", "latest")
    back = assets.restore_many(list(trashed), by=request.principal)
    if back:
        messages.success(request, _restored(len(back)))
    else:
        messages.info(request, _("These clips are no longer in the trash."))
    return going_back.go(request)


@require_POST
@requires(Capability.TRASH)
def delete(request: BrandRequest) -> HttpResponse:
    """Delete clips of the trash for good, the named ones or all: it says how much goes, and asks.

    `sure` in the form is the number that the question was about. Where more would go by now it asks again.
    """
    trashed = trashed_assets(request.principal)
    named = request.POST.getlist("asset")
    before = times.read(request.POST.get("before", "")) or timezone.now()
    keys = [key for key in map(key_of, named) if key]
    if "selected" in request.POST and not named:  # else it would be about all of them
        messages.warning(request, _("Nothing was deleted: select the clips first."))
        return _back(request)
    if len(named) > deleting.AT_ONCE:
        raise BadRequest(_("Name fewer clips."))
    chosen = trashed.filter(pk__in=keys) if named else trashed.filter(trashed_at__lte=before)
    clips = deleting.how_many(chosen, request.brand)
    if clips and request.POST.get("sure") == str(clips):
        if named or clips <= deleting.AT_ONCE:
            count = deleting.by_hand(chosen, by=request.principal)
            messages.success(request, _deleted(count) % {"count": number(count)})
        else:
            deleting.all_later(by=request.principal, before=before)
            messages.info(request, _("The trash is being emptied. This can take a while."))
        return redirect("trash", request.brand.slug)
    context = {
        "area": "trash",
        "goes": deleting.what_goes(chosen, request.brand),
        "most_counted": deleting.MOST_COUNTED,
        "named": [str(key) for key in keys],
        "title": chosen.values_list("title", flat=True).first() if len(keys) == 1 else "",
        "before": before.isoformat(),
    }
    return render(request, "assets/trash_delete.html", context)


def _deleted(count: int) -> str:
    return ngettext("%(count)s clip deleted for good.", "%(count)s clips deleted for good.", count)


def key_of(key: str) -> UUID | None:
    """The key of a clip that a form names; None where it is none."""
    try:
        return UUID(key)
    except ValueError:
        return None


def what_follows(asset: Asset) -> str:
    """What ends for others when a clip goes that they count on (dam.catalog.counted_on)."""
    approval = asset.latest.approval if asset.latest else ""
    if asset.released_id:
        return _(
            "Released: viewers will no longer be able to find or download it. "
            "Copies already downloaded aren't affected."
        )
    if approval == Approval.APPROVED:
        return _("Approved: its release can't be downloaded.")
    if approval == Approval.IN_REVIEW:
        return _("In review: it leaves the review queue, and no one can decide on it.")
    return _("Clips in review or approved were made from it. They can't be used while it's in the trash.")
