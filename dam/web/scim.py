"""/scim/v2/: where a company's directory tells of the people of a brand. The token says which brand."""

import json
import logging
from http import HTTPStatus

from allauth.core.internal import ratelimit
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from scim2_models import PayloadTooLargeException, SCIMException, UnauthorizedException
from scim2_server.handler import ScimHandler
from scim2_server.requests import ScimRequest
from scim2_server.responses import ScimResponse
from scim2_server.service import ScimService

from dam.scim import tokens
from dam.scim.resources import PROVIDER
from dam.scim.storage import BrandStorage
from dam.web import clients

log = logging.getLogger(__name__)
LARGEST = 1024 * 1024
SERVICE = ScimService(PROVIDER)


class TooManyRequests(SCIMException):
    status = HTTPStatus.TOO_MANY_REQUESTS
    _default_detail = "Too many requests. Wait a minute and try again."


@csrf_exempt  # no browser sends this token along unasked, and no session counts here
def scim(request: HttpRequest, path: str = "") -> HttpResponse:
    try:
        answer = _answer(request, path)
    except SCIMException as problem:
        answer = SERVICE.error_response(problem)
    body = b"" if answer.body is None else json.dumps(answer.body).encode()
    response = HttpResponse(body, status=answer.status)
    for name, value in answer.headers.items():
        response.headers[name] = value
    response.headers["Cache-Control"] = "no-store"
    response.headers["Content-Disposition"] = 'attachment; filename="answer.json"'  # no browser shows it
    return response


def _answer(request: HttpRequest, path: str) -> ScimResponse:
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    token = tokens.of_secret(secret.strip(), at=timezone.now()) if scheme.lower() == "bearer" else None
    if token is None:
        key = clients.limited(request)
        if not ratelimit.consume(
            request, app="allauth.account", action="scim_refused", key=key, limit_get=True
        ):
            raise TooManyRequests
        log.warning("A directory without a valid token was refused, from %s.", clients.address(request))
        raise UnauthorizedException(detail="This token doesn't exist or was revoked.")
    if not ratelimit.consume(request, app="allauth.account", action="scim", key=token.prefix, limit_get=True):
        raise TooManyRequests
    if int(request.headers.get("Content-Length") or 0) > LARGEST or len(request.body) > LARGEST:
        raise PayloadTooLargeException
    asked = ScimRequest(
        method=request.method or "GET",
        base_url=tokens.address(),
        path=f"/{path}",
        query=request.GET.dict(),
        headers=dict(request.headers),
        body=_with_address(request, path),
    )
    return ScimHandler(SERVICE, BrandStorage(token)).handle(asked)


def _with_address(request: HttpRequest, path: str) -> bytes:
    """The body; a user without addresses whose name is one has that. So do directories that know no other."""
    body = request.body
    if path.partition("/")[0].lower() != "users" or request.method not in ("POST", "PUT"):
        return body
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return body
    if isinstance(said, dict):
        names = {str(name).lower(): name for name in said}
        login = said.get(names.get("username", ""))
        if not said.get(names.get("emails", "")) and isinstance(login, str) and "@" in login:
            return json.dumps({**said, "emails": [{"value": login, "primary": True}]}).encode()
    return body
