"""Administration → Groups: people of the brand under a name."""

from django.contrib import messages
from django.db.models import Count, Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from dam.access import group_changes
from dam.access.group_changes import GroupRefused
from dam.accounts import groups
from dam.accounts.capabilities import Capability
from dam.accounts.models import Group
from dam.core import numbers
from dam.web import name_pages, people_choice
from dam.web.administration.people import frame
from dam.web.decorators import BrandRequest, requires

PAGE = 50


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Capability.MANAGE_PEOPLE)
def listing(request: BrandRequest) -> HttpResponse:
    """All of them, and a form for a new one."""
    name, problem = request.POST.get("name", ""), ""
    if request.method == "POST":
        try:
            group = group_changes.create(name, by=request.principal)
        except GroupRefused as refused:
            problem = refused.message
        else:
            return redirect("group", brand_slug=request.brand.slug, group_id=group.pk)
    here = Q(members__is_active=True) & Q(
        members__memberships__brand=request.brand, members__memberships__deactivated_at=None
    )
    rows = groups.of_brand(request.brand).annotate(size=Count("members", filter=here, distinct=True))
    page = name_pages.read(
        rows, column="name", among=Group.objects.filter(brand=request.brand), request=request, size=PAGE
    )
    context = {**frame("groups"), "page": page, "name": name, "problem": problem}
    return render(request, "people/groups.html", context, status=422 if problem else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Capability.MANAGE_PEOPLE)
def group(request: BrandRequest, group_id: int) -> HttpResponse:
    """Its name and its people, to be changed."""
    row = _group(request, group_id)
    problem, unknown, name = "", "", row.name
    here = people_choice.active(request.brand)
    listed, members = people_choice.listed(here), list(groups.members_of(row))
    addresses = request.POST.get("addresses", "")
    chosen = {user.pk for user in members}
    people = list(listed.people)
    offered = {user.pk for user in people}
    people += [user for user in members if user.pk not in offered]  # else saving would take them out
    if request.method == "POST":
        name = request.POST.get("name", "")
        chosen = {user.pk for user in people}.intersection(numbers.read_all(request.POST.getlist("member")))
        try:
            members = [user for user in people if user.pk in chosen]
            members += [user for user in people_choice.named(here, addresses) if user.pk not in chosen]
            group_changes.change(row, name=name, members=members, by=request.principal)
        except GroupRefused as refused:
            problem = refused.message
        except people_choice.NotHere as refused:
            unknown = refused.message
        else:
            messages.success(request, _("The group was saved."))
            return redirect("group", brand_slug=request.brand.slug, group_id=group_id)
    context = {
        **frame("groups"),
        "group": row,
        "name": name,
        "people": people,
        "chosen": chosen,
        "more": listed.more,
        "addresses": addresses,
        "problem": problem,
        "unknown": unknown,
    }
    return render(request, "people/group.html", context, status=422 if problem or unknown else 200)


@require_POST
@requires(Capability.MANAGE_PEOPLE)
def delete(request: BrandRequest, group_id: int) -> HttpResponse:
    row = _group(request, group_id)
    group_changes.delete(row, by=request.principal)
    messages.success(request, _("The group “%(name)s” was deleted.") % {"name": row.name})
    return redirect("groups", brand_slug=request.brand.slug)


def _group(request: BrandRequest, group_id: int) -> Group:
    if group_id > 2**62:
        raise Http404
    return get_object_or_404(Group.objects.select_related("brand"), brand=request.brand, pk=group_id)
