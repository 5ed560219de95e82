"""How a mail is made: whom it is from, what it says first, and what no name in it can do."""

from email.utils import parseaddr
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.utils import timezone

from dam.accounts import mail_colours, mails, unsubscribes
from dam.accounts.models import Brand, User

ADA = User(pk=7, email="ada@example.com", name="Ada")
LINK = "http://testserver/accounts/password/reset/"


def made(name: str = "password_changed", **options: Any) -> EmailMultiAlternatives:
    context = {"user": ADA, "how": mails.WITH_LINK, "at": timezone.now(), "reset_url": LINK}
    return mails.compose(name, **{"to": ADA, **options, "context": context | options.get("context", {})})


def page(message: EmailMultiAlternatives) -> str:
    return str(message.alternatives[0][0])


def test_a_mail_has_a_plain_part_and_a_page_and_says_first_what_is_asked() -> None:
    message = made()
    assert message.message().get_content_type() == "multipart/alternative"
    assert str(message.body).startswith("Your password was changed. If it wasn't you, choose a new one now:")
    assert page(message).startswith("<!DOCTYPE html>")
    assert LINK in str(message.body)
    assert LINK in page(message)


def test_no_answering_machine_answers_and_the_id_is_of_our_own_domain(settings: Any) -> None:
    settings.PUBLIC_URL = "https://reelproof.example.com:8443"
    headers = made().message()
    assert headers["Auto-Submitted"] == "auto-generated"
    assert headers["Message-ID"].endswith("@reelproof.example.com>")


def test_mails_about_the_same_are_one_conversation() -> None:
    one, same, other = (made(about=about).message()["References"] for about in ("r-1", "r-1", "r-2"))
    assert one == same != other
    assert made().message()["References"] is None


@pytest.mark.parametrize(
    "name", ["Acme\r\nBcc: eve@example.com", "Acme\u2028Bcc: eve@example.com", 'A"cme<e@e.e>']
)
def test_no_name_begins_a_header_of_its_own(name: str, tmp_path: Path, settings: Any) -> None:
    (tmp_path / "mail").mkdir()
    for ending, words in (("subject.txt", "{{ brand.name }}"), ("txt", "Words"), ("html", "Words")):
        (tmp_path / f"mail/named.{ending}").write_text(words)
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [tmp_path]}]
    message = made("named", context={"brand": Brand(name=name, accent_hue=20)})
    raw = message.message().as_bytes().decode()
    assert not [line for line in raw.splitlines() if line.lower().startswith("bcc:")]
    assert parseaddr(message.from_email)[1] == "webmaster@localhost"


@pytest.mark.parametrize("address", ["ada@example.com\nBcc: eve@example.com", "a@" + "é" * 60 + ".example"])
def test_no_mail_is_made_for_what_is_no_address(address: str) -> None:
    with pytest.raises(mails.NotSent):
        made(to=address)


def test_a_name_is_escaped_on_the_page_and_as_it_is_in_the_text() -> None:
    message = made(context={"user": User(email="<b>&@example.com")})
    assert "<b>&@example.com" in str(message.body)
    assert "<b>&@" not in page(message)


def test_a_brand_gives_its_name_and_its_colour_for_light_and_dark() -> None:
    message = made(context={"brand": Brand(name="Northwind Drinks", accent_hue=30)})
    accent = mail_colours.accent(30)
    assert accent.light in page(message)
    assert accent.dark in page(message)
    assert "prefers-color-scheme: dark" in page(message)
    assert parseaddr(message.from_email) == ("Northwind Drinks · Reelproof", "webmaster@localhost")


def test_links_lead_to_the_public_address_alone(settings: Any) -> None:
    settings.PUBLIC_URL = "https://reelproof.example.com"
    message = made(unsubscribe=(ADA, "comments"))
    for part in (str(message.body), page(message)):
        assert "https://reelproof.example.com/mail/unsubscribe/" in part


def test_one_click_ends_the_kind_of_mail_that_it_came_with() -> None:
    headers = made(unsubscribe=(ADA, "comments")).message()
    assert headers["List-Unsubscribe"].startswith("<http://")
    assert headers["List-Unsubscribe"].endswith("/>")
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert made().message()["List-Unsubscribe"] is None


def test_a_server_that_is_away_is_told_as_a_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    def away(self: object, **options: Any) -> int:
        raise ConnectionRefusedError

    monkeypatch.setattr(EmailMultiAlternatives, "send", away)
    with pytest.raises(mails.NotSent):
        mails.send("unknown_account", to="eve@example.com", context={"sign_in_url": LINK})


def test_a_mail_is_sent() -> None:
    mails.send("unknown_account", to="eve@example.com", context={"sign_in_url": LINK})
    (sent,) = mail.outbox
    assert (sent.to, sent.subject) == (["eve@example.com"], "No account with this address")


def test_an_address_that_was_tampered_with_is_unknown() -> None:
    address = unsubscribes.url(ADA, "comments").rstrip("/").rpartition("/")[2]
    with pytest.raises(unsubscribes.UnknownAddress):
        unsubscribes.read(address[:-1] + ("a" if address[-1] != "a" else "b"))
