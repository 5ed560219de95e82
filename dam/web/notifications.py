"""What a person was told: the bell, the list, and marking it as read."""

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from dam.accounts.capabilities import Capability
from dam.core import numbers
from dam.notifications import inbox, lines
from dam.notifications.lines import Line
from dam.web import htmx, times
from dam.web.decorators import BrandRequest, requires

PAGE = 40
IN_BELL = 12


@require_safe
@requires(Capability.VIEW)
def notifications(request: BrandRequest) -> HttpResponse:
    """The newest first, grouped by clip or saved search; `before` continues after a place in it."""
    unread_only = request.GET.get("show") == "unread"
    rows = inbox.listed(request.principal, unread_only=unread_only)
    place = times.place(request.GET.get("before", ""))
    if place is not None:
        rows = inbox.before(rows, *place)
    page = list(rows[: PAGE + 1])
    shown = [Line(each) for each in inbox.told(page[:PAGE], to=request.principal)]
    context = {
        "area": "notifications",
        "groups": lines.grouped(shown),
        "unread_only": unread_only,
        "unread": inbox.unread(request.principal),
        "keys": [line.key for line in shown if line.unread],
        "more": f"{page[PAGE - 1].at.isoformat()}~{page[PAGE - 1].pk}" if len(page) > PAGE else "",
        "continued": place is not None,
    }
    return render(request, "notifications/notifications.html", context)


@require_safe
@requires(Capability.VIEW)
def count(request: BrandRequest) -> HttpResponse:
    unread = inbox.unread(request.principal)
    context = {"unread": min(unread, inbox.COUNTED), "more": unread > inbox.COUNTED}
    return render(request, "notifications/_count.html", context)


@require_safe
@requires(Capability.VIEW)
def bell(request: BrandRequest) -> HttpResponse:
    """The newest few, for the top bar."""
    shown = [
        Line(each) for each in inbox.told(inbox.listed(request.principal)[:IN_BELL], to=request.principal)
    ]
    context = {
        "groups": lines.grouped(shown),
        "keys": [line.key for line in shown if line.unread],
    }
    return render(request, "notifications/_bell.html", context)


@require_safe
@requires(Capability.VIEW)
def notification(request: BrandRequest, key: int) -> HttpResponse:
    """On to the page that it is about; from then on it counts as read."""
    found = inbox.told(inbox.readable(request.principal).filter(pk=key), to=request.principal)
    if not found:
        raise Http404(_("This notification is gone, or you can no longer see what it was about."))
    inbox.read(request.principal, keys=[key])
    return redirect(lines.target(found[0]))


@require_POST
@requires(Capability.VIEW)
def read(request: BrandRequest) -> HttpResponse:
    """Mark as read: those named, or with `all` everything; or one of them as unread again."""
    unread = numbers.read(request.POST.get("unread", ""))
    if unread is not None:
        inbox.unread_again(request.principal, unread)
    elif "all" in request.POST:
        inbox.read(request.principal)
    else:
        inbox.read(request.principal, keys=numbers.read_all(request.POST.getlist("key")))
    if htmx.is_htmx(request):
        return htmx.nothing()
    return redirect("notifications", request.brand.slug)
