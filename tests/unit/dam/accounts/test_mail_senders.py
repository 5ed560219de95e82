"""Which way mails leave, to whom a connection may be made, and what is said of one that fails."""

import json
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from django.core.mail import EmailMessage

from dam.accounts import mail_answers, mail_backend, mail_senders, mail_smtp
from dam.accounts.mail_models import Security, Sender
from dam.accounts.mail_senders import Outgoing
from dam.core.deadlines import Deadline
from tests import smtp_server

MAIL = EmailMessage("Hello", "Words", "from@example.com", ["ada@example.com"])


def smtp(port: int, **more: Any) -> Outgoing:
    given = {"sender": Sender.SMTP, "from_address": "from@example.com", "host": "127.0.0.1", "port": port}
    return Outgoing(**{**given, "from_environment": True, **more})


def refused(given: Outgoing) -> mail_answers.Answer:
    with pytest.raises(mail_backend.SendingFailed) as failed:
        mail_backend.send_by(given, [MAIL])
    return failed.value.answer


@pytest.fixture
def taken() -> Iterator[int]:
    """A port where nothing listens."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield bound.getsockname()[1]


def test_a_mail_reaches_a_server_and_its_sign_in_is_told_apart() -> None:
    with smtp_server.running(asks=True) as server:
        given = smtp(server.port, username=smtp_server.USER, secret=smtp_server.PASSWORD)
        assert mail_backend.send_by(given, [MAIL]) == 1
        assert server.messages[0]["Subject"] == "Hello"
        wrong = refused(smtp(server.port, username=smtp_server.USER, secret="wrong"))
        assert (wrong.code, wrong.lasting) == ("sign_in", False)
        assert "It said: “535" in wrong.sentence


def test_a_refused_sender_and_recipient_are_told_apart() -> None:
    with smtp_server.running() as server:
        server.refuse = {"from@example.com": "553 Not your address"}
        assert refused(smtp(server.port)).code == "sender"
        server.refuse = {"ada@example.com": "550 No such person"}
        answer = refused(smtp(server.port))
        assert (answer.code, answer.lasting) == ("recipient", True)
        server.refuse = {"ada@example.com": "450 Come back"}
        assert not refused(smtp(server.port)).lasting


def test_what_is_wrong_with_a_connection_is_told_apart(taken: int) -> None:
    with smtp_server.running() as server:
        assert refused(smtp(server.port, security=Security.STARTTLS)).code == "unsupported"
        assert refused(smtp(server.port, security=Security.TLS)).code == "tls"
    assert refused(smtp(taken)).code == "refused_connection"
    assert refused(smtp(25, host="no-such-host.invalid")).code == "name"


def test_a_server_that_drips_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail_smtp, "DEADLINE", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        assert refused(smtp(silent.getsockname()[1])).code == "timeout"


@pytest.mark.parametrize(
    "host", ["169.254.169.254", "fe80::1", "0.0.0.0", "224.0.0.1", "::ffff:169.254.169.254"]
)
def test_no_page_connects_to_where_no_mail_server_is(host: str) -> None:
    with Deadline(5) as until, pytest.raises(mail_smtp.NotAMailServer):
        mail_smtp.require_mail_server(host, 587, until=until)


def test_no_page_connects_to_a_port_that_is_none_of_mail() -> None:
    assert refused(smtp(6379, from_environment=False)).code == "not_a_mail_server"


@pytest.fixture
def company() -> Iterator[Any]:
    """What a company's interface is for us: it keeps what was asked, and answers as it is told to."""

    class Handler(BaseHTTPRequestHandler):
        asked: list[tuple[dict[str, str], dict[str, Any]]] = []
        status, answer = 200, b"{}"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self.asked.append((dict(self.headers), json.loads(body)))
            self.send_response(self.status)
            self.end_headers()
            self.wfile.write(self.answer)

        def log_message(self, *args: Any) -> None:
            return

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    Handler.url = f"http://127.0.0.1:{server.server_port}/"  # type: ignore[attr-defined]
    yield Handler
    server.shutdown()


@pytest.mark.parametrize(
    ("status", "code"), [(401, "sign_in"), (403, "sign_in"), (422, "sender"), (503, "refused")]
)
def test_what_a_company_answers_is_told_in_words(company: Any, status: int, code: str) -> None:
    company.status, company.answer = status, b'{"message": "The domain is not verified"}'
    given = Outgoing(sender=Sender.RESEND, from_address="from@example.com", secret="re_123")
    with pytest.raises(Exception) as failed:  # noqa: PT011 - the library's own
        mail_senders.connection(given, api_url=company.url).send_messages([MAIL])
    answer = mail_answers.describe(failed.value, sender=Sender.RESEND)
    assert answer.code == code
    assert "Resend" in answer.sentence
    assert "re_123" not in answer.sentence
    assert company.asked[-1][0]["Authorization"] == "Bearer re_123"


@pytest.mark.parametrize("sender", [sender for sender in Sender if sender not in (Sender.OFF, Sender.SMTP)])
def test_every_company_has_its_way_to_be_sent_by(sender: Sender) -> None:
    given = Outgoing(
        sender=sender, from_address="a@example.com", secret="key", username="id", region="eu-west-1"
    )
    assert type(mail_senders.connection(given)).__module__.startswith("anymail.backends.")


def test_a_secret_is_in_no_log() -> None:
    assert "open sesame" not in repr(smtp(25, secret="open sesame"))


def test_the_environment_wins(settings: Any) -> None:
    settings.EMAIL_IS_SET, settings.EMAIL_HOST, settings.EMAIL_USE_TLS = True, "mail.example.com", True
    given = mail_senders.current()
    assert given is not None
    assert (given.host, given.security, given.from_environment) == (
        "mail.example.com",
        Security.STARTTLS,
        True,
    )
    settings.EMAIL_SENDER, settings.EMAIL_API_KEY = "postmark", "key"
    given = mail_senders.current()
    assert given is not None
    assert (given.sender, given.secret) == (Sender.POSTMARK, "key")
