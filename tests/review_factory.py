"""A clip in review, with the people around it."""

from dataclasses import dataclass, field
from typing import Any

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand
from dam.accounts.principals import Member, Principal
from dam.audit import trail
from dam.catalog import versions
from dam.catalog.models import RenditionKind, Version
from dam.rights.disclosure import Disclosed
from provenance.review import asking, reviews
from provenance.review.models import Decision, Review
from provenance.review.states import DecisionKind
from tests.factories import BrandFactory, RenditionFactory, VersionFactory, member, next_version


@dataclass
class Case:
    """A draft that `creator` made; `submit()` and `approve()` carry it on."""

    brand: Brand = field(default_factory=BrandFactory.create)

    def __post_init__(self) -> None:
        self.creator: Member = member(self.brand, Role.CREATOR)
        self.brand_reviewer: Member = member(self.brand, Role.BRAND_REVIEWER)
        self.legal_reviewer: Member = member(self.brand, Role.LEGAL_REVIEWER)
        self.version: Version = VersionFactory.create(
            asset__brand=self.brand, asset__created_by=self.creator.user
        )
        RenditionFactory.create(version=self.version, kind=RenditionKind.PROXY)

    def submit(self) -> Review:
        return reviews.submit(self.version, by=self.creator)

    def add_version(self) -> Version:
        """The next version, as registration makes it, without a file."""
        with trail.recording():
            replaced = versions.latest_locked(self.version.asset_id)
            newer = next_version(replaced)
            reviews.supersede(replaced, by=self.creator.user, newer=newer)
        RenditionFactory.create(version=newer, kind=RenditionKind.PROXY)
        return newer

    def approve(self, review: Review, *, by: Principal, **given: Any) -> Decision:
        """For the web in the EU, by whoever saw the review where it is now, if nothing else is `given`."""
        usual: dict[str, Any] = {
            "expected_sha256": self.version.sha256,
            "uses": ["web"],
            "territories": ["EU"],
        }
        if "seen" not in given:
            usual["seen"] = asking.seen(Review.objects.get(pk=review.pk))
        return reviews.decide(review, by=by, kind=DecisionKind.APPROVE, **{**usual, **given})

    def approve_all(self) -> Review:
        """Where it is an AI clip, as one that needs no label in the EU."""
        review = self.submit()
        self.approve(review, by=self.brand_reviewer)
        self.approve(review, by=self.legal_reviewer, disclosed=Disclosed(False, True, False))
        review.refresh_from_db()
        return review
