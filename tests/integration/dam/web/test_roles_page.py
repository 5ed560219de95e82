"""Administration → Roles."""

import pytest
from django.test import Client
from django.urls import reverse

from dam.accounts.capabilities import Role
from dam.accounts.models import CustomRole
from tests.factories import BrandFactory, member

pytestmark = pytest.mark.django_db


def test_roles_are_made_copied_changed_and_retired_in_pages() -> None:
    admin, client = member(BrandFactory.create(), Role.ADMIN), Client()
    client.force_login(admin.user)

    def address(name: str, *args: object) -> str:
        return reverse(name, args=[admin.brand.slug, *args])

    assert "Legal reviewer" in client.get(address("roles")).text
    copied = client.get(address("role-add"), {"like": "creator"})
    assert 'value="generate" checked' in " ".join(copied.text.split())
    made = client.post(address("role-add"), {"name": "Freelancer", "able": ["upload"]}, follow=True)
    assert "Freelancer" in made.text
    role = CustomRole.objects.get()
    refused = client.post(address("role-edit", role.pk), {"name": "viewer", "able": [], "revision": "0"})
    assert (refused.status_code, "built-in role" in refused.text) == (422, True)
    client.post(address("role-edit", role.pk), {"name": "Agency", "able": ["share"], "revision": "0"})
    late = client.post(address("role-edit", role.pk), {"name": "Late", "able": ["edit"], "revision": "0"})
    assert "Someone else changed this role" in late.text
    assert 'name="revision" value="1"' in late.text
    client.post(address("role-retire", role.pk), {"successor": "viewer"})
    assert CustomRole.objects.get().replaced_by == "viewer"
