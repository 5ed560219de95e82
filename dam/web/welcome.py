"""The first page after joining a brand: what to do first, by what one may do."""

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from dam.accounts.capabilities import Capability
from dam.web.decorators import BrandRequest, requires


@dataclass(frozen=True)
class Task:
    """A first thing to do; what lives above this package is named by its URL alone."""

    needs: Capability
    icon: str
    url_name: str
    title: str | Promise
    text: str | Promise


TASKS = (
    Task(
        Capability.DECIDE_BRAND,
        "circle-check-big",
        "reviews-start",
        _("Review what waits for you"),
        _("Clips that need your decision, the most urgent first."),
    ),
    Task(
        Capability.DECIDE_LEGAL,
        "circle-check-big",
        "reviews-start",
        _("Review what waits for you"),
        _("Clips that need your decision, the most urgent first."),
    ),
    Task(
        Capability.GENERATE,
        "sparkles",
        "generate",
        _("Generate your first clip"),
        _("Say what it shows and choose among the takes."),
    ),
    Task(
        Capability.MANAGE_PEOPLE,
        "user-plus",
        "people-invite",
        _("Invite your colleagues"),
        _("Several at once, each with a role."),
    ),
    Task(
        Capability.VIEW,
        "layout-grid",
        "library",
        _("Look around the library"),
        _("Search by words, pictures or people, and save what you look for often."),
    ),
)
MOST = 3


@require_safe
@requires(Capability.VIEW)
def welcome(request: BrandRequest) -> HttpResponse:
    tasks = [task for task in TASKS if request.principal.can(task.needs)]
    return render(request, "people/welcome.html", {"tasks": tasks[:MOST], "area": "library"})
