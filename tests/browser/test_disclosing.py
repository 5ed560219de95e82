"""A legal reviewer answers how an AI clip is disclosed; a viewer takes the labelled file for the EU."""

from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
from playwright.sync_api import expect

from dam.accounts.capabilities import Role
from dam.accounts.models import User
from dam.catalog.models import Origin, ReleaseState, Version
from provenance.manifests import verify
from provenance.manifests.validation_codes import State
from provenance.review import reviews
from provenance.review.states import DecisionKind
from tests.browser.conftest import Journey
from tests.factories import PASSWORD, principal


def test_a_label_is_decided_on_in_the_review_and_shown_in_what_a_viewer_takes(
    visit: Callable[[], Journey],
    people: dict[Role, User],
    take_in: Callable[..., Version],
    wait_until: Callable[..., None],
    tmp_path: Path,
) -> None:
    version = take_in(people[Role.CREATOR], title="Summer bottle")
    Version.objects.filter(pk=version.pk).update(origin=Origin.GENERATED)
    review = reviews.submit(version, by=principal(people[Role.CREATOR], version.brand))
    reviews.decide(
        review,
        by=principal(people[Role.BRAND_REVIEWER], version.brand),
        kind=DecisionKind.APPROVE,
        expected_sha256=version.sha256,
        uses=["internal", "web"],
        territories=["worldwide"],
    )

    legal = visit().sign_in(people[Role.LEGAL_REVIEWER])
    page = legal.page
    legal.go(f"reviews/{review.pk}/")
    page.get_by_role("button", name="Approve").first.click()
    dialog = page.locator("#approve-dialog")
    for question, answer in (("Could it pass", "Yes"), ("Is it evidently", "No"), ("Does it show", "No")):
        dialog.get_by_role("group", name=question).get_by_text(answer, exact=True).click()
    follows = dialog.locator(".follows")
    expect(follows).to_contain_text("The EU: the label “AI-generated” at the top right, throughout.")
    expect(follows).to_contain_text("China: the label “AI生成” at the top right")
    dialog.get_by_label("Your password").fill(PASSWORD)
    dialog.locator("button[type=submit]").click()
    expect(dialog).not_to_be_visible()
    wait_until(lambda: Version.objects.filter(pk=version.pk, release=ReleaseState.READY).exists())
    legal.go(f"assets/{version.asset_id}/?tab=rights")
    expect(page.locator("#disclosure")).to_contain_text("India: the label “AI-generated”")
    page.get_by_role("link", name="Rules and sources").click()
    expect(page.get_by_role("heading", name="Disclosure of AI clips")).to_be_visible()

    viewer = visit().sign_in(people[Role.VIEWER])
    page = viewer.page
    viewer.go(f"assets/{version.asset_id}/")
    expect(page.get_by_role("link", name="Download release")).not_to_be_visible()
    page.get_by_role("link", name="Download as…").click()
    list_ = page.locator("#downloads")
    list_.get_by_label("Use").select_option(label="Web")
    list_.get_by_label("Country").fill("Germany")
    list_.get_by_role("button", name="Show files").click()
    expect(list_).to_contain_text("The picture shows the label “KI-generiert” at the top right, throughout.")
    list_.get_by_role("button", name="Make Labelled release").click()
    ready = list_.get_by_role("link", name="Download Labelled release")
    expect(ready).to_be_visible(timeout=180_000)
    with page.expect_download() as started:
        ready.click()
    labelled = tmp_path / "labelled.mp4"
    started.value.save_as(labelled)
    list_.get_by_label("Country").fill("Switzerland")
    list_.get_by_role("button", name="Show files").click()
    expect(list_).to_contain_text("No label is needed there.")
    with page.expect_download() as started:
        list_.get_by_role("link", name="Download the release").click()
    bare = tmp_path / "bare.mp4"
    started.value.save_as(bare)

    assert verify.check(labelled).state is State.TRUSTED
    changed = np.abs(frame(labelled) - frame(bare)) > 60
    half, middle = changed.shape[0] // 2, changed.shape[1] // 2
    assert changed[:half, middle:].sum() > 5 * changed[half:].sum()


def frame(path: Path) -> "np.ndarray[tuple[int, ...], np.dtype[np.int64]]":
    with av.open(str(path)) as container:
        return next(container.decode(video=0)).to_ndarray(format="gray").astype(np.int64)
