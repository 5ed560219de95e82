"""Resetting the second step of somebody who lost it."""

from django.contrib import messages
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from dam.access import second_factor_reset
from dam.accounts import second_factors
from dam.accounts.capabilities import Capability
from dam.accounts.models import User
from dam.web import confirming
from dam.web.decorators import BrandRequest, requires


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Capability.MANAGE_PEOPLE)
def reset(request: BrandRequest, user_id: int) -> HttpResponseBase:
    person = User.objects.filter(pk=user_id, memberships__brand=request.brand).first()
    if person is None:
        raise Http404(_("This person isn't a member of the brand."))
    if not confirming.recently(request):
        return confirming.ask(request)
    refusal = second_factor_reset.refusal(person, by=request.principal)
    if request.method == "POST" and not refusal:
        second_factor_reset.reset(person, by=request.principal)
        messages.success(request, _("The second step of %(name)s is reset.") % {"name": person})
        return redirect("person", request.brand.slug, person.pk)
    context = {
        "area": "administration",
        "section": "people",
        "person": person,
        "refusal": refusal,
        "has_any": second_factors.exist(person),
    }
    return render(request, "administration/second_factor.html", context, status=403 if refusal else 200)
