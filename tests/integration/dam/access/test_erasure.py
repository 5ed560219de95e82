"""Removing a person's data: nothing names them any more, and what they did stays."""

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import call_command

from dam.access import erasure, invitations
from dam.accounts import pseudonyms
from dam.accounts.capabilities import Role
from dam.accounts.models import User
from dam.audit import trail
from dam.audit.models import Event
from dam.audit.verbs import Verb
from tests.factories import BrandFactory, VersionFactory, member

pytestmark = pytest.mark.django_db


def test_nothing_in_the_database_names_somebody_whose_data_was_removed(tmp_path: object) -> None:
    brand = BrandFactory.create()
    admin = member(brand, Role.ADMIN, is_superuser=True)
    row = invitations.invite(email="zelda.quux@example.com", role="creator", by=admin, name="Zelda Quux")
    secret = invitations.new_secret(row, shown=False)
    found = invitations.find(secret)
    assert found is not None
    zelda = invitations.join_as_new(found, name="Zelda Quux", password="correct horse battery").user
    made = VersionFactory.create(asset__brand=brand, created_by=zelda)
    trail.record(Verb.ASSET_UPLOADED, brand=brand, target="Clip", actor=zelda)
    erasure.erase(zelda, by=admin)
    dump = f"{tmp_path}/dump.json"
    call_command("dumpdata", "dam", "account", "auth", output=dump, verbosity=0)
    with open(dump) as file:
        words = file.read().lower()
    assert "zelda" not in words
    assert "quux" not in words
    former = pseudonyms.of_person(zelda.pk)
    made.refresh_from_db()
    assert str(made.created_by) == former
    assert {event.actor_name for event in Event.objects.filter(actor=zelda)} == {former}
    assert trail.first_broken(brand) is None


def test_only_who_runs_the_installation_removes_data_and_not_their_own() -> None:
    brand = BrandFactory.create()
    lee, admin = member(brand), member(brand, Role.ADMIN)
    with pytest.raises(PermissionDenied):
        erasure.erase(lee.user, by=admin)
    admin.user.is_superuser = True
    with pytest.raises(Exception, match="your own data"):
        erasure.erase(admin.user, by=admin)
    assert User.objects.filter(erased_at=None).count() == 2
