"""Turning a kind of mail off by the address in it: a page that asks, and one click (RFC 8058)."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from dam.accounts import unsubscribes


@csrf_exempt  # the address itself is signed, and mail programs send no form of ours
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Opening it changes nothing: programs that look for harmful links open everything."""
    try:
        user, kind = unsubscribes.read(token)
    except unsubscribes.UnknownAddress as unknown:
        return render(request, "refused.html", {"refusal": unknown, "status": 404}, status=404)
    if request.method != "POST":
        return render(request, "account/unsubscribe.html", {"address": user.email})
    return render(request, "account/unsubscribe.html", {"ended": unsubscribes.turn_off(user, kind)})
