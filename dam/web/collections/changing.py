"""Making, editing and deleting a collection, taking clips out of it, and taking all that back."""

from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from dam.accounts.capabilities import Capability
from dam.accounts.models import User
from dam.collections import audience, collections, dates, items
from dam.collections.audience import Audience
from dam.collections.collections import CollectionRefused
from dam.collections.dates import Dates, DatesRefused
from dam.collections.models import Collection
from dam.core import numbers
from dam.core.language import number
from dam.web import going_back, people_choice, selection, times
from dam.web.collections import choices, undoing
from dam.web.collections.pages import seen
from dam.web.decorators import BrandRequest, requires


@dataclass(frozen=True)
class Filled:
    """What stands in the form."""

    name: str = ""
    description: str = ""
    starts_on: str = ""  # "2026-05-01"
    ends_on: str = ""
    parent: str = ""  # the id, or nothing for the top
    owner: str = ""  # the id
    owner_address: str = ""  # of one who isn't listed
    audience: Audience = field(default_factory=Audience)
    addresses: str = ""  # of people who aren't listed


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Capability.COLLECT)
def new(request: BrandRequest) -> HttpResponse:
    """`in` in the address names the collection that it is to lie in."""
    filled, problem = Filled(parent=request.GET.get("in", "")), ""
    if request.method == "POST":
        filled = _read(request)
        try:
            made = collections.create(
                filled.name,
                description=filled.description,
                dates=dates.read(filled.starts_on, filled.ends_on),
                parent=_parent(request, filled.parent),
                seen_by=_audience(request, filled),
                by=request.principal,
            )
        except (CollectionRefused, DatesRefused, people_choice.NotHere) as refused:
            problem = refused.message
        else:
            messages.success(request, _("“%(name)s” created.") % {"name": made.name})
            return redirect("collection", request.brand.slug, made.pk)
    return _form(request, filled, problem)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Capability.COLLECT)
def edit(request: BrandRequest, collection_id: UUID) -> HttpResponse:
    """What the form left as it was stays as others have made it meanwhile."""
    row = seen(request, collection_id)
    audience.require_manage(row, by=request.principal)
    now = Filled(
        name=row.name,
        description=row.description,
        starts_on=_day(row.starts_on),
        ends_on=_day(row.ends_on),
        parent=str(row.parent_id or ""),
        owner=str(row.owner_id or ""),
        audience=audience.of(row),
    )
    filled, problem = now, ""
    if request.method == "POST":
        filled = _read(request)
        names = ("name", "description", "parent", "dates", "owner")
        given = {name: request.POST.get(f"given_{name}") for name in names}
        if filled.owner in ("", given["owner"]):
            filled = replace(filled, owner=now.owner)  # whoever it is meanwhile
        try:
            collections.edit(
                row,
                by=request.principal,
                name=None if filled.name == given["name"] else filled.name,
                description=None if _same(filled.description, given["description"]) else filled.description,
                dates=_dates(request, filled, given["dates"]),
                parent=_parent(request, filled.parent),
                moves="parent" in request.POST and filled.parent != given["parent"],
                seen_by=_audience(request, filled) if "seen_by" in request.POST else None,
                owner=_owner(row, filled) if filled.owner_address or filled.owner != now.owner else None,
            )
        except (CollectionRefused, DatesRefused, people_choice.NotHere) as refused:
            problem = refused.message
        else:
            messages.success(request, _("Saved."))
            if not audience.visible(request.principal).filter(pk=row.pk).exists():
                return redirect("collections", request.brand.slug)
            return redirect("collection", request.brand.slug, row.pk)
    return _form(request, filled, problem, row)


@require_POST
@requires(Capability.COLLECT)
def delete(request: BrandRequest, collection_id: UUID) -> HttpResponse:
    row, at = seen(request, collection_id), timezone.now()
    collections.delete(row, by=request.principal, at=at)
    messages.success(
        request,
        _("“%(name)s” deleted. Its clips stay in the library.") % {"name": row.name},
        extra_tags=undoing.tag(row.pk, "deleted", at),
    )
    if row.parent_id:
        return redirect("collection", request.brand.slug, row.parent_id)
    return redirect("collections", request.brand.slug)


@require_POST
@requires(Capability.COLLECT)
def remove(request: BrandRequest, collection_id: UUID) -> HttpResponse:
    """Take the chosen clips out."""
    row, at = seen(request, collection_id), timezone.now()
    keys = selection.keys(request)
    try:
        count = items.remove(row, keys, by=request.principal, at=at) if keys else 0
    except CollectionRefused as refused:
        messages.error(request, refused.message)
        return _back(request, row)
    if count:
        said = ngettext(
            "%(count)s clip removed from “%(name)s”.", "%(count)s clips removed from “%(name)s”.", count
        )
        said %= {"count": number(count), "name": row.name}
        messages.success(request, said, extra_tags=undoing.tag(row.pk, "removed", at))
    else:
        messages.warning(request, _("No clips were removed: select the clips first."))
    return _back(request, row)


