"""Webhooks: signed messages without words to a real server, tried again, turned off after days of failure."""

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from dam.accounts.capabilities import Role
from dam.accounts.principals import Member
from dam.audit.models import Event
from dam.audit.verbs import Verb
from dam.notifications import following, inbox
from dam.notifications.models import Delivery, Notification, Webhook
from dam.notifications.webhooks import addresses, deliveries, webhooks
from tests.factories import member
from tests.review_factory import Case

pytestmark = pytest.mark.django_db


class Receiver(HTTPServer):
    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.status = 204
        self.got: list[tuple[dict[str, str], bytes]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/hook?from=reelproof"


class _Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append(({key.lower(): value for key, value in self.headers.items()}, body))
        self.send_response(self.server.status)
        self.send_header("Location", "http://127.0.0.1:1/elsewhere")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def receiver(settings: Any) -> Iterator[Receiver]:
    settings.WEBHOOKS_LOCAL = True
    server = Receiver()
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def case() -> Case:
    return Case()


@pytest.fixture
def admin(case: Case) -> Member:
    return member(case.brand, Role.ADMIN)


@pytest.fixture
def hook(receiver: Receiver, admin: Member) -> Webhook:
    return webhooks.add(by=admin, name="Build", url=receiver.url, kinds=["asked"])


def send_review(case: Case) -> Delivery:
    case.submit()
    while following.run(case.brand.pk):
        pass
    return Delivery.objects.get()


def test_a_message_is_signed_as_the_specification_says(case: Case, hook: Webhook, receiver: Receiver) -> None:
    delivery = send_review(case)
    deliveries.send_due()
    ((headers, body),) = receiver.got
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    key = base64.b64decode(hook.secret.removeprefix("whsec_"))
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"
    delivery.refresh_from_db()
    assert (delivery.status, delivery.due_at, delivery.attempts) == (204, None, 1)


def test_it_holds_ids_and_links_and_no_words(case: Case, hook: Webhook, receiver: Receiver) -> None:
    type(case.version.asset).objects.update(title="Secret summer")
    send_review(case)
    deliveries.send_due()
    body = receiver.got[0][1]
    assert json.loads(body)["data"]["assets"][0]["id"] == str(case.version.asset_id)
    assert b"Secret" not in body
    assert case.creator.user.name.encode() not in body


def test_kinds_that_were_not_chosen_are_not_sent(case: Case, receiver: Receiver, admin: Member) -> None:
    webhooks.add(by=admin, name="Build", url=receiver.url, kinds=["commented"])
    case.submit()
    following.run(case.brand.pk)
    assert not Delivery.objects.exists()


def test_nothing_is_kept_for_a_brand_that_is_closed(case: Case, hook: Webhook, receiver: Receiver) -> None:
    case.submit()
    type(case.brand).objects.filter(pk=case.brand.pk).update(closed_at=timezone.now())
    while following.run(case.brand.pk):
        pass
    assert not Delivery.objects.exists()
    assert not Notification.objects.exists()


def test_a_failed_message_is_tried_again_under_the_same_id(
    case: Case, hook: Webhook, receiver: Receiver
) -> None:
    send_review(case)
    receiver.status = 500
    at = timezone.now()
    deliveries.send_due(at=at)
    deliveries.send_due(at=at + timedelta(seconds=30))
    assert len(receiver.got) == 1
    receiver.status = 200
    deliveries.send_due(at=at + timedelta(minutes=2))
    assert len({headers["webhook-id"] for headers, _ in receiver.got}) == 1
    assert Delivery.objects.get().delivered_at is not None


def test_after_a_day_it_is_given_up_and_can_be_sent_again(
    case: Case, hook: Webhook, receiver: Receiver
) -> None:
    delivery = send_review(case)
    receiver.status = 500
    at = timezone.now()
    for hours in range(36):
        deliveries.send_due(at=at + timedelta(hours=hours))
    assert Delivery.objects.get().due_at is None
    receiver.status = 200
    deliveries.send_again(delivery, at=at)
    deliveries.send_due(at=at)
    assert Delivery.objects.get().delivered_at is not None


def test_after_days_of_failure_it_is_turned_off_and_administrators_hear_of_it(
    case: Case, hook: Webhook, receiver: Receiver, admin: Member
) -> None:
    delivery = send_review(case)
    receiver.status = 500
    at = timezone.now()
    deliveries.send_due(at=at)
    deliveries.send_again(delivery, at=at + timedelta(days=4))
    deliveries.send_due(at=at + timedelta(days=4))
    hook.refresh_from_db()
    assert hook.disabled_at is not None
    assert Event.objects.filter(verb=Verb.WEBHOOK_DISABLED).count() == 1
    while following.run(case.brand.pk, at=at + timedelta(days=4)):
        pass
    assert [each.row.kind for each in inbox.told(inbox.listed(admin), to=admin)] == ["webhook_disabled"]


def test_redirects_are_not_followed(case: Case, hook: Webhook, receiver: Receiver) -> None:
    send_review(case)
    receiver.status = 302
    deliveries.send_due()
    assert len(receiver.got) == 1
    assert "redirect" in Delivery.objects.get().error


def test_a_name_that_leads_into_the_network_is_refused_when_it_is_sent(
    case: Case, hook: Webhook, receiver: Receiver, settings: Any
) -> None:
    settings.WEBHOOKS_LOCAL = False
    Webhook.objects.update(url=f"https://localhost:{receiver.server_port}/")
    send_review(case)
    deliveries.send_due()
    assert not receiver.got
    assert "private network" in Delivery.objects.get().error


@pytest.mark.parametrize(
    "url", ["http://example.com/", "https://", "ftp://example.com", "https://a:b@example.com/"]
)
def test_an_address_that_is_no_public_https_one_is_refused(url: str, admin: Member) -> None:
    with pytest.raises(addresses.AddressRefused):
        webhooks.add(by=admin, name="Build", url=url, kinds=["asked"])


def test_its_secret_is_shown_once(receiver: Receiver, admin: Member) -> None:
    client = Client()
    client.force_login(admin.user)
    address = f"/b/{admin.brand.slug}/administration/webhooks/"
    values = {"name": "Build", "url": receiver.url, "kinds": ["asked"]}
    shown = client.post(address, values, follow=True).content.decode()
    hook = Webhook.objects.get()
    assert hook.secret in shown
    assert hook.secret not in client.get(f"{address}{hook.pk}/").content.decode()


def test_what_was_tested_stands_in_the_log(hook: Webhook, receiver: Receiver, admin: Member) -> None:
    client = Client()
    client.force_login(admin.user)
    address = f"/b/{admin.brand.slug}/administration/webhooks/{hook.pk}/"
    client.post(f"{address}test/")
    deliveries.send_due()
    assert "webhook.test" in client.get(f"{address}log/").content.decode()
    assert json.loads(receiver.got[0][1])["type"] == "webhook.test"


def test_another_brands_webhook_is_not_there(hook: Webhook) -> None:
    other = member(Case().brand, Role.ADMIN)
    client = Client()
    client.force_login(other.user)
    address = f"/b/{other.brand.slug}/administration/webhooks/{hook.pk}/"
    assert client.get(address).status_code == client.post(f"{address}delete/").status_code == 404


def test_one_that_is_turned_off_is_sent_nothing_until_it_is_on_again(hook: Webhook, admin: Member) -> None:
    webhooks.turn(hook, by=admin, on=False)
    hook.refresh_from_db()
    assert hook.disabled_at is not None
    webhooks.turn(hook, by=admin, on=True)
    hook.refresh_from_db()
    assert hook.disabled_at is None


@pytest.mark.parametrize("host", ["10.0.0.1", "169.254.169.254", "[::ffff:10.0.0.1]", "[fe80::1]"])
def test_an_address_in_a_private_network_is_refused_as_it_is_entered(host: str) -> None:
    with pytest.raises(addresses.AddressRefused, match="private network"):
        addresses.check(f"https://{host}/hook")
