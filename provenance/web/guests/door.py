"""Where a guest comes in: the link of the mail, then the door, where they show that it is them."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from provenance.guests import door, gate, links, rules
from provenance.guests.models import GuestLink
from provenance.guests.rules import Proof
from provenance.web.guests import frame
from provenance.web.guests.forms import CodeForm, PassphraseForm

TOO_OFTEN = 429
AFTER_LINKS = ".,;:!?)]}>\"'»”’"  # what mail programs take for the end of a link; no secret ends so
Form = CodeForm | PassphraseForm


@csrf_exempt  # whatever is sent here is answered alike, so that no log line of a refusal has the address
@never_cache
def open_link(request: HttpRequest, secret: str) -> HttpResponse:
    """What the mail links to. It takes the secret out of the address and changes nothing."""
    at = timezone.now()
    secret = secret.rstrip(AFTER_LINKS)
    link = links.of_secret(secret) if frame.may_try(request, "guest_open", key=secret[:12]) else None
    if link is None or gate.find(link.key, at=at) is None:
        response = redirect("guest-gone")
        response.headers["Referrer-Policy"] = "no-referrer"
        return response
    return frame.lead_to_door(link)


@require_safe
@never_cache
def gone(request: HttpRequest) -> HttpResponse:
    return frame.gone(request)


@require_safe
@never_cache
def page(request: HttpRequest, key: UUID) -> HttpResponse:
    """The door of a link, for whoever had its secret; whoever is in already goes on to the room."""
    at = timezone.now()
    if gate.enter(key, secret=request.COOKIES.get(frame.SESSION, ""), at=at) is not None:
        return redirect("guest-room", key)
    link = frame.at_door(request, key, at=at)
    return frame.gone(request) if link is None else _page(request, link, _form(link))


@require_POST
@never_cache
def send_code(request: HttpRequest, key: UUID) -> HttpResponse:
    """They say that they are the one who was asked, and have a code mailed."""
    link = frame.at_door(request, key, at=timezone.now())
    if link is None or link.proof != Proof.CODE:
        return frame.gone(request)
    form = CodeForm()
    if not frame.may_try(request, "guest_code", key=str(link.pk)):
        form = CodeForm({})
        form.errors.clear()
        form.add_error(None, _("Too many codes were sent. Wait an hour, then ask for another."))
        return _page(request, link, form, asked=True, status=TOO_OFTEN)
    door.ask_for_code(link)
    return _page(request, link, form, asked=True)


@require_POST
@never_cache
def enter(request: HttpRequest, key: UUID) -> HttpResponse:
    """The code or the passphrase; then the room."""
    at = timezone.now()
    link = frame.at_door(request, key, at=at)
    if link is None:
        return frame.gone(request)
    form = _form(link, request.POST)
    if not form.is_valid():
        return _page(request, link, form, asked=True, status=422)
    if not frame.may_try(request, "guest_try", key=str(link.pk)):
        form.add_error(None, _("Too many tries. Wait a few minutes, then try again."))
        return _page(request, link, form, asked=True, status=TOO_OFTEN)
    try:
        if isinstance(form, CodeForm):
            door.use_code(link, form.cleaned_data["code"], at=at)
        else:
            door.use_passphrase(link, form.cleaned_data["passphrase"], at=at)
        return frame.let_in(request, link, at=at)
    except links.GuestRefused as refused:
        form.add_error(refused.field or None, refused.message)
        return _page(request, link, form, asked=True, status=422)


def _form(link: GuestLink, data: QueryDict | None = None) -> Form:
    return CodeForm(data) if link.proof == Proof.CODE else PassphraseForm(data)


def _page(
    request: HttpRequest, link: GuestLink, form: Form, *, asked: bool = False, status: int = 200
) -> HttpResponse:
    context = {
        "link": link,
        "form": form,
        "by_code": link.proof == Proof.CODE,
        "asked": asked,  # a code was sent, or a passphrase tried
        "masked": rules.masked(link.email),
    }
    return render(request, "guests/door.html", context, status=status)
