"""What a model without a cleared licence made can be talked about, and not approved."""

import pytest

from dam.accounts.capabilities import Role
from dam.catalog.models import Approval
from dam.rights import making
from dam.rights.model_licences import records, standings
from dam.rights.model_licences.models import ModelRecord
from dam.rights.model_licences.standings import Weights
from dam.rights.models import Relation
from provenance.review import reviews
from provenance.review.reviews import ReviewRefused
from tests.factories import VersionFactory, member
from tests.review_factory import Case

pytestmark = pytest.mark.django_db
UNKNOWN = Weights(sha256="b" * 64, name="Somebody's", licence="")


def test_a_clip_of_a_model_that_is_not_cleared_is_approved_once_it_is() -> None:
    case = Case()
    standings.record(case.version, UNKNOWN)
    review = case.submit()
    with pytest.raises(ReviewRefused) as refused:
        case.approve(review, by=case.brand_reviewer)
    assert refused.value.code == "model_not_cleared"
    assert "An installation administrator can record that it is" in str(refused.value)
    operator = member(case.brand, Role.ADMIN, is_superuser=True)
    model = ModelRecord.objects.get()
    records.read(model, cleared=True, everywhere=False, note="", brand=case.brand, by=operator)
    case.approve(review, by=case.brand_reviewer)


def test_what_was_made_from_it_is_refused_as_well() -> None:
    case = Case()
    take = VersionFactory.create(asset__brand=case.brand)
    standings.record(take, UNKNOWN)
    editor = member(case.brand, Role.ADMIN)
    making.add(case.version, take, relation=Relation.COMPONENT, by=editor)
    review = case.submit()
    refusal = reviews.refusal_to_approve(review, by=case.brand_reviewer)
    assert refusal is not None
    assert refusal.code == "model_not_cleared"
    case.version.refresh_from_db()
    assert case.version.approval == Approval.IN_REVIEW
