"""Administration → People → Invite, and the invitations that are out."""

from dataclasses import dataclass

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dam.access import invitation_lists, invitations
from dam.accounts import mails, roles
from dam.accounts.capabilities import Capability
from dam.accounts.models import Invitation
from dam.web import row_pages
from dam.web.administration.people import frame
from dam.web.decorators import BrandRequest, requires

PAGE = 50
LONGEST_LIST = 40_000
LONGEST_NOTE = 500


@dataclass(frozen=True)
class Row:
    invitation: Invitation
    state: str
    role: str


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Capability.MANAGE_PEOPLE)
def invite(request: BrandRequest) -> HttpResponse:
    """A list is read into a preview; the second time the same list is sent, the people are invited."""
    choices = roles.to_give(request.principal)
    text = request.POST.get("people", "")
    for file in request.FILES.getlist("file"):
        text += "\n" + file.read(LONGEST_LIST + 1).decode("utf-8-sig", errors="replace")
    text = text.lstrip("\n")
    role = request.POST.get("role", "creator")
    note = request.POST.get("note", "")
    context = {
        **frame("people"),
        "choices": choices,
        "text": text,
        "role": role,
        "note": note,
        "mail_is_on": mails.is_on(),
        "days": invitations.DAYS,
    }
    if request.method != "POST":
        return render(request, "people/invite.html", context)
    lines = invitation_lists.read(text[:LONGEST_LIST])
    problem = ""
    if not lines:
        problem = _("Enter at least one email address.")
    elif len(text) > LONGEST_LIST or len(lines) > invitation_lists.MOST_LINES:
        problem = _("Invite at most %(most)s people at once.") % {"most": invitation_lists.MOST_LINES}
    elif len(note.strip()) > LONGEST_NOTE:
        problem = _("A note has at most %(most)s characters.") % {"most": LONGEST_NOTE}
    if problem:
        return render(request, "people/invite.html", {**context, "problem": problem}, status=422)
    proposals = invitations.propose(lines, role=role, by=request.principal)
    good = [each for each in proposals if not each.problem]
    if request.POST.get("step") != "send" or not good:
        context |= {"proposals": proposals, "good": len(good), "bad": len(proposals) - len(good)}
        return render(request, "people/invite.html", context)
    made = invitations.invite_all(good, by=request.principal, note=note)
    if mails.is_on():
        said = ngettext(
            "%(count)s invitation is on its way.", "%(count)s invitations are on their way.", len(made)
        )
        messages.success(request, said % {"count": len(made)})
        return redirect("invitations", brand_slug=request.brand.slug)
    return _links(request, made)


@require_safe
@requires(Capability.MANAGE_PEOPLE)
def listing(request: BrandRequest) -> HttpResponse:
    """Those that are open first shown; all with ?state=all."""
    rows = Invitation.objects.filter(brand=request.brand).select_related("invited_by")
    every = request.GET.get("state") == "all"
    if not every:
        rows = rows.filter(accepted_at=None, revoked_at=None)
    page = row_pages.read(rows, row_pages.NEWEST_FIRST, request=request, size=PAGE)
    names = {choice.key: str(choice.name) for choice in roles.choices(request.brand)}
    at = timezone.now()
    shown = [
        Row(row, invitations.state_of(row, at=at).value, names.get(row.role, _("A role that is gone")))
        for row in page.rows
    ]
    context = {
        **frame("people"),
        "page": page,
        "rows": shown,
        "every": every,
        "mail_is_on": mails.is_on(),
    }
    return render(request, "people/invitations.html", context)


@require_POST
@requires(Capability.MANAGE_PEOPLE)
def resend(request: BrandRequest, invitation_id: int) -> HttpResponse:
    invitation = _invitation(request, invitation_id)
    invitations.resend(invitation, by=request.principal)
    if not mails.is_on():
        return _links(request, [invitation])
    messages.success(request, _("The invitation of %(email)s is sent again.") % {"email": invitation.email})
    return redirect("invitations", brand_slug=request.brand.slug)


@require_POST
@requires(Capability.MANAGE_PEOPLE)
def revoke(request: BrandRequest, invitation_id: int) -> HttpResponse:
    invitation = _invitation(request, invitation_id)
    invitations.revoke(invitation, by=request.principal)
    messages.success(request, _("The link of %(email)s works no more.") % {"email": invitation.email})
    return redirect("invitations", brand_slug=request.brand.slug)


def _links(request: BrandRequest, made: list[Invitation]) -> HttpResponse:
    """Mail is off: the links, this once, for the inviter to pass on."""
    links = [
        (
            each,
            f"{settings.PUBLIC_URL}{reverse('join-link', args=[invitations.new_secret(each, shown=True)])}",
        )
        for each in made
    ]
    context = {**frame("people"), "links": links, "days": invitations.DAYS}
    response = render(request, "people/links.html", context)
    response.headers["Cache-Control"] = "no-store"
    return response


def _invitation(request: BrandRequest, invitation_id: int) -> Invitation:
    if invitation_id > 2**62:
        raise Http404
    rows = Invitation.objects.select_related("brand")
    return get_object_or_404(rows, brand=request.brand, pk=invitation_id)
