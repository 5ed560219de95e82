"""A code that is tried many times at the same moment."""

import threading

import pytest
from django.db import connection
from django.utils import timezone

from provenance.guests import door, rules
from provenance.guests.links import GuestRefused
from provenance.guests.models import GuestLink
from tests.integration.provenance.guests.conftest import Outside, code_sent

pytestmark = pytest.mark.django_db(transaction=True)
AT_ONCE = 12


def tried_at_once(link: GuestLink, code: str) -> list[str]:
    """What each of AT_ONCE tries came to: "" for the one that is let in."""
    together, told = threading.Barrier(AT_ONCE), []

    def run() -> None:
        try:
            together.wait(timeout=60)
            door.use_code(link, code, at=timezone.now())
            told.append("")
        except GuestRefused as refused:
            told.append(refused.message)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    assert not any(thread.is_alive() for thread in threads)
    return told


def test_many_at_once_have_no_more_tries_than_one_after_another(outside: Outside) -> None:
    door.mail_code(outside.link, at=timezone.now())
    wrong = "000000" if code_sent() != "000000" else "000001"
    told = tried_at_once(outside.link, wrong)
    assert len(told) == AT_ONCE
    assert sum("Wrong code" in each for each in told) == rules.MOST_TRIES
    assert sum("expired" in each for each in told) == AT_ONCE - rules.MOST_TRIES


def test_of_many_who_send_the_right_code_at_once_one_is_let_in(outside: Outside) -> None:
    door.mail_code(outside.link, at=timezone.now())
    told = tried_at_once(outside.link, code_sent())
    assert told.count("") == 1
