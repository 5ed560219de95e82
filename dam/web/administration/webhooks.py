"""Webhooks of a brand: the list, one with its deliveries, and what can be done with it."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dam.accounts.capabilities import Capability
from dam.core import errors
from dam.notifications import wording
from dam.notifications.models import Delivery, Webhook
from dam.notifications.webhooks import addresses, deliveries
from dam.notifications.webhooks import webhooks as hooks
from dam.web import row_pages
from dam.web.decorators import BrandRequest, requires
from dam.web.row_pages import By
from dam.web.whole_text import WholeTextForm

SHOWN = 50
NEWEST_FIRST = (By("created_at", datetime, descending=True), By("pk", UUID, descending=True))
SECRET = "new-webhook-secret"  # of a session: shown on the next page and then forgotten


class WebhookForm(WholeTextForm):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    url = forms.CharField(
        label=gettext_lazy("Address"),
        max_length=addresses.LONGEST,
        help_text=gettext_lazy("Must begin with https:// and be reachable from the internet."),
        widget=forms.TextInput(attrs={"type": "url", "placeholder": "https://example.com/hook"}),
    )
    kinds = forms.MultipleChoiceField(
        label=gettext_lazy("Notifications"),
        widget=forms.CheckboxSelectMultiple(),
        error_messages={"required": gettext_lazy("Choose at least one kind of notification.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = self.fields["kinds"]
        assert isinstance(kinds, forms.MultipleChoiceField)
        kinds.choices = [(name, wording.TITLES[name][0]) for name in hooks.offered()]

    def keep(self, keep: Callable[..., object]) -> bool:
        """Call `keep` with the values; False where it refused, which the form then shows."""
        try:
            keep(**self.cleaned_data)
        except addresses.AddressRefused as refusal:
            self.add_error("url", str(refusal))
        except errors.Refused as refusal:
            self.add_error(None, str(refusal))
        return not self.errors


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Capability.MANAGE_BRAND)
def webhooks(request: BrandRequest) -> HttpResponse:
    """The brand's webhooks, and the form for one more."""
    form = WebhookForm(request.POST if request.method == "POST" else None)
    made: list[Webhook] = []
    if request.method == "POST" and form.is_valid():

        def add(**values: Any) -> None:
            made.append(hooks.add(by=request.principal, **values))

        if form.keep(add):
            request.session[SECRET] = [str(made[0].pk), made[0].secret]
            return redirect("webhook", request.brand.slug, made[0].pk)
    context = {
        "area": "administration",
        "section": "webhooks",
        "hooks": Webhook.objects.filter(brand=request.brand).order_by("created_at"),
        "form": form,
    }
    return render(request, "administration/webhooks.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Capability.MANAGE_BRAND)
def webhook(request: BrandRequest, hook_id: UUID) -> HttpResponse:
    """One webhook: its form, and what was sent."""
    hook = _find(request, hook_id)
    initial = {"name": hook.name, "url": hook.url, "kinds": hook.kinds}
    form = WebhookForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():

        def change(**values: Any) -> None:
            hooks.change(hook, by=request.principal, **values)

        if form.keep(change):
            messages.success(request, _("The webhook was saved."))
            return redirect("webhook", request.brand.slug, hook.pk)
    shown_to, secret = request.session.pop(SECRET, ["", ""])
    context = {
        "area": "administration",
        "section": "webhooks",
        "hook": hook,
        "form": form,
        "secret": secret if shown_to == str(hook.pk) else "",
        "acts": _acts(hook),
        **_log(request, hook),
    }
    return render(request, "administration/webhook.html", context, status=422 if form.errors else 200)


@require_safe
@requires(Capability.MANAGE_BRAND)
def log(request: BrandRequest, hook_id: UUID) -> HttpResponse:
    """The newest deliveries, which the page asks for again while one is on its way."""
    hook = _find(request, hook_id)
    context = {"hook": hook, **_log(request, hook)}
    return render(request, "administration/_deliveries.html", context)


@require_POST
@requires(Capability.MANAGE_BRAND)
def act(request: BrandRequest, hook_id: UUID, act: str) -> HttpResponse:
    """Send a test, turn it on or off, renew the secret, delete it."""
    hook = _find(request, hook_id)
    match act:
        case "test":
            deliveries.add_test(hook)
            messages.info(request, _("A test message is on its way. Its answer appears below."))
        case "on" | "off":
            hooks.turn(hook, by=request.principal, on=act == "on")
        case "secret":
            request.session[SECRET] = [str(hook.pk), hooks.renew_secret(hook, by=request.principal)]
        case _:
            hooks.delete(hook, by=request.principal)
            messages.success(request, _("The webhook was deleted."))
            return redirect("webhooks", request.brand.slug)
    return redirect("webhook", request.brand.slug, hook.pk)


@require_POST
@requires(Capability.MANAGE_BRAND)
def redeliver(request: BrandRequest, hook_id: UUID, delivery_id: UUID) -> HttpResponse:
    hook = _find(request, hook_id)
    deliveries.send_again(get_object_or_404(Delivery, pk=delivery_id, webhook=hook))
    messages.info(request, _("The message is being sent again."))
    return redirect("webhook", request.brand.slug, hook.pk)


def _find(request: BrandRequest, hook_id: UUID) -> Webhook:
    return get_object_or_404(Webhook.objects.select_related("brand"), pk=hook_id, brand=request.brand)


def _log(request: BrandRequest, hook: Webhook) -> dict[str, Any]:
    """The newest deliveries, and whether one is about to be sent for the first time."""
    page = row_pages.read(Delivery.objects.filter(webhook=hook), NEWEST_FIRST, request=request, size=SHOWN)
    waiting = any(not each.attempts for each in page.rows) and hook.disabled_at is None
    return {"deliveries": page.rows, "page": page, "waiting": waiting}


def _acts(hook: Webhook) -> list[tuple[str, str, str]]:
    """What its buttons do: the name of the act, a picture and a title."""
    turn = ("on", "play", _("Turn on")) if hook.disabled_at else ("off", "pause", _("Turn off"))
    test = [] if hook.disabled_at else [("test", "send", _("Send test message"))]
    return [*test, turn, ("secret", "key-round", _("Renew secret"))]
