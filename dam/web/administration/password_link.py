"""A link to choose a new password, for somebody who forgot theirs while mail is off."""

from django.http import Http404, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from dam.access import password_links
from dam.accounts.capabilities import Capability
from dam.accounts.models import User
from dam.web import confirming
from dam.web.decorators import BrandRequest, requires


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(Capability.MANAGE_PEOPLE)
def make(request: BrandRequest, user_id: int) -> HttpResponseBase:
    """Says what it does; the link itself is on the page that answers, and nowhere else again."""
    person = User.objects.filter(pk=user_id, memberships__brand=request.brand).first()
    if person is None:
        raise Http404(_("This person isn't a member of the brand."))
    if not confirming.recently(request):
        return confirming.ask(request)
    refusal = password_links.refusal(person, by=request.principal)
    link = (
        password_links.make(person, by=request.principal) if request.method == "POST" and not refusal else ""
    )
    context = {
        "area": "administration",
        "section": "people",
        "person": person,
        "refusal": refusal,
        "link": link,
    }
    return render(request, "administration/password_link.html", context, status=403 if refusal else 200)