@require_POST
@requires(Capability.COLLECT)
def undo(request: BrandRequest, collection_id: UUID) -> HttpResponse:
    """Take back a deletion, or what was put in or taken out together, which is named by its moment."""
    done, at = request.POST.get("done", ""), times.read(request.POST.get("at", ""))
    if done == "deleted":
        restored = collections.restore(collection_id, by=request.principal)
        if restored is not None:
            messages.success(request, _("“%(name)s” restored.") % {"name": restored.name})
        row = restored or seen(request, collection_id)  # taken back already, or nothing they know of
        return redirect("collection", request.brand.slug, row.pk)
    row = seen(request, collection_id)
    if at is None or done not in ("added", "removed"):
        raise BadRequest(_("done must be deleted, added or removed, and at a date and time with its offset."))
    take_back = items.undo_add if done == "added" else items.undo_remove
    try:
        count = take_back(row, by=request.principal, at=at)
    except CollectionRefused as refused:
        messages.error(request, refused.message)
        return _back(request, row)
    if not count:
        messages.info(request, _("There was nothing to undo."))
    elif done == "added":
        said = ngettext(
            "%(count)s clip removed from “%(name)s”.", "%(count)s clips removed from “%(name)s”.", count
        )
        messages.success(request, said % {"count": number(count), "name": row.name})
    else:
        said = ngettext(
            "%(count)s clip put back into “%(name)s”.", "%(count)s clips put back into “%(name)s”.", count
        )
        messages.success(request, said % {"count": number(count), "name": row.name})
    return _back(request, row)


def _back(request: BrandRequest, row: Collection) -> HttpResponse:
    if going_back.address(request):
        return going_back.go(request)
    return redirect("collection", request.brand.slug, row.pk)


def _form(request: BrandRequest, filled: Filled, problem: str, row: Collection | None = None) -> HttpResponse:
    offered = choices.people(request.brand, filled.audience.people)
    owners = _owners(request, row)
    if row is not None and filled.owner not in {str(each.pk) for each in owners.people}:
        filled = replace(filled, owner=str(row.owner_id or ""))  # not whoever comes first in the list
    owner = row.owner_id if row else request.principal.user and request.principal.user.pk
    context: dict[str, Any] = {
        "area": "collections",
        "collection": row,
        "ancestors": [*collections.ancestors(row), row] if row else [],
        "filled": filled,
        "given": _given(request, row) if row else {},
        "problem": problem,
        "parents": choices.to_lie_in(request.principal, row),
        "people": [each for each in offered.people if each.pk != owner],
        "more_people": offered.more,
        "addresses": filled.addresses,
        "groups": choices.of_groups(request.brand),
        "owners": owners.people,
        "more_owners": owners.more,
    }
    return render(request, "collections/form.html", context, status=422 if problem else 200)


def _owners(request: BrandRequest, row: Collection | None) -> people_choice.Listed:
    """Whom it can be given to; none where this person can't give it. Its owner need not be among them."""
    if row is None or not audience.may_hand_over(row, by=request.principal):
        return people_choice.Listed([], more=False)
    return people_choice.listed(audience.may_own(row))


def _given(request: BrandRequest, row: Collection) -> dict[str, str]:
    """What the form's fields were made of: a refused one keeps that, so it leaves alone the same."""
    now = {
        "name": row.name,
        "description": row.description,
        "dates": str(Dates(row.starts_on, row.ends_on)),
        "parent": str(row.parent_id or ""),
    }
    return {name: request.POST.get(f"given_{name}", value) for name, value in now.items()}


def _read(request: BrandRequest) -> Filled:
    return Filled(
        name=request.POST.get("name", ""),
        description=request.POST.get("description", ""),
        starts_on=request.POST.get("starts_on", "").strip(),
        ends_on=request.POST.get("ends_on", "").strip(),
        parent=request.POST.get("parent", ""),
        owner=request.POST.get("owner", ""),
        owner_address=request.POST.get("owner_address", "").strip(),
        audience=Audience(
            everyone=request.POST.get("seen_by", "everyone") == "everyone",
            people=_ids(request, "person"),
            groups=_ids(request, "group"),
        ),
        addresses=request.POST.get("addresses", ""),
    )


def _dates(request: BrandRequest, filled: Filled, given: str | None) -> Dates | None:
    """None where the form has none, or leaves them as they were. Raises DatesRefused."""
    if not {"starts_on", "ends_on"} <= request.POST.keys():
        return None
    found = dates.read(filled.starts_on, filled.ends_on)
    return None if str(found) == given else found


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


def _audience(request: BrandRequest, filled: Filled) -> Audience:
    """With those who are named by their addresses. Raises people_choice.NotHere."""
    named = people_choice.named(people_choice.active(request.brand), filled.addresses)
    return replace(filled.audience, people=filled.audience.people | {user.pk for user in named})


def _ids(request: BrandRequest, name: str) -> frozenset[int]:
    return frozenset(numbers.read_all(request.POST.getlist(name)))


def _owner(row: Collection, filled: Filled) -> User:
    """Whom the form gives it to; an address counts first. Raises CollectionRefused, people_choice.NotHere."""
    if filled.owner_address:
        named = people_choice.named(audience.may_own(row), filled.owner_address)
        if len(named) != 1:
            raise people_choice.NotHere(_("Name one person."))
        return named[0]
    keys = numbers.read_all([filled.owner])
    found = people_choice.active(row.brand).filter(user__in=keys).select_related("user").first()
    if found is None:
        raise CollectionRefused(_("Choose an owner who works in this brand."))
    return found.user


def _parent(request: BrandRequest, key: str) -> Collection | None:
    """The collection of this id. Raises CollectionRefused for one that this person doesn't see."""
    if not key:
        return None
    chosen = selection.key(key)
    row = audience.visible(request.principal).filter(pk=chosen).first() if chosen else None
    if row is None:
        raise CollectionRefused(_("The collection you chose to put it in no longer exists."))
    return row


def _same(one: str, other: str | None) -> bool:
    """Whether two texts differ in nothing but how a form sends line ends."""
    return other is not None and one.splitlines() == other.splitlines()
