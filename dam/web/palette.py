"""The command palette: go to a page or a clip by typing a part of its name."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from dam.accounts.capabilities import Capability
from dam.accounts.principals import Principal
from dam.catalog.assets import LONGEST_TITLE
from dam.catalog.models import Asset
from dam.collections import audience
from dam.collections.models import Collection
from dam.core import language, numbers
from dam.core.lazily import lazy
from dam.rights.visibility import visible_assets
from dam.search import query, search, titles
from dam.search.saved import saved_searches
from dam.search.saved.models import SavedSearch
from dam.web.administration import sections
from dam.web.administration.sections import Section
from dam.web.decorators import BrandRequest, requires

MOST_CLIPS = 8
MOST_SEARCHES = 5
MOST_COLLECTIONS = 5


@dataclass(frozen=True)
class Place:
    """`url_name` is reversed with the brand where `in_brand`; other words for it are in `also`.

    `needs` and `needs_too` are what its view requires.
    """

    title: str | Promise
    icon: str
    url_name: str
    needs: Capability
    also: str = ""
    in_brand: bool = True
    needs_too: Capability | None = None

    def is_open_to(self, principal: Principal) -> bool:
        return principal.can(self.needs) and (self.needs_too is None or principal.can(self.needs_too))


# Some live above this package: by URL name alone (a test checks that each exists).
PLACES = (
    Place(lazy("Library"), "layout-grid", "library", Capability.VIEW, "assets clips search home"),
    Place(lazy("Collections"), "folders", "collections", Capability.VIEW, "campaigns folders order"),
    Place(lazy("Saved searches"), "bookmark", "saved-searches", Capability.VIEW, "collections alerts smart"),
    Place(lazy("New in your saved searches"), "bell", "alert-news", Capability.VIEW, "alerts news unread"),
    Place(_("Notifications"), "bell", "notifications", Capability.VIEW, "bell inbox unread"),
    Place(
        _("Notification settings"),
        "bell-ring",
        "notification-settings",
        Capability.VIEW,
        "email digest quiet",
    ),
    Place(lazy("Generate"), "sparkles", "generate", Capability.GENERATE, "create make prompt new"),
    Place(lazy("Review"), "circle-check-big", "reviews", Capability.VIEW_UNRELEASED, "approve queue inbox"),
    Place(
        lazy("Verify a file"),
        "shield-check",
        "verify",
        Capability.VIEW,
        "credentials c2pa check",
        in_brand=False,
    ),
    Place(lazy("Activity"), "history", "activity", Capability.VIEW_ACTIVITY, "audit trail events log"),
    Place(
        lazy("Duplicates"),
        "copy",
        "duplicates",
        Capability.EDIT,
        "near alike same copies double",
        needs_too=Capability.VIEW_UNRELEASED,
    ),
    Place(lazy("Trash"), "trash-2", "trash", Capability.DISCARD, "deleted restore"),
    Place(
        lazy("Change password"),
        "key-round",
        "account_change_password",
        Capability.VIEW,
        "account",
        in_brand=False,
    ),
)


@require_safe
@requires(Capability.VIEW)
def palette(request: BrandRequest) -> HttpResponse:
    words = query.tidy(request.GET.get("q", ""))
    places: list[tuple[Place | Section, str]] = [
        (place, reverse(place.url_name, args=[request.brand.slug] if place.in_brand else []))
        for place in PLACES
        if place.is_open_to(request.principal) and words.lower() in f"{place.title} {place.also}".lower()
    ]
    places += [
        (section, reverse(section.url_name, args=[request.brand.slug]))
        for section in sections.shown_to(request.principal)
        if section.url_name not in {place.url_name for place in PLACES}
        and words.lower() in f"{section.title} {section.also} administration settings".lower()
    ]
    found = _clips(request, words) if 0 < len(words) <= LONGEST_TITLE else []
    named = _collections(request, words)
    collections = named if words else []
    context = {
        "words": words,
        "places": places,
        "collections": collections[:MOST_COLLECTIONS],
        "most_collections": MOST_COLLECTIONS if len(collections) > MOST_COLLECTIONS else None,
        "adds": _adding(request, words, named),
        "searches": _searches(request, words),
        "clips": found[:MOST_CLIPS],
        "most": MOST_CLIPS if len(found) > MOST_CLIPS else None,
    }
    return render(request, "components/palette_answers.html", context)


@dataclass(frozen=True)
class Adding:
    """Collections that the clips chosen on the page can be put into, and how many clips these are.

    They stand after all that leads somewhere: who types and presses Enter wants to go there.
    """

    collections: Sequence[Collection]
    another: str  # the way to the rest of them and to a new one; empty where what is typed means neither
    title: str


def _adding(request: BrandRequest, words: str, named: Sequence[Collection]) -> Adding | None:
    """Where clips are chosen; `named` are the collections that match, seen and so theirs to change."""
    if not _adds(request):
        return None
    count = numbers.read(request.GET["chosen"], digits=6)  # none of "all"
    title = (
        ngettext("Add %(count)s clip", "Add %(count)s clips", count) % {"count": language.number(count)}
        if count
        else gettext("Add all clips")
    )
    another = gettext("Add to another or a new collection")
    if words and len(named) <= MOST_COLLECTIONS and words.lower() not in f"{another} {title}".lower():
        another = ""
    return Adding(named[:MOST_COLLECTIONS], another, title)


def _adds(request: BrandRequest) -> bool:
    """Whether clips are chosen that this person may put somewhere: `chosen` says how many, or "all"."""
    chosen = request.GET.get("chosen", "")
    return request.principal.can(Capability.COLLECT) and bool(
        chosen == "all" or numbers.read(chosen, digits=6)
    )


def _collections(request: BrandRequest, words: str) -> list[Collection]:
    """Those with this in their name, the ones changed last first; one more than are shown, if there are.

    Without words they are only there to put clips into.
    """
    if not words and not _adds(request):
        return []
    named = audience.visible(request.principal).filter(name__icontains=words)
    return list(named.order_by("-updated_at", "pk")[: MOST_COLLECTIONS + 1])


def _searches(request: BrandRequest, words: str) -> list[SavedSearch]:
    """Saved searches by a part of their name."""
    if not words:
        return []
    return list(saved_searches.listed(request.principal).filter(name__icontains=words)[:MOST_SEARCHES])


def _clips(request: BrandRequest, words: str) -> list[Asset]:
    """The newest clips with all of these words in their title: one more than are shown, if there are more."""
    clips = search.with_parts(visible_assets(request.principal), request.principal)
    return list(titles.with_words(clips, words)[: MOST_CLIPS + 1])
