"""/metrics for Prometheus: for who sends the token, or asks from an address that is listed."""

import hmac
from ipaddress import ip_address, ip_network

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from dam.core import metrics as counted
from dam.operations.metrics import HowThingsStand
from dam.web import clients


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """404 for everybody else: whether there are metrics is not a stranger's business."""
    if not may_ask(request):
        raise Http404
    text, content_type = counted.page(HowThingsStand())
    return HttpResponse(text, content_type=content_type, headers={"Cache-Control": "no-store"})


def may_ask(request: HttpRequest) -> bool:
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    token = settings.METRICS_TOKEN
    if token and scheme.lower() == "bearer" and hmac.compare_digest(secret.strip().encode(), token.encode()):
        return True
    return _is_listed(clients.address(request))


def _is_listed(address: str) -> bool:
    try:
        asking = ip_address(address)
    except ValueError:
        return False
    return any(asking in ip_network(network, strict=False) for network in settings.METRICS_FROM)
