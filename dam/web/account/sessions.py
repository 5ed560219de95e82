"""Where somebody is signed in, and ending it."""

from datetime import datetime

from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.sessions.models import Session
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from dam.accounts import sessions
from dam.web import confirming, devices, last_seen, row_pages
from dam.web.row_pages import By

SECTION = "usersessions_list"
PAGE = 100
LAST_SEEN_FIRST = (By("last_seen_at", datetime, descending=True), By("pk", int, descending=True))


@confirming.signed_in
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    person = confirming.person(request)
    last_seen.note(request, person)
    here = request.session.session_key
    open_now = Session.objects.filter(expire_date__gt=timezone.now()).values("session_key")
    rows = UserSession.objects.filter(user=person, session_key__in=open_now)
    others = row_pages.read(rows.exclude(session_key=here), LAST_SEEN_FIRST, request=request, size=PAGE)
    own = [] if others.first else list(rows.filter(session_key=here))
    shown = [
        {
            "session": row,
            "device": devices.of(row.user_agent),
            "address": "" if row.ip == last_seen.NO_ADDRESS else row.ip,
            "is_here": row.session_key == here,
        }
        for row in (*own, *others.rows)
    ]
    context = {
        "section": SECTION,
        "sessions": shown,
        "page": others,
        "others": bool(others.rows),
    }
    return render(request, "account/sessions.html", context)


@require_POST
@confirming.signed_in
def end(request: HttpRequest, session_id: int) -> HttpResponse:
    person = confirming.person(request)
    session = get_object_or_404(UserSession, pk=session_id, user=person)
    if session.session_key == request.session.session_key:
        return redirect("account_logout")
    sessions.end(session)
    messages.success(request, _("That device is signed out."))
    return redirect(SECTION)


@require_POST
@confirming.signed_in
def end_others(request: HttpRequest) -> HttpResponse:
    ended = sessions.end_all(confirming.person(request), but=request.session.session_key or "")
    words = ngettext("%(count)s other session ended.", "%(count)s other sessions ended.", ended)
    messages.success(request, words % {"count": ended})
    return redirect(SECTION)
