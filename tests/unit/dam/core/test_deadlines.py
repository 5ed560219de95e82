"""Whatever is asked elsewhere has an end, however slowly it answers."""

import socket
import threading
from typing import Any

import pytest
import requests
from django.core.mail import EmailMessage

from dam.accounts import mail_senders, mail_smtp
from dam.accounts.mail_models import Sender
from dam.accounts.mail_senders import Outgoing
from dam.core import fetching as models
from dam.core import model_hub
from dam.core.deadlines import Deadline, Passed
from dam.notifications.webhooks import posting
from dam.sso import fetching
from tests import dripping

SOON = 0.3
MAIL = EmailMessage("Hello", "Words", "from@example.com", ["ada@example.com"])
kinds = pytest.mark.parametrize("kind", ["headers", "body", "endless"])


@kinds
def test_a_receiver_that_drips_holds_no_worker(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(posting, "SECONDS", SOON)
    monkeypatch.setattr(posting, "MOST_READ", 10**6)
    with dripping.running(kind) as server:
        answer = posting.post(server.url, b"{}", headers={}, local=True)
        assert (answer.status, answer.error) == (None, "The receiver didn't answer within 10 seconds.")
        assert server.let_go.wait(5)


@kinds
def test_a_provider_that_drips_holds_no_request(
    kind: str, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.PUBLIC_URL = "http://localhost:8000"
    monkeypatch.setattr(fetching, "SECONDS", SOON)
    with dripping.running(kind) as server:
        with pytest.raises(requests.Timeout), fetching.session() as session:
            session.get(server.url)
        assert server.let_go.wait(5)


@kinds
def test_a_company_that_sends_mail_and_drips_holds_no_worker(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mail_senders, "DEADLINE", SOON)
    given = Outgoing(sender=Sender.RESEND, from_address="from@example.com", secret="re_123")
    with dripping.running(kind) as server:
        with pytest.raises(requests.Timeout):
            mail_senders.connection(given, api_url=f"{server.url}/").send_messages([MAIL])
        assert server.let_go.wait(5)


def test_a_mail_server_that_drips_holds_no_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail_smtp, "DEADLINE", SOON)
    with dripping.running("greeting") as server:
        backend = mail_smtp.EmailBackend(host="127.0.0.1", port=server.port, anywhere=True, timeout=10)
        with pytest.raises(Passed):
            backend.send_messages([MAIL])
        assert server.let_go.wait(5)


@kinds
def test_a_hub_that_drips_its_description_is_left(
    kind: str, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    monkeypatch.setattr(model_hub, "ANSWER_SECONDS", SOON)
    with dripping.running(kind) as server:
        settings.MODEL_HUB = server.url
        with pytest.raises(model_hub.NotFetched, match="can't be reached"):
            model_hub.look_up("someone/model", wanted=["*"])
        assert server.let_go.wait(5)


def test_a_file_of_a_model_that_drips_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(models, "WINDOW_SECONDS", SOON)
    with dripping.running("body") as server, Deadline(5) as until:
        response = model_hub.open_file(server.url, until=until)
        with response, pytest.raises(OSError, match="too slowly"):
            for _ in models._at_a_pace(response):
                pass


def test_a_name_that_is_looked_up_for_ever_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    found = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found.wait(5) and [])
    with Deadline(0.05) as until, pytest.raises(Passed):
        until.resolve("slow.example.com", 443)
    found.set()


def test_a_connection_that_comes_too_late_is_cut_at_once() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs, Deadline(0.01) as until:
        threading.Event().wait(0.02)
        with pytest.raises(Passed):
            until.watch(ours)


def test_what_ends_in_time_leaves_the_connection_open() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        with Deadline(5) as until:
            until.watch(ours)
        theirs.sendall(b"x")
        assert ours.recv(1) == b"x"


def test_an_address_that_never_answers_leaves_time_to_the_next() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.socket() as full:
        full.bind(("127.0.0.1", 0))  # takes connections no more: nobody listens
        kind = (socket.AF_INET, socket.SOCK_STREAM, 0, "")
        found = [(*kind, full.getsockname()), (*kind, server.getsockname())]
        with Deadline(5) as until, until.connect(found) as opened:
            assert opened.getpeername() == server.getsockname()


def test_each_address_has_its_share_of_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    shares = []

    class Silent(socket.socket):
        def connect(self, _address: object) -> None:
            shares.append(self.gettimeout())
            raise TimeoutError

    monkeypatch.setattr(socket, "socket", Silent)
    found = [(socket.AF_INET, socket.SOCK_STREAM, 0, "", ("192.0.2.1", 443))] * 5
    with Deadline(9) as until, pytest.raises(TimeoutError):
        until.connect(found)
    assert [round(share or 0) for share in shares] == [3, 4, 9]  # no time passes here


def test_no_address_is_said() -> None:
    with Deadline(1) as until, pytest.raises(OSError, match="no address"):
        until.connect([])
