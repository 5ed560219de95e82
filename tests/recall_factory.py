"""Copies that people took of a release, and its recall."""

from django.test import Client
from django.urls import reverse

from dam.accounts.capabilities import Role
from dam.accounts.principals import Member, Principal
from dam.audit import trail
from dam.audit.verbs import Verb
from dam.rights.models import MadeFrom, Relation
from provenance.recalls import recalls
from provenance.recalls.models import Recall
from provenance.review import reviews
from tests.factories import member
from tests.review_factory import Case


def took(case: Case, *people: Principal, **data: object) -> None:
    with trail.recording():
        for person in people:
            trail.record(
                Verb.RELEASE_DOWNLOADED,
                brand=case.brand,
                target="Clip",
                actor=person,
                asset_id=case.version.asset_id,
                data={"sha256": "a" * 64, "version": case.version.number} | data,
            )


def revoked(case: Case) -> Recall | None:
    reviews.revoke(case.version, by=case.legal_reviewer, reason="The model is gone")
    return recalls.of_brand(case.legal_reviewer).first()


def made(source: Case, *people: Principal, approved: bool = True) -> Case:
    """A clip of the same brand that was made from this one, of which these people took copies."""
    case = Case(brand=source.brand)
    if approved:
        case.approve_all()
    took(case, *people, use="web", territory="DE")
    made_from(case, source)
    return case


def made_from(case: Case, source: Case) -> MadeFrom:
    return MadeFrom.objects.create(version=case.version, source=source.version, relation=Relation.COMPONENT)


def because_of(case: Case) -> Recall:
    """The recall of what was made from something that was withdrawn."""
    return Recall.objects.get(version=case.version, because_of__isnull=False)


def case_with(*roles: Role) -> tuple[Case, list[Member]]:
    case = Case()
    case.approve_all()
    people = [member(case.brand, role) for role in roles]
    took(case, *people, use="web", territory="DE")
    return case, people


def client_of(person: Member) -> Client:
    client = Client()
    client.force_login(person.user)
    return client


def address(person: Member, name: str, recall: Recall) -> str:
    return reverse(name, args=[person.brand.slug, recall.pk])
