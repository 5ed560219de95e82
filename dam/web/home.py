"""The front door and the health check."""

from typing import cast

from django.contrib.auth.decorators import login_required
from django.db import DatabaseError, InterfaceError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from dam.accounts import capabilities
from dam.accounts.models import Membership, User
from dam.core import workers


@login_required
def home(request: HttpRequest) -> HttpResponse:
    """Straight to the brand where they were last: its library, or for who decides what waits for them."""
    user = cast(User, request.user)
    theirs = Membership.objects.select_related("brand", "custom_role").filter(
        user=user, brand__closed_at=None
    )
    last = theirs.filter(brand=user.last_brand_id).first()
    membership = last or theirs.order_by("brand__name").first()
    if membership is None:
        return render(request, "home/no_brand.html", status=403)
    decides = capabilities.DECIDING & capabilities.of_role(membership.given)
    return redirect("reviews-start" if decides else "library", brand_slug=membership.brand.slug)


@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """200 when the web process can reach its database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"status": "ok"})


@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """For operators: 200 when everything that is asked for here gets done, else 503 with what is missing."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        database = True
    except (DatabaseError, InterfaceError):
        database = False
    queues = workers.served()
    ready = database and queues is not None and all(queues.values())
    answer = {"status": "ok" if ready else "not ready", "database": database, "broker": queues is not None}
    response = JsonResponse({**answer, "queues": queues or {}}, status=200 if ready else 503)
    response.headers["Cache-Control"] = "no-store"
    return response
