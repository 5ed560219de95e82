"""Settings that two people change at once, or one deletes: each page keeps what was typed."""

import re
from dataclasses import dataclass, field
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand
from dam.accounts.principals import Member
from dam.rights.models import RightsPreset
from generation.models import PromptRule
from provenance.downloads.models import DownloadPreset
from provenance.review.models import ChecklistQuestion, ReviewTemplate
from tests.factories import BrandFactory, member

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class Page:
    """The settings of one kind: how one is added, and what two people make of it; `word` is what is typed."""

    kind: str
    model: Any
    sent: dict[str, str]
    word: str
    theirs: dict[str, str]
    now: str  # what is said of theirs
    away: str = "delete"
    extra: dict[str, str] = field(default_factory=dict)  # that adding alone asks for

    def at(self, brand: Brand, act: str, *args: object) -> str:
        return reverse(f"{self.kind}-{act}", args=[brand.slug, *args])


PAGES = [
    Page(
        "prompt-rule",
        PromptRule,
        {"name": "Nike", "subject": "mark", "verdict": "refuse", "reason": "Ours isn't"},
        "name",
        {"verdict": "note"},
        "What happens: it now reads “Allowed with a note”.",
    ),
    Page(
        "rights-preset",
        RightsPreset,
        {"name": "Web", "uses": "web", "territories": "DE"},
        "name",
        {"territories": "DE, FR", "uses": "social"},
        "Uses: it now reads “Social media”.",
    ),
    Page(
        "preset",
        DownloadPreset,
        {"name": "Tiny", "format": "h264", "shape": "original", "captions": "none"},
        "name",
        {"shape": "1:1"},
        "Shape: it now reads “1:1 square”.",
    ),
    Page(
        "question",
        ChecklistQuestion,
        {"words": "Is it ours?", "help": "Look.", "stops": "on"},
        "words",
        {"help": "", "required": "on"},
        "Help text: it's empty now.",
        away="retire",
        extra={"stage": "brand"},
    ),
    Page(
        "review-template",
        ReviewTemplate,
        {
            "title": "Market",
            "by_hand": "on",
            "stages": "1",
            "stage-0-kind": "brand",
            "stage-0-who": "role",
            "stage-0-needs": "1",
        },
        "title",
        {"stages": "2", "stage-1-kind": "legal", "stage-1-who": "role", "stage-1-needs": "2"},
        "Its stages are now: Brand review (Anyone with the role), Legal review (Anyone with the role).",
        away="archive",
    ),
]


@pytest.fixture(params=PAGES, ids=[page.kind for page in PAGES])
def page(request: pytest.FixtureRequest) -> Page:
    return request.param  # type: ignore[no-any-return]


@pytest.fixture
def admin() -> Member:
    return member(BrandFactory.create(), Role.ADMIN)


def revision(content: str) -> str:
    found = re.search(r'name="revision" value="(\d+)"', content)
    assert found
    return found[1]


def made(page: Page, *, by: Member, client: Client) -> tuple[Any, str]:
    """One of them, and the address of its form."""
    client.force_login(by.user)
    client.post(page.at(by.brand, "add"), {"revision": "0", **page.sent, **page.extra})
    row = page.model.objects.filter(brand=by.brand).latest("pk")
    return row, page.at(by.brand, "edit", row.pk)


def test_what_was_typed_stays_and_is_saved_over_theirs(client: Client, admin: Member, page: Page) -> None:
    row, edit = made(page, by=admin, client=client)
    read = revision(client.get(edit).content.decode())
    assert client.post(edit, {**page.sent, **page.theirs, "revision": read}).status_code == 302

    mine = {**page.sent, page.word: "Of my own making"}
    late = client.post(edit, {**mine, "revision": read})
    content = unescape(late.content.decode())
    assert late.status_code == 422
    assert "while you were editing it. Save again to use yours." in content
    assert page.now in content
    assert "Of my own making" in content
    assert "Reload" not in content

    assert client.post(edit, {**mine, "revision": revision(content)}).status_code == 302
    row.refresh_from_db()
    assert getattr(row, page.word) == "Of my own making"


def test_what_was_deleted_meanwhile_can_be_restored_and_saved(
    client: Client, admin: Member, page: Page
) -> None:
    row, edit = made(page, by=admin, client=client)
    mine = {
        **page.sent,
        page.word: "Of my own making",
        "revision": revision(client.get(edit).content.decode()),
    }
    client.post(page.at(admin.brand, page.away, row.pk))
    assert client.get(edit).status_code == 404

    for sent in (mine, {**mine, page.word: page.sent[page.word]}):  # changed, and as it was
        late = client.post(edit, sent)
        content = unescape(late.content.decode())
        assert late.status_code == 422
        assert "restore it in another tab, then save again" in content
        assert sent[page.word] in content

    client.post(page.at(admin.brand, "restore", row.pk))
    again = client.post(edit, {**mine, "revision": revision(content)})
    if again.status_code == 422:  # bringing it back was a change as well
        again = client.post(edit, {**mine, "revision": revision(again.content.decode())})
    assert again.status_code == 302
    row.refresh_from_db()
    assert getattr(row, page.word) == "Of my own making"


def test_what_was_changed_and_then_deleted_is_not_saved_over_unseen(
    client: Client, admin: Member, page: Page
) -> None:
    row, edit = made(page, by=admin, client=client)
    read = revision(client.get(edit).content.decode())
    assert client.post(edit, {**page.sent, **page.theirs, "revision": read}).status_code == 302
    client.post(page.at(admin.brand, page.away, row.pk))
    mine = {**page.sent, page.word: "Of my own making"}
    late = client.post(edit, {**mine, "revision": read}).content.decode()
    client.post(page.at(admin.brand, "restore", row.pk))

    told = client.post(edit, {**mine, "revision": revision(late)})
    assert told.status_code == 422
    assert page.now in unescape(told.content.decode())
    assert client.post(edit, {**mine, "revision": revision(told.content.decode())}).status_code == 302
