"""Error pages: what happened, and how to go on. Never a trace, never a name that leaks."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import loader

from dam.core.errors import Refused
from dam.web import problem_details


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "400.html", status=400)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "403.html", {"reason": str(exception)}, status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "404.html", status=404)


def refused(request: HttpRequest, refusal: Refused) -> HttpResponse:
    """What a view let through: the sentence, and the way back."""
    status = problem_details.status_of(refusal)
    return render(request, "refused.html", {"refusal": refusal, "status": int(status)}, status=status)


def server_error(request: HttpRequest) -> HttpResponse:
    # Without the request: what failed, the database say, would fail the page's context too.
    return HttpResponse(loader.get_template("500.html").render(), status=500)
