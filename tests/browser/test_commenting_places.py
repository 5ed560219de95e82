"""Comments with a place on what is no film."""

import re
import wave
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand, User
from dam.catalog.models import Origin, Processing, Version
from dam.ingest import registration
from dam.media import runner
from provenance.models import Comment
from provenance.review import reviews
from tests.browser import axe
from tests.browser.conftest import Journey
from tests.factories import principal


@pytest.fixture
def bring(brand: Brand, wait_until: Callable[..., None]) -> Callable[[Path, User, str], Version]:
    """A file in the library, with every processing step done by the worker."""

    def take(path: Path, user: User, content_type: str) -> Version:
        version = registration.accept(
            path,
            brand=brand,
            user=user,
            filename=path.name,
            title=path.stem,
            origin=Origin.UPLOADED,
            media_info=runner.probe(path),
            content_type=content_type,
        )
        wait_until(lambda: Version.objects.filter(pk=version.pk, processing=Processing.READY).exists())
        version.refresh_from_db()
        return version

    return take


def test_a_reviewer_draws_on_an_image(
    visit: Callable[[], Journey],
    people: dict[Role, User],
    bring: Callable[[Path, User, str], Version],
    tmp_path: Path,
) -> None:
    path = tmp_path / "Poster.png"
    Image.new("RGB", (900, 600), "teal").save(path)
    version = bring(path, people[Role.CREATOR], "image/png")
    review = reviews.submit(version, by=principal(people[Role.CREATOR], version.brand))
    journey = visit().sign_in(people[Role.BRAND_REVIEWER])
    page = journey.page
    journey.go(f"assets/{version.asset_id}/?tab=details")
    expect(page.get_by_role("button", name="Zoom in")).to_be_visible()
    pencil = page.get_by_role("button", name="Draw on the image")
    expect(pencil).to_have_count(0)  # no comment is written there
    page.locator('a[href="?tab=review"]').click()
    expect(pencil).to_be_visible()
    journey.go(f"reviews/{review.pk}/")
    drawn = page.locator("drawing-board > svg > *")
    tools = page.get_by_role("group", name="Drawing")
    page.get_by_role("button", name="Draw on the image").click()
    expect(tools).to_be_visible()
    tools.locator("label[title=Rectangle]").click()
    box = page.locator(".picture-stage img").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 0.25 * box["width"], box["y"] + 0.25 * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + 0.75 * box["width"], box["y"] + 0.5 * box["height"], steps=4)
    page.mouse.up()
    expect(drawn).to_have_count(1)
    assert not axe.violations(page, "an image that is drawn on", seen=set())
    tools.get_by_role("button", name="Write a comment").click()
    page.keyboard.type("Larger logo")
    page.keyboard.press("Control+Enter")
    picture = page.get_by_role("button", name="Drawing: show it alone")
    expect(picture).to_be_visible()
    comment = Comment.objects.get()
    assert (comment.body, comment.frame, comment.end_frame) == ("Larger logo", 0, None)
    assert comment.drawing is not None
    (shape,) = comment.drawing["shapes"]
    assert shape["kind"] == "rectangle"
    # Within a pixel or two of where the mouse was, in shares of the picture.
    assert [pytest.approx(each, abs=0.01) for each in (0.25, 0.25, 0.75, 0.5)] == [
        *shape["points"][0],
        *shape["points"][1],
    ]
    expect(page.locator("[data-drawing]")).to_have_value("")

    hide = page.get_by_role("button", name="Show drawings")
    hide.click()
    expect(drawn).to_have_count(0)
    picture.click()
    expect(drawn).to_have_count(1)
    expect(picture).to_have_attribute("aria-pressed", "true")


def test_a_reviewer_comments_on_a_sound_where_it_is_meant(
    visit: Callable[[], Journey],
    people: dict[Role, User],
    bring: Callable[[Path, User, str], Version],
    tmp_path: Path,
) -> None:
    path = tmp_path / "Jingle.wav"
    times = np.arange(8 * 8_000) / 8_000
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(8_000)
        out.writeframes((np.sin(times * 2 * np.pi * 330) * 12_000).astype("<i2").tobytes())
    version = bring(path, people[Role.CREATOR], "audio/wav")
    review = reviews.submit(version, by=principal(people[Role.CREATOR], version.brand))
    journey = visit().sign_in(people[Role.BRAND_REVIEWER])
    page = journey.page
    journey.go(f"reviews/{review.pk}/")
    player, box = page.locator("reel-player"), page.locator("[data-comment-box]")
    expect(player.locator("[data-total]")).to_have_text(re.compile(r"0:0[78]"))
    player.focus()
    page.keyboard.press("ArrowRight")
    expect(player.locator("[data-now]")).to_have_text("0:05.0")
    page.keyboard.press("c")
    page.keyboard.type("A click")
    page.keyboard.press("Control+Enter")
    time = page.get_by_role("button", name="0:05.0", exact=True)
    expect(time).to_be_visible()
    first = Comment.objects.get()
    assert (first.frame, first.end_frame) == (5000, None)

    page.get_by_role("button", name="5 seconds back").click()
    page.get_by_role("button", name="Range starts here").click()
    for _ in range(3):
        page.keyboard.press("Shift+ArrowRight")
    page.get_by_role("button", name="Range ends here").click()
    box.click()
    page.keyboard.type("Too loud")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("button", name="0:00.0 – 0:00.3")).to_be_visible()
    last = Comment.objects.get(body="Too loud")
    assert (last.frame, last.end_frame) == (0, 300)
    expect(player.locator(".player-marker")).to_have_count(2)
    assert not axe.violations(page, "a sound with comments", seen=set())

    time.click()
    expect(player.locator("[data-now]")).to_have_text("0:05.0")
    box.blur()
    page.keyboard.press(",")
    expect(player.locator("[data-now]")).to_have_text("0:00.0")
    page.keyboard.press(".")
    expect(player.locator("[data-now]")).to_have_text("0:05.0")

    # What says that it can't be played leaves the buttons in reach.
    page.evaluate("document.querySelector('.player-failed').hidden = false")
    page.get_by_role("button", name="Play", exact=True).click(trial=True, timeout=5_000)
