"""Middleware: who is asking, what was refused, and connections that streaming answers must not keep."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any, cast

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from dam.accounts import principals
from dam.accounts.models import User
from dam.accounts.principals import Guest, Member, Principal, Token
from dam.core import log_context
from dam.core.call_room import roomy
from dam.core.errors import Refused
from dam.web import errors, htmx, localisation, problem_details, second_factor, signed_out
from dam.web.decorators import BrandRequest, View
from dam.web.problem_details import problem

JSON = ("application/json", "application/problem+json")


class ReleaseConnectionMiddleware:
    """Gives the connection back to the pool before a streaming answer begins.

    Django returns it only when the answer ends. A page's event stream ends when the page is closed, so
    a handful of open pages would take the whole pool. It is the outermost, and has room for the calls of all.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    @roomy
    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if response.streaming and not connection.in_atomic_block:
            connection.close()
        return response


class PrivatePagesMiddleware:
    """Pages are kept by nobody but the browser, which asks again before it shows one.

    After somebody signed out it drops them: going back would show what the next person may not see. Answers
    for programs are kept by nobody, and no browser that is led to one shows it as a page or names a file so.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if response.headers.get("Content-Type", "").startswith("text/html"):
            response.headers.setdefault("Cache-Control", "private, no-cache")
        elif response.headers.get("Content-Type", "") in JSON:
            response.headers.setdefault("Cache-Control", "no-store")
            if request.path.startswith("/b/"):
                response.headers.setdefault("Content-Disposition", 'attachment; filename="answer.json"')
        match = request.resolver_match
        if request.method == "POST" and match is not None and match.url_name == "account_logout":
            response.headers["Clear-Site-Data"] = '"cache"'
        return response


class CurrentBrandMiddleware:
    """Says who is asking at a URL that names a brand, and lets nobody else through.

    That is a program with an API token in the Authorization header, a member who is signed in (with a second
    factor, where the brand requires one), or a guest who came by a share link. A stranger can't tell whether
    the brand exists. It stands before the check of forms against forgery, which a token needs not: no
    browser sends one along by itself.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: View, args: list[Any], kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        slug = kwargs.pop("brand_slug", None)
        if slug is None:
            return None
        scheme, _space, secret = request.headers.get("Authorization", "").partition(" ")
        principal: Principal | None
        if scheme.lower() == "bearer":
            token = principals.of_token(secret.strip(), at=timezone.now())
            if token is None:
                return _unauthorized()
            principal = token if token.brand.slug == slug else None
            request.user = AnonymousUser()  # whoever else's session came along has no say
            request._dont_enforce_csrf_checks = True  # type: ignore[attr-defined]
        else:
            principal = principals.signed_in(request.user, slug=slug)
            principal = principal or principals.guest(request, slug=slug, at=timezone.now())
            known = request.user.is_authenticated or principals.came_as_guest(request)
            if principal is None and not known:
                return signed_out.answer(request, slug=slug)
        if isinstance(principal, Member) and second_factor.missing(request, principal.user, principal.brand):
            return second_factor.answer(request, slug=slug)
        if principal is None:
            raise Http404(_("This brand doesn't exist, or you're not a member of it."))
        if principal.brand.closed_at is not None and getattr(view, "for_programs", False):
            return problem(403, "brand_closed", _("This brand is closed. Open it again to continue."))
        if principal.brand.closed_at is not None and not getattr(view, "for_closed", False):
            return redirect("brand-closing", slug)
        if isinstance(principal, Guest) and not getattr(view, "for_guests", False):
            raise PermissionDenied(_("Your share link doesn't give access to this page."))
        if isinstance(principal, Member) and (new := _newly_known(request, principal)):
            User.objects.filter(pk=principal.user.pk).update(**new)
        scoped = cast(BrandRequest, request)
        scoped.principal, scoped.brand = principal, principal.brand
        log_context.add(brand=principal.brand.pk, user=principal.user.pk if principal.user else None)
        return None


def _newly_known(request: HttpRequest, member: Member) -> dict[str, Any]:
    """Where the person is now, if it is another brand or time zone than before.

    Of pages alone: their pictures and streams say nothing new.
    """
    if not signed_out.wants_page(request) or htmx.is_htmx(request):
        return {}
    new: dict[str, Any] = {}
    if member.user.last_brand_id != member.brand.pk:
        new["last_brand"] = member.brand
    zone = localisation.browser_place(request)
    if zone is not None and zone.key != member.user.browser_time_zone:
        new["browser_time_zone"] = member.user.browser_time_zone = zone.key
    return new


def _unauthorized() -> HttpResponseBase:
    response = problem(401, "unauthorized", _("This API token doesn't exist or has expired."))
    response.headers["WWW-Authenticate"] = 'Bearer error="invalid_token"'
    return response


class RefusedMiddleware:
    """What a view refuses and does not answer itself: a page for people, problem details for programs."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if response.status_code == HTTPStatus.METHOD_NOT_ALLOWED and signed_out.wants_page(request):
            return errors.wrong_method(request, response)
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
        if not isinstance(exception, Refused):
            return None
        if htmx.is_htmx(request):  # the place that was to be filled stays as it is
            answer = HttpResponse(status=problem_details.status_of(exception))
            answer.headers["HX-Reswap"] = "none"
            return htmx.with_toast(answer, exception.message, tone="error")
        if isinstance(getattr(request, "principal", None), Token) or not request.accepts("text/html"):
            return problem_details.of_refusal(exception)
        return errors.refused(request, exception)
