"""The filter above a version's comments: read from the address, offered with counts."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.translation import gettext as _

from dam.accounts.principals import Principal
from dam.web import htmx
from provenance.review import filtering
from provenance.review.filtering import OPEN, OUTSIDE, RESOLVED, UNASSIGNED, Filter, Thread
from provenance.review.policies import STAGES

SENT = "filter"  # a field of the form: what it says counts, and not the page's address


@dataclass(frozen=True)
class Choice:
    value: str
    label: str
    count: int
    chosen: bool


def asked(request: HttpRequest) -> Filter:
    """What the page that is open asks for: its own address, or that of the page a piece is for."""
    query: Any = request.GET
    if htmx.is_htmx(request) and SENT not in request.GET:
        query = QueryDict(urlsplit(htmx.page(request)).query)
    return filtering.read(query, stages=STAGES)


def tell(request: HttpRequest, response: HttpResponse, wanted: Filter) -> HttpResponse:
    """Have the address of the page say what it shows now."""
    return rewrite(request, response, names=filtering.NAMES, parameters=wanted.parameters())


def rewrite(
    request: HttpRequest, response: HttpResponse, *, names: Iterable[str], parameters: Mapping[str, str]
) -> HttpResponse:
    """Have the address of the page say these parameters in the place of those with `names`."""
    page = urlsplit(htmx.page(request))
    query = QueryDict(page.query, mutable=True)
    for name in names:
        query.pop(name, None)
    rest = [(name, value) for name, values in query.lists() for value in values]
    words = urlencode([*rest, *parameters.items()])
    response.headers["HX-Replace-Url"] = f"{page.path}?{words}" if words else page.path
    return response


def choices(threads: Sequence[Thread], wanted: Filter, *, by: Principal) -> dict[str, Any]:
    """What templates/review/_filter.html and _export.html need."""
    counted = filtering.counts(threads, wanted)
    me = by.user.pk if by.user is not None else None
    names = {
        each.author_id: str(each.author)
        for thread in threads
        for each in (thread.first, *thread.answers)
        if each.deleted_at is None
    }
    others = sorted((name, key) for key, name in names.items() if key != me)
    people = [(_("Everyone"), None), *([(_("Me"), me)] if me in names else []), *others]
    if wanted.person is not None and wanted.person not in names:
        people.append((_("Someone else"), wanted.person))
    seeing_to = {each.first.assigned_to_id: str(each.first.assigned_to) for each in threads if each.assigned}
    assigned: list[tuple[str, int | None]] = [(_("Anyone or unassigned"), None)]
    if me is not None:
        assigned.append((_("Me"), me))
    assigned += sorted((name, key) for key, name in seeing_to.items() if key != me)
    if wanted.assigned not in {None, UNASSIGNED, me, *seeing_to}:
        assigned.append((_("Someone else"), wanted.assigned))
    assigned.append((_("Unassigned"), UNASSIGNED))
    begun = {thread.stage for thread in threads} | ({wanted.stage} - {""})
    stages = [(_("Any stage"), ""), *((STAGES[name].title, name) for name in STAGES if name in begun)]
    if OUTSIDE in begun:
        stages.append((_("Outside a review"), OUTSIDE))
    states = [(_("All comments"), ""), (_("Unresolved"), OPEN), (_("Resolved"), RESOLVED)]
    return {
        "filter": wanted,
        "filter_query": f"&{urlencode(wanted.parameters())}" if wanted else "",
        "filter_states": [
            Choice(value, label, counted["state"][value], value == wanted.state) for label, value in states
        ],
        "filter_people": [
            Choice(str(key or ""), label, counted["person"][key], key == wanted.person)
            for label, key in people
        ],
        "filter_stages": [
            Choice(value, label, counted["stage"][value], value == wanted.stage) for label, value in stages
        ],
        "filter_assigned": [
            Choice("" if key is None else str(key), label, counted["assigned"][key], key == wanted.assigned)
            for label, key in assigned
        ],
        "filter_drawn": counted["drawn"][True],
    }
