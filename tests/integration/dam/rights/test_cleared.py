"""The filter "may be used for X in Y on date Z" is the policy, written in SQL."""

import json
import random
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection

from dam.accounts.capabilities import Role
from dam.catalog.models import Approval, Asset, Credentials, Version
from dam.rights import cleared, making, policy, terms
from dam.rights.models import MadeFrom, Relation, RightsRecord
from dam.rights.policy import Use
from dam.rights.territories import EU
from dam.search import facets, fields, filters, search
from dam.search.query import Filters, Query
from tests.factories import BrandFactory, VersionFactory, member

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
START = datetime(2026, 6, 1, tzinfo=UTC)
PLACES = ["worldwide", "EU", "FR", "US", "DE"]
MOMENTS = [None, *(START + DAY * day for day in range(-2, 4))]


@pytest.fixture
def versions() -> list[Version]:
    """A hundred of all sorts, one of them without a record."""
    brand = BrandFactory.create()
    chance = random.Random(7)
    made = []
    for number in range(100):
        version = VersionFactory.create(
            asset__brand=brand,
            asset__trashed_at=START if chance.random() < 0.1 else None,
            approval=chance.choice([Approval.APPROVED] * 5 + [Approval.DRAFT]),
            credentials=chance.choice([Credentials.TRUSTED] * 5 + [Credentials.ALTERED, Credentials.INVALID]),
        )
        RightsRecord.objects.filter(version=version).delete()
        if number:
            places = chance.choice([*([place] for place in PLACES), ["US", "FR"], sorted(EU), []])
            RightsRecord.objects.create(
                version=version,
                uses=chance.sample(list(Use), chance.randint(0, 3)),
                territories=places,
                embargo_until=chance.choice(MOMENTS),
                valid_until=chance.choice(MOMENTS),
                consents_until=chance.choice([None, None, *MOMENTS]),
            )
        made.append(version)
    for number, version in enumerate(made):  # from earlier ones: there is no circle
        if number % 3 == 0 and number:
            for source in chance.sample(made[:number], min(number, chance.randint(1, 2))):
                MadeFrom.objects.create(version=version, source=source, relation=Relation.COMPONENT)
    return made


READS = ("asset", "rights", "inherited")


def test_the_filter_agrees_with_the_policy(versions: list[Version]) -> None:
    chance = random.Random(11)
    all_terms = {
        each.asset_id: terms.of(Version.objects.select_related(*READS).get(pk=each.pk)) for each in versions
    }
    for _ in range(150):
        use = chance.choice([None, *Use])
        territory = chance.choice([None, *PLACES])
        first = START + DAY * chance.randint(-2, 3)
        until = first + chance.choice([timedelta(microseconds=1), DAY, 2 * DAY])
        asked = cleared.throughout("latest", first=first, until=until, use=use, territory=territory)
        found = set(Asset.objects.filter(asked).values_list("pk", flat=True))
        judged = {
            asset
            for asset, each in all_terms.items()
            if cleared.is_throughout(each, first=first, until=until, use=use, territory=territory)
        }
        assert found == judged
        ends = (first, until - timedelta(microseconds=1))
        assert found == {
            asset
            for asset, each in all_terms.items()
            if all(policy.decide(each, use=use, territory=territory, at=at).allowed for at in ends)
        }


def test_facets_count_what_their_filters_find(versions: list[Version]) -> None:
    """Terms in a facet's numbers are read as JSON, where moments are texts."""
    reader = member(versions[0].brand, Role.LIBRARIAN)
    told = [facet for facet in facets.count(reader) if facet.name in ("state", "usable", "use", "rights_end")]
    assert len(told) == 4
    for facet in told:
        for value in facet.values:
            found = search.among(reader, parsed=Query(), filters=Filters({facet.name: [value.value]}))
            assert found.count() == value.count, (facet.name, value.value)
    for columns in Asset.objects.values_list(*terms.columns("latest")):
        written = json.loads(json.dumps(columns, default=datetime.isoformat))
        assert terms.of_json(written) == terms.of_columns(columns)


def test_what_the_database_keeps_of_sources_is_what_the_policy_makes_of_them(versions: list[Version]) -> None:
    kept = 0
    for each in Version.objects.select_related(*READS).filter(pk__in=[each.pk for each in versions]):
        assert terms.of(each).inherited == making.fresh(each)
        kept += hasattr(each, "inherited")
    assert kept == 33


def test_the_database_knows_the_same_countries_of_the_eu() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT dam_places('[\"EU\"]'), dam_places(%s)", [json.dumps(sorted(EU))])
        named, listed = cursor.fetchone()
    assert set(named) == set(listed) == EU | {"EU"}


def test_for_ever_is_what_no_date_ends(versions: list[Version]) -> None:
    found = Asset.objects.filter(cleared.throughout("latest", first=None, until=None))
    for asset in found.select_related("latest__rights"):
        assert asset.latest is not None
        rights = asset.latest.rights
        assert (rights.embargo_until, rights.valid_until, rights.consents_until) == (None, None, None)
    rows = Asset.objects.values_list("pk", *terms.columns("latest"))
    judged = {pk for pk, *row in rows if cleared.is_throughout(terms.of_columns(row), first=None, until=None)}
    assert judged == {asset.pk for asset in found}


def test_in_an_hour_that_clocks_say_twice_nothing_is_usable_after_its_end() -> None:
    version = VersionFactory.create(approval=Approval.APPROVED)
    now = datetime(2027, 11, 7, 1, 30, fold=1, tzinfo=ZoneInfo("America/St_Johns"))
    ended = now.astimezone(UTC) - timedelta(minutes=40)
    RightsRecord.objects.update_or_create(version=version, defaults={"uses": ["web"], "valid_until": ended})
    asked = {"brand": version.brand, "shown": "latest", "at": now}
    found = filters.narrow(Asset.objects.all(), Filters({"usable": ("yes",)}), **asked)  # type: ignore[arg-type]
    assert not found.exists()
    known = terms.of(Version.objects.select_related(*READS).get())
    assert not filters.is_cleared(fields.FIELDS["usable"], "yes", known, at=now, days=())
