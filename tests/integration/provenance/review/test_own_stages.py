"""What a stage of a template has of its own: its questions, and what is signed; kept with each decision."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from dam.access import custom_roles
from dam.accounts.capabilities import Role
from dam.accounts.models import CustomRole, Membership
from dam.accounts.principals import Member
from dam.audit.models import Event
from dam.audit.verbs import Verb
from provenance.review import (
    absences,
    asking,
    ledger,
    plans,
    questions,
    queue,
    reviews,
    stage_names,
    templates,
)
from provenance.review.checklist import Answer, Choice
from provenance.review.models import ChecklistQuestion, LedgerEntry, Review, ReviewTemplate
from provenance.review.plans import Planned
from provenance.review.questions import Wording
from provenance.review.templates import TemplateRefused, Wanted
from tests.factories import member, principal
from tests.integration.provenance.web.room import signed_in
from tests.review_factory import Case
from tests.review_templates import begun, code, waits_for

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_worker")]
ABLE = ["view", "view_unreleased", "comment", "decide_legal"]
SIGNED = "I have read the contract with the talent."


@pytest.fixture
def case() -> Case:
    return Case()


@pytest.fixture
def admin(case: Case) -> Member:
    return member(case.brand, Role.ADMIN)


def question(admin: Member, words: str, stage: str = "legal") -> ChecklistQuestion:
    return questions.add(by=admin, stage=stage, wording=Wording(words))


def yes(asked: ChecklistQuestion) -> Answer:
    return Answer(asked.pk, asked.revision, Choice.YES)


def test_each_stage_asks_its_own_questions(case: Case, admin: Member) -> None:
    music, faces, logo = (
        question(admin, "Music?"),
        question(admin, "Faces?"),
        question(admin, "Logo?", "brand"),
    )
    first = Planned("legal", "Music", questions=(music.pk, logo.pk))
    second = member(case.brand, Role.LEGAL_REVIEWER)
    review = begun(case, first, Planned("legal", "Faces", questions=(faces.pk,)), Planned("brand"))
    assert [each.words for each in questions.of_review(review)] == ["Logo?", "Music?"]
    with pytest.raises(reviews.ReviewRefused):
        case.approve(review, by=case.legal_reviewer, answers=[yes(music)])
    decision = case.approve(review, by=case.legal_reviewer, answers=[yes(music), yes(logo)])
    assert [line["words"] for line in decision.checklist] == ["Logo?", "Music?"]
    review = Review.objects.get(pk=review.pk)
    assert [each.words for each in questions.of_review(review)] == ["Faces?"]
    case.approve(review, by=second, answers=[yes(faces)])
    review = Review.objects.get(pk=review.pk)
    assert [each.words for each in questions.of_review(review)] == ["Logo?"]  # all of its kind


def test_a_question_that_is_retired_is_asked_nowhere(case: Case, admin: Member) -> None:
    music = question(admin, "Music?")
    review = begun(case, Planned("legal", questions=(music.pk,)))
    questions.retire(music, by=admin)
    assert questions.of_review(review) == ()


def test_what_is_signed_is_shown_and_kept_with_the_decision(case: Case) -> None:
    review = begun(case, Planned("legal", statement=SIGNED), Planned("brand"))
    page = signed_in(case.legal_reviewer).get(f"/b/{case.brand.slug}/reviews/{review.pk}/").content.decode()
    assert SIGNED in page
    case.approve(review, by=case.legal_reviewer)
    assert json.loads(LedgerEntry.objects.get().record)["statement"] == SIGNED
    page = signed_in(case.brand_reviewer).get(f"/b/{case.brand.slug}/reviews/{review.pk}/").content.decode()
    assert f"signed: {SIGNED}" in page
    assert ledger.verify(case.brand).holds
    Review.objects.update(plan=plans.written([Planned("legal", statement="Another."), Planned("brand")]))
    assert not ledger.verify(case.brand).holds


def test_a_template_keeps_what_its_stages_have_of_their_own(case: Case, admin: Member) -> None:
    music = question(admin, "Music?")
    stage = Planned("legal", questions=(music.pk,), statement=SIGNED, remind=(1, 7), again=2, days=9)
    made = templates.add(by=admin, wanted=Wanted("Spots", (stage, Planned("brand")), by_hand=True))
    made = ReviewTemplate.objects.get(pk=made.pk)
    own, usual = made.planned
    assert (own.questions, own.statement, own.remind, own.again) == ((music.pk,), SIGNED, (7, 1), 2)
    assert (usual.questions, usual.statement, usual.remind, usual.again) == (None, "", (1,), 0)
    assert "statement" not in made.stages[1]  # as an earlier release keeps it
    wanted = Wanted("Spots", (own, usual), by_hand=True)
    templates.change(made, by=admin, revision=0, wanted=wanted)
    assert ReviewTemplate.objects.get(pk=made.pk).revision == 0
    (event,) = Event.objects.filter(verb=Verb.TEMPLATE_ADDED)
    assert SIGNED in event.data["review_stages"][0]


@pytest.mark.parametrize(
    ("stage", "field"),
    [
        (Planned("legal", remind=(31,)), "remind"),
        (Planned("legal", remind=(0,)), "remind"),
        (Planned("legal", remind=(1, 2, 3, 4, 5, 6)), "remind"),
        (Planned("legal", again=31), "again"),
        (Planned("legal", statement="x" * 1001), "statement"),
        (Planned("legal", questions=(999,)), "questions"),
    ],
)
def test_what_a_stage_cant_have_is_refused_beside_its_field(
    admin: Member, stage: Planned, field: str
) -> None:
    with pytest.raises(TemplateRefused) as refused:
        templates.add(by=admin, wanted=Wanted("Spots", (Planned("brand"), stage), by_hand=True))
    assert (refused.value.field, refused.value.stage) == (field, 1)


def test_the_form_of_a_template_has_them_and_keeps_what_was_typed(case: Case, admin: Member) -> None:
    music = question(admin, "Music?")
    client, address = signed_in(admin), f"/b/{case.brand.slug}/administration/review/templates/new/"
    sent = {
        "revision": 0,
        "title": "Spots",
        "rule": "kind:video",
        "stages": 1,
        "stage-0-kind": "legal",
        "stage-0-who": "role",
        "stage-0-needs": "1",
        "stage-0-days": "9",
        "stage-0-deputy": "",
        "stage-0-remind": "7, 1",
        "stage-0-again": "2",
        "stage-0-statement": SIGNED,
        "stage-0-asks": "own",
        "stage-0-questions": [str(music.pk)],
    }
    page = client.post(address, sent | {"act": "add"}).content.decode()
    assert SIGNED in page
    assert f'value="{music.pk}"' in page
    assert client.post(address, sent | {"stage-0-remind": "soon"}).status_code == 422
    assert client.post(address, sent).status_code == 302
    (stage,) = ReviewTemplate.objects.get().planned
    assert (stage.questions, stage.statement, stage.remind, stage.again) == ((music.pk,), SIGNED, (7, 1), 2)


def own_role(case: Case, *, decides: str = "decide_legal") -> CustomRole:
    return CustomRole.objects.create(brand=case.brand, name="Counsel", capabilities=["view", decides])


def counsel(case: Case, role: CustomRole) -> Member:
    person = member(case.brand, Role.LEGAL_REVIEWER)
    CustomRole.objects.filter(pk=role.pk).update(capabilities=ABLE)
    Membership.objects.filter(user=person.user).update(role="", custom_role=role)
    return principal(person.user, case.brand)


def test_a_stage_of_an_own_role_waits_for_those_who_have_it(case: Case) -> None:
    role = own_role(case)
    first = counsel(case, role)
    review = begun(case, Planned("legal", role=role.pk))
    assert waits_for(first, case.legal_reviewer) == [True, False]
    assert (code(review, by=first), code(review, by=case.legal_reviewer)) == ("", "not_asked")
    later = counsel(case, role)
    assert waits_for(later) == [True]
    Membership.objects.filter(user__in=[first.user, later.user]).update(role="viewer", custom_role=None)
    assert waits_for(case.legal_reviewer) == [True]  # nobody has it any more
    assert asking.of_one(Review.objects.get()).nobody_left


def test_stages_of_a_retired_role_ask_who_has_its_successor(case: Case, admin: Member) -> None:
    role = own_role(case)
    first = counsel(case, role)
    review = begun(case, Planned("legal", role=role.pk))
    later = Case(case.brand)
    other = CustomRole.objects.create(brand=case.brand, name="Lawyers", capabilities=ABLE)
    custom_roles.retire(role, by=admin, successor=other.value)
    first = principal(first.user, case.brand)
    again = begun(later, Planned("legal", role=role.pk))
    for each in (review, again):
        each = Review.objects.get(pk=each.pk)
        assert each.named_role == other
        assert asking.names(each, asking.of_one(each)) == ["Lawyers"]
        assert (code(each, by=first), code(each, by=case.legal_reviewer)) == ("", "not_asked")
    assert waits_for(first, case.legal_reviewer) == [True, False]
    Review.objects.update(named_role=role)  # as one that began in the same moment
    assert code(review, by=case.legal_reviewer) == "not_asked"
    assert stage_names.of(review.planned).who(review.planned[0]) == "Anyone with the role “Lawyers”"


def test_stages_of_a_role_that_gave_way_to_a_built_in_one_ask_its_people_alone(
    case: Case, admin: Member
) -> None:
    role = own_role(case)
    counsel(case, role)
    others = CustomRole.objects.create(brand=case.brand, name="Lawyers", capabilities=ABLE)
    outsider = counsel(case, others)
    review = begun(case, Planned("legal", role=role.pk))
    custom_roles.retire(role, by=admin, successor=Role.LEGAL_REVIEWER)
    again = begun(Case(case.brand), Planned("legal", role=role.pk))
    for each in (review, again):
        each = Review.objects.get(pk=each.pk)
        assert not asking.of_one(each).by_role
        assert asking.names(each, asking.of_one(each)) == ["Legal reviewer"]
        assert (code(each, by=case.legal_reviewer), code(each, by=outsider)) == ("", "not_asked")
    assert waits_for(case.legal_reviewer, outsider) == [True, False]
    now = timezone.now()
    absences.plan(by=case.legal_reviewer, deputy=outsider.user, from_at=now, until_at=now + timedelta(days=2))
    at = now + timedelta(hours=1)
    absent = absences.now_for(outsider, at=at)
    assert set(absences.reviews_for(outsider, absent, at=at)) == {review, again}
    assert waits_for(outsider) == [True]


def test_who_stands_in_for_one_with_the_role_decides_for_them(case: Case) -> None:
    role = own_role(case)
    person = counsel(case, role)
    review = begun(case, Planned("legal", role=role.pk))
    now = timezone.now()
    absences.plan(by=person, deputy=case.legal_reviewer.user, from_at=now, until_at=now + timedelta(days=2))
    at = now + timedelta(hours=1)
    assert queue.waiting_for(case.legal_reviewer, at=at).exists()
    assert asking.of_one(review, at=at).in_place_of(case.legal_reviewer.user.pk) == person.user.pk


def test_a_template_takes_only_roles_that_decide_such_a_stage(case: Case, admin: Member) -> None:
    brand_only = own_role(case, decides="decide_brand")
    for role in (brand_only.pk, 10**6):
        wanted = Wanted("Spots", (Planned("legal", role=role),), by_hand=True)
        with pytest.raises(TemplateRefused) as refused:
            templates.add(by=admin, wanted=wanted)
        assert (refused.value.field, refused.value.stage) == ("who", 0)
    made = templates.add(
        by=admin, wanted=Wanted("Spots", (Planned("brand", role=brand_only.pk),), by_hand=True)
    )
    page = signed_in(admin).get(f"/b/{case.brand.slug}/administration/review/templates/{made.pk}/")
    assert f'value="role:{brand_only.pk}" selected' in page.content.decode()


def test_the_form_of_a_template_keeps_who_is_gone_until_somebody_else_is_chosen(
    case: Case, admin: Member
) -> None:
    role, other = own_role(case), CustomRole.objects.create(brand=case.brand, name="Law", capabilities=ABLE)
    wanted = Wanted("Spots", (Planned("legal", role=role.pk),), by_hand=True)
    made = templates.add(by=admin, wanted=wanted)
    client, address = signed_in(admin), f"/b/{case.brand.slug}/administration/review/templates/{made.pk}/"
    custom_roles.retire(role, by=admin, successor=other.value)
    assert f'value="role:{other.pk}" selected' in client.get(address).content.decode()
    custom_roles.retire(other, by=admin, successor=Role.LEGAL_REVIEWER)
    assert f'value="role:{role.pk}" selected' in client.get(address).content.decode()
    sent = {"revision": 0, "title": "Spots", "by_hand": "on", "stages": 1, "stage-0-needs": "1"}
    sent |= {"stage-0-kind": "legal", "stage-0-who": f"role:{role.pk}", "stage-0-remind": "1"}
    page = client.post(address, sent)
    assert page.status_code == 422
    assert "be chosen any more" in page.content.decode()
