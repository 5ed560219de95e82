"""Clips that are sent to review together."""

from typing import Any
from uuid import UUID, uuid4

from dam.accounts.principals import Member
from dam.catalog.models import RenditionKind, Version
from provenance.review import choosing, sending_sets
from provenance.review.sending_sets import Sent, Wanted
from tests.factories import RenditionFactory, VersionFactory
from tests.review_factory import Case


def drafts(case: Case, count: int, **fields: Any) -> list[Version]:
    """So many clips of the creator's that can be sent."""
    made = []
    for number in range(1, count + 1):
        fields.setdefault("asset__created_by", case.creator.user)
        version = VersionFactory.create(asset__brand=case.brand, asset__title=f"Clip {number}", **fields)
        RenditionFactory.create(version=version, kind=RenditionKind.PROXY)
        made.append(version)
    return made


def send(
    versions: list[Version], *, by: Member, title: str = "Spring", key: UUID | None = None, **given: Any
) -> Sent:
    """As the page would send them: with what it said of each one's stages."""
    wanted = [Wanted(version, seen=choosing.of(version).seen) for version in versions]
    return sending_sets.send(key or uuid4(), wanted, by=by, title=title, **given)
