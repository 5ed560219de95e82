"""Adding, changing and removing a brand's webhooks. Each change is an event; no secret is in it."""

from collections.abc import Collection
from datetime import datetime

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from dam.accounts.capabilities import Capability
from dam.accounts.principals import Principal, person
from dam.audit import trail
from dam.audit.verbs import Verb
from dam.core import errors
from dam.notifications import kinds
from dam.notifications.models import Delivery, Webhook
from dam.notifications.webhooks import addresses, signatures

MOST = 20  # of one brand


class WebhookRefused(errors.Refused):
    """The webhook can't be kept like this; the message says why."""

    code = "webhook"


def offered() -> tuple[str, ...]:
    """The kinds that a webhook can be told of."""
    return tuple(kind.name for kind in kinds.active() if kind.webhooks)


def add(*, by: Principal, name: str, url: str, kinds: Collection[str]) -> Webhook:
    """A new webhook; its secret is shown once. Raises AddressRefused, WebhookRefused, PermissionDenied."""
    by.require(Capability.MANAGE_BRAND)
    _check(url, kinds)
    with trail.recording():
        if Webhook.objects.filter(brand=by.brand).count() >= MOST:
            raise WebhookRefused(_("A brand can have 20 webhooks. Delete one first."))
        hook = Webhook.objects.create(
            brand=by.brand,
            name=name.strip(),
            url=url,
            kinds=sorted(kinds),
            secret=signatures.new_secret(),
            created_by=person(by),
        )
        data = {"webhook": str(hook.pk), "host": _host(url), "kinds": hook.kinds}
        trail.record(Verb.WEBHOOK_CREATED, brand=by.brand, target=hook.name, actor=by, data=data)
    return hook


def change(hook: Webhook, *, by: Principal, name: str, url: str, kinds: Collection[str]) -> None:
    """Raises AddressRefused, WebhookRefused, PermissionDenied."""
    by.require(Capability.MANAGE_BRAND, brand=hook.brand)
    _check(url, kinds)
    before: dict[str, object] = {"name": hook.name, "address": hook.url, "notifications": hook.kinds}
    after: dict[str, object] = {"name": name.strip(), "address": url, "notifications": sorted(kinds)}
    changed = {key: [before[key], after[key]] for key in after if before[key] != after[key]}
    if not changed:
        return
    with trail.recording():
        Webhook.objects.filter(pk=hook.pk).update(name=name.strip(), url=url, kinds=sorted(kinds))
        _record_change(hook, by, changed)


def turn(hook: Webhook, *, by: Principal, on: bool, at: datetime | None = None) -> None:
    """Stop sending, or go on from now. What couldn't be sent meanwhile isn't."""
    by.require(Capability.MANAGE_BRAND, brand=hook.brand)
    with trail.recording():
        rows = Webhook.objects.filter(pk=hook.pk, disabled_at__isnull=not on)
        at = at or timezone.now()
        if rows.update(disabled_at=None if on else at, failing_since=None):
            Delivery.objects.filter(webhook=hook, due_at__isnull=False).update(due_at=None)
            _record_change(hook, by, {"on": [not on, on]})


def renew_secret(hook: Webhook, *, by: Principal) -> str:
    """A new secret, shown once; messages are signed with it from now on."""
    by.require(Capability.MANAGE_BRAND, brand=hook.brand)
    with trail.recording():
        secret = signatures.new_secret()
        Webhook.objects.filter(pk=hook.pk).update(secret=secret)
        _record_change(hook, by, {"secret": ["", "renewed"]})
    return secret


def delete(hook: Webhook, *, by: Principal) -> None:
    by.require(Capability.MANAGE_BRAND, brand=hook.brand)
    with trail.recording():
        Webhook.objects.filter(pk=hook.pk).delete()
        data = {"webhook": str(hook.pk)}
        trail.record(Verb.WEBHOOK_DELETED, brand=hook.brand, target=hook.name, actor=by, data=data)


def _check(url: str, kinds: Collection[str]) -> None:
    addresses.check(url, local=settings.WEBHOOKS_LOCAL)
    if not kinds or not set(kinds) <= set(offered()):
        raise WebhookRefused(_("Choose at least one kind of notification."))


def _host(url: str) -> str:
    return addresses.check(url, local=settings.WEBHOOKS_LOCAL)[0]


def _record_change(hook: Webhook, by: Principal, changed: dict[str, list[object]]) -> None:
    data = {"webhook": str(hook.pk), **changed}
    trail.record(Verb.WEBHOOK_EDITED, brand=hook.brand, target=hook.name, actor=by, data=data)
