"""Stages whose reviewers a clip's own fields name."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand
from dam.accounts.principals import Member
from dam.custom_fields import fields, values
from dam.custom_fields.definitions import Kind
from dam.custom_fields.models import CustomField
from dam.custom_fields.planning import OptionWish, Wish
from provenance.review import choosing, plans, reviews, sending_sets, stage_names
from provenance.review.choosing import CHANGED
from provenance.review.models import Review, ReviewTemplate
from provenance.review.plans import Planned
from tests.factories import member
from tests.review_factory import Case
from tests.review_sets import drafts
from tests.review_templates import code, group, legal, template, waits_for

pytestmark = pytest.mark.django_db
BY_OWNER = Planned("legal", "Sign-off", field="owner")
BY_MARKET = Planned("legal", "Market", field="market")


def a_field(brand: Brand, kind: Kind, title: str, *options: str) -> CustomField:
    by = member(brand, Role.LIBRARIAN)
    made = fields.make(Wish(title, options=tuple(map(OptionWish, options))), kind=kind, by=by)
    brand.refresh_from_db()
    return made


def fill(case: Case, **typed: Any) -> None:
    values.set_values(case.version.asset, typed, by=member(case.brand, Role.LIBRARIAN))


def sent(case: Case, *stages: Planned) -> Review:
    """By a template of these stages, as its rule chooses it."""
    template(case.brand, *stages, rule="kind:video", by_hand=False)
    case.version.brand = case.version.asset.brand = case.brand
    return reviews.submit(case.version, by=case.creator)


def with_owner(owner: Member | None) -> tuple[Case, Review]:
    case = Case(owner.brand) if owner else Case()
    a_field(case.brand, Kind.PERSON, "Owner")
    if owner:
        fill(case, owner=owner.user.email)
    return case, sent(case, BY_OWNER)


def test_the_person_whom_the_clips_field_names_is_asked_and_no_one_else() -> None:
    owner = member(Case().brand, Role.LEGAL_REVIEWER)
    case, review = with_owner(owner)
    assert review.planned == (Planned("legal", "Sign-off", person=owner.user.pk, named_by="Owner"),)
    assert waits_for(owner, case.legal_reviewer) == [True, False]
    assert stage_names.of(review.planned).who(review.planned[0]) == f"{owner.user} (Owner)"


def test_a_clip_that_names_nobody_asks_the_stages_role_and_says_so() -> None:
    case, review = with_owner(None)
    assert waits_for(case.legal_reviewer) == [True]
    line = stage_names.of(review.planned).line(review.planned[0])
    assert "Anyone with the role, as “Owner” doesn't name anyone" in line.who


def test_who_has_not_the_role_is_not_asked_in_its_place() -> None:
    creator = member(Case().brand)
    case, review = with_owner(creator)
    assert code(review, by=creator) != ""
    assert waits_for(case.legal_reviewer) == [True]


@pytest.mark.parametrize("name", ["France", "FRANCE"])
def test_the_group_that_is_called_like_the_chosen_option_is_asked(name: str) -> None:
    case = Case()
    a_field(case.brand, Kind.CHOICE, "Market", "France", "Spain")
    lawyer, other = legal(case, 2)
    french, _spanish = group(case.brand, lawyer, name=name), group(case.brand, other, name="Spain")
    fill(case, market="France")
    review = sent(case, BY_MARKET)
    assert review.planned[0].group == french.pk
    assert waits_for(lawyer, other, case.legal_reviewer) == [True, False, False]


def test_without_a_group_of_that_name_the_role_is_asked() -> None:
    case = Case()
    a_field(case.brand, Kind.CHOICE, "Market", "France")
    fill(case, market="France")
    review = sent(case, Planned("legal", field="market"))
    assert (review.planned[0].group, waits_for(case.legal_reviewer)) == (None, [True])


def test_everyone_of_a_group_that_is_not_there_is_nobody_and_no_review_is_sent() -> None:
    case = Case()
    a_field(case.brand, Kind.CHOICE, "Market", "France")
    fill(case, market="France")
    with pytest.raises(reviews.ReviewRefused) as refused:
        sent(case, Planned("legal", "Market", field="market", needs=plans.ALL))
    assert refused.value.code == "no_group"
    group(case.brand, case.legal_reviewer, name="France")
    assert reviews.submit(case.version, by=case.creator).planned[0].group is not None


def test_a_field_that_was_retired_names_nobody() -> None:
    case = Case()
    row = a_field(case.brand, Kind.PERSON, "Owner")
    fill(case, owner=case.legal_reviewer.user.email)
    fields.retire(row, by=member(case.brand, Role.LIBRARIAN))
    case.brand.refresh_from_db()
    assert sent(case, BY_OWNER).planned[0].person is None


def test_changing_the_field_reaches_no_review_that_runs() -> None:
    owner = member(Case().brand, Role.LEGAL_REVIEWER)
    other = member(owner.brand, Role.LEGAL_REVIEWER)
    case, review = with_owner(owner)
    fill(case, owner=other.user.email)
    review.refresh_from_db()
    assert waits_for(owner, other) == [True, False]


def test_what_the_page_said_no_longer_holds_once_the_field_names_somebody_else() -> None:
    case = Case()
    a_field(case.brand, Kind.PERSON, "Owner")
    fill(case, owner=case.legal_reviewer.user.email)
    template(case.brand, BY_OWNER, rule="kind:video", by_hand=False)
    case.version.brand = case.version.asset.brand = case.brand
    seen = choosing.of(case.version).seen
    (other,) = legal(case, 1)
    fill(case, owner=other.user.email)
    with pytest.raises(reviews.ReviewRefused) as refused:
        reviews.submit(case.version, by=case.creator, seen=seen)
    assert refused.value.code == CHANGED
    reviews.submit(case.version, by=case.creator, seen=choosing.of(case.version).seen)


def test_many_clips_are_told_apart_in_as_many_queries_as_few() -> None:
    case = Case()
    a_field(case.brand, Kind.PERSON, "Owner")
    template(case.brand, BY_OWNER, rule="kind:video", by_hand=False)
    clips = drafts(case, 6)
    values.set_values(
        clips[0].asset, {"owner": case.legal_reviewer.user.email}, by=member(case.brand, Role.LIBRARIAN)
    )
    counts = []
    for some in (clips[:2], clips):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            found = choosing.of_many(some, brand=case.brand)
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert [found[each.pk].stages[0].person for each in clips] == [case.legal_reviewer.user.pk] + [None] * 5
    assert {each.pk: choosing.of(each).seen for each in clips} == {
        key: choice.seen for key, choice in found.items()
    }


def test_a_template_keeps_the_field_and_no_person() -> None:
    case = Case()
    a_field(case.brand, Kind.PERSON, "Owner")
    made = template(case.brand, BY_OWNER)
    assert ReviewTemplate.objects.get(pk=made.pk).planned == (BY_OWNER,)


def test_of_clips_sent_together_each_is_judged_by_whom_its_own_field_names() -> None:
    case = Case()
    a_field(case.brand, Kind.CHOICE, "Market", "France", "Spain")
    group(case.brand, case.legal_reviewer, name="France")
    group(case.brand, *legal(case, 2), name="Spain")
    template(case.brand, Planned("legal", field="market", needs=2), rule="kind:video", by_hand=False)
    clips = drafts(case, 2)
    for clip, market in zip(clips, ("France", "Spain"), strict=True):
        values.set_values(clip.asset, {"market": market}, by=member(case.brand, Role.LIBRARIAN))
    found = sending_sets.candidates(clips, by=case.creator)
    assert [each.refusal is None for each in found] == [False, True]
