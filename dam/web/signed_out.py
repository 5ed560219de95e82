"""Requests of somebody who is not signed in any more, or whose page is older than their session.

Nothing that was typed is lost to that. A page's own requests get a status and a header that the script
understands, never another page in the place of theirs; a form of a whole page comes back, to be sent again.
"""

from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseBase
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from dam.web import htmx
from dam.web.problem_details import problem

# Where to sign in and come back, for the script; with status 401.
SIGN_IN = "X-Sign-In"
# The token that the session has now, for the script; with status 403 when the one that came was older.
TOKEN = "X-CSRFToken"
# In the scope of a request whose body was too large to be read from a stranger.
UNREAD = "reelproof.unread"


def answer(request: HttpRequest, *, slug: str) -> HttpResponseBase:
    """To somebody who is not signed in at an address of the brand."""
    if not wants_page(request):
        response = problem(401, "signed_out", _("You are signed out. Sign in, then try again."))
        response.headers[SIGN_IN] = _sign_in(where(request, slug=slug))
        return response
    if request.method in ("GET", "HEAD"):
        return redirect_to_login(request.get_full_path())
    if not _of_this_site(request):
        return redirect_to_login(where(request, slug=slug))
    context = {
        "kept": kept(request),
        "action": request.get_full_path(),
        "sign_in": _sign_in(reverse("home")),
        # Too large to be read, or a file, which no page can hold.
        "not_kept": UNREAD in getattr(request, "scope", {}) or bool(request.FILES),
    }
    return render(request, "401.html", context, status=401)


def token_changed(request: HttpRequest, reason: str = "") -> HttpResponseBase:
    """To a form whose token is not the session's: somebody signed in or out in another tab."""
    if not wants_page(request):
        response = problem(403, "token_changed", _("You signed in or out in another tab. Send it again."))
        response.headers[TOKEN] = get_token(request)
        return response
    can_be_sent_again = _of_this_site(request) and not request.FILES
    context = {"kept": kept(request), "action": request.get_full_path()} if can_be_sent_again else {}
    return render(request, "403_csrf.html", context, status=403)


def kept(request: HttpRequest) -> list[tuple[str, str]]:
    """What a form held, but for its token, passwords and passkeys, to be sent again."""
    return [
        (name, value)
        for name, many in request.POST.lists()
        if name not in ("csrfmiddlewaretoken", "passkey", "credential") and "password" not in name
        for value in many
    ]


def wants_page(request: HttpRequest) -> bool:
    """Whether a browser asked for a page of its own, by a link or a form."""
    match = request.resolver_match
    if match is not None and getattr(match.func, "for_programs", False):
        return False
    if htmx.is_htmx(request) or "Tus-Resumable" in request.headers or not request.accepts("text/html"):
        return False
    return request.headers.get("Sec-Fetch-Dest", "document") == "document"


def _of_this_site(request: HttpRequest) -> bool:
    """Whether the form stood on a page of ours: what strangers made up is not offered to be sent again."""
    origin = request.headers.get("Origin")
    if origin is None:
        return request.headers.get("Sec-Fetch-Site") == "same-origin"
    return origin in (f"{request.scheme}://{request.get_host()}", *settings.CSRF_TRUSTED_ORIGINS)


def where(request: HttpRequest, *, slug: str) -> str:
    """The page that somebody is on: where they come back to."""
    page = htmx.page(request) or request.headers.get("Referer", "")
    if page and url_has_allowed_host_and_scheme(page, allowed_hosts={request.get_host()}):
        parts = urlsplit(page)
        return parts.path + (f"?{parts.query}" if parts.query else "")
    return reverse("library", args=[slug])


def _sign_in(following: str) -> str:
    return f"{reverse('account_login')}?{urlencode({'next': following})}"
