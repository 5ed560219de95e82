"""Many people and a long log: `make bench ARGS="-k house"`, and HOUSE=1000000 before it for a million.

What a person waits for must not grow with what happened: a page of the log, the bell, a sweep's next step.
"""

import os
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from dam.audit import search
from dam.audit.models import Event
from dam.notifications import mailing, retention
from tests.benchmarks import scale_house
from tests.benchmarks.conftest import Measure
from tests.benchmarks.scale_house import House

EVENTS = int(os.environ.get("HOUSE", "200000"))
PEOPLE = 5000
RUNS = 10

pytestmark = pytest.mark.django_db(transaction=True)


def test_house(measure: Measure, client: Client) -> None:
    began = time.monotonic()
    house = scale_house.make(events=EVENTS, people=PEOPLE)
    print(f"  {EVENTS:,} events and notifications: {time.monotonic() - began:,.1f} s", flush=True)
    _measure_pages(measure, house, client)
    _measure_export(measure, house)
    _measure_sweeps(measure, house)


def _measure_pages(measure: Measure, house: House, client: Client) -> None:
    home = f"/b/{house.brand.slug}/"
    client.force_login(house.reader.user)
    for name, path in {
        "bell: count": "notifications/count/",
        "bell: its list": "notifications/bell/",
        "notifications": "notifications/",
        "notifications: unread": "notifications/?show=unread",
    }.items():
        measure(name, _get(client, home + path), runs=RUNS)
    client.force_login(house.admin.user)
    day = timezone.localdate() - timedelta(days=30)
    for name, path in {
        "log": "activity/",
        "log: a page in the middle": f"activity/?before={EVENTS // 2}",
        "log: a kind": "activity/?kind=review",
        "log: the system's": "activity/?person=system",
        "log: a person's": f"activity/?person={house.admin.user.pk}",
        "log: words that many have": "activity/?q=Clip",
        "log: words that few have": "activity/?q=Clip+4321",
        "log: words that none has": "activity/?q=nowhere",
        "log: a day": f"activity/?since={day}&until={day}",
        "log: a person's, words that none has": f"activity/?person={house.admin.user.pk}&q=nowhere",
        "people": "administration/people/",
        "people: the last page": f"administration/people/?page={PEOPLE // 50}",
        "people: part of a name": "administration/people/?q=abc1",
        "people: nobody": "administration/people/?q=nowhere",
        "administration": "administration/",
        "storage and jobs": "administration/running/",
    }.items():
        measure(name, _get(client, home + path), runs=RUNS)


def _get(client: Client, address: str) -> Callable[[], object]:
    def get() -> None:
        cache.clear()  # what is kept for a while is made each time
        assert client.get(address).status_code == 200, address

    return get


def _measure_export(measure: Measure, house: House) -> None:
    """The first page of a file: what somebody waits for until it begins to come."""
    last = Event.objects.filter(brand=house.brand).latest("sequence").sequence
    for name, wanted in {
        "log as a file, first page": search.Wanted(),
        "log as a file of words that few have, first page": search.Wanted(words="Clip 4321"),
    }.items():
        found = search.find(house.brand, wanted)
        measure(name, lambda found=found: next(search.in_order(found, up_to=last)), runs=RUNS)


def _measure_sweeps(measure: Measure, house: House) -> None:
    """Each run does the next step, as the worker does until nothing is left."""
    measure(
        "digest sweep, a step of 25 people",
        mailing.send_due,
        runs=5,
        units=mailing.PEOPLE_AT_ONCE,
        unit="mails",
    )
    much_later = timezone.now() + retention.KEPT
    measure(
        "forgetting, a step",
        lambda: retention.forget(at=much_later),
        runs=3,
        units=retention.BATCH,
        unit="rows",
    )
