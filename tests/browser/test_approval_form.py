"""The form of an approval while it is filled in: a preset of terms, and a document as evidence."""

from collections.abc import Callable

from playwright.sync_api import FilePayload, expect

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand
from dam.catalog.models import RenditionKind
from dam.rights import presets
from dam.rights.preset_terms import Period, PresetTerms
from provenance.models import ChecklistQuestion, Decision, EvidenceFile
from provenance.review import reviews
from tests.browser.conftest import Journey
from tests.factories import PASSWORD, RenditionFactory, VersionFactory, member

LICENCE: FilePayload = {"name": "licence.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 x"}


def test_a_preset_fills_it_in_at_once_and_what_was_entered_stays(
    visit: Callable[[], Journey], brand: Brand
) -> None:
    maker, reviewer, admin = (member(brand, role) for role in (Role.CREATOR, Role.BRAND_REVIEWER, Role.ADMIN))
    terms = PresetTerms(("web", "social"), ("EU",), Period.MONTHS, 6)
    presets.add(by=admin, name="Social in the EU", terms=terms)
    question = ChecklistQuestion.objects.create(
        brand=brand, stage="brand", words="Is the music licensed?", evidence="needed"
    )
    version = VersionFactory.create(asset__brand=brand, asset__created_by=maker.user, created_by=maker.user)
    RenditionFactory.create(version=version, kind=RenditionKind.PROXY)
    review = reviews.submit(version, by=maker)

    journey = visit().sign_in(reviewer.user)
    journey.go(f"reviews/{review.pk}/")
    page = journey.page
    page.get_by_role("button", name="Approve").first.click()
    dialog = page.locator("#approve-dialog")
    dialog.locator(".checklist").get_by_text("Yes", exact=True).click()
    dialog.get_by_label("Or a document").set_input_files(LICENCE)
    dialog.get_by_label("Preset").select_option(label="Social in the EU")
    dialog.get_by_role("button", name="Fill in").click()

    expect(dialog.get_by_text("Filled in from “Social in the EU”.")).to_be_visible()
    expect(dialog.get_by_label("Web", exact=True)).to_be_checked()
    expect(dialog.get_by_label("Social media", exact=True)).to_be_checked()
    expect(dialog.get_by_label("Broadcast", exact=True)).not_to_be_checked()
    expect(dialog.get_by_label("European Union", exact=True)).to_be_checked()
    expect(dialog.get_by_label("Last day of use")).not_to_have_value("")
    expect(dialog.locator(".checklist").get_by_label("Yes", exact=True)).to_be_checked()
    expect(dialog.get_by_role("link", name="licence.pdf")).to_be_visible()
    expect(dialog.locator("[data-approval-words]")).to_contain_text("for web and social media, in the EU")

    dialog.get_by_label("Your password").fill(PASSWORD)
    dialog.locator("footer button[type=submit]").click()
    expect(dialog).not_to_be_visible()
    decision = Decision.objects.get(review=review)
    assert decision.uses == ["web", "social"]
    assert decision.checklist[0]["question"] == question.pk
    assert EvidenceFile.objects.get().decision == decision
