"""A clip that stands still for long: player, its clock and the seek preview agree."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from dam.accounts.capabilities import Role
from dam.accounts.models import User
from dam.catalog.models import Processing, Version
from dam.ingest import importer
from tests import media_factory
from tests.browser.conftest import Journey

# The number that a picture says (tests/media_factory.py), read from whatever can be drawn.
NUMBER = """source => {
    const width = source.videoWidth || source.width, height = source.videoHeight || source.height;
    const canvas = Object.assign(document.createElement("canvas"), { width, height });
    const context = canvas.getContext("2d");
    context.drawImage(source, 0, 0, width, height);
    return [0, 1, 2, 3, 4, 5].reduce((sum, bit) => {
        const [red] = context.getImageData(Math.floor(((bit + 0.5) * width) / 6), height / 2, 1, 1).data;
        return sum + (red > 127 ? 2 ** bit : 0);
    }, 0);
}"""
STILL = {"filled": 9, "held": 3600}  # seconds at which the pictures go on


def shown(page: Page, frame: int) -> tuple[int, int]:
    """What the player says and what it shows, after it was sent to this frame."""
    page.evaluate("frame => document.querySelector('reel-player').seekFrame(frame)", frame)
    page.wait_for_function("() => !document.querySelector('video').seeking")
    page.wait_for_timeout(300)
    return said(page), page.eval_on_selector("video", NUMBER)


def said(page: Page) -> int:
    return int(page.evaluate("() => document.querySelector('reel-player').frame"))


@pytest.mark.parametrize("kind", STILL)
def test_a_still_is_counted_through(
    kind: str,
    visit: Callable[[], Journey],
    people: dict[Role, User],
    tmp_path: Path,
    wait_until: Callable[..., None],
) -> None:
    again = STILL[kind] * 1000
    at = [*range(0, 1000, 40), *range(again, again + 400, 40)]
    path = media_factory.movie(
        tmp_path / "still.mkv", width=320, height=176, frames=35, at=at, tick=Fraction(1, 1000)
    )
    user = people[Role.CREATOR]
    journey = visit()
    version = importer.take(path, brand=journey.brand, user=user, filename="Still.mkv")
    ready = Version.objects.filter(pk=version.pk, processing=Processing.READY)
    wait_until(ready.exists)
    last = again // 40 + 9
    assert ready.get().frame_count == last + 1
    page = journey.sign_in(user).page
    journey.go(f"assets/{version.asset_id}/")
    page.wait_for_function("() => document.querySelector('video').readyState >= 2")
    middle = again // 80
    for frame, number in (
        (0, 0),
        (24, 24),
        (25, 24),
        (middle, 24),
        (last - 10, 24),
        (last - 9, 25),
        (last, 34),
    ):
        assert shown(page, frame) == (frame, number)

    shown(page, 24)
    page.get_by_role("button", name="One frame forward").click()
    page.wait_for_timeout(300)
    page.get_by_role("button", name="One frame forward").click()
    page.wait_for_timeout(300)
    assert said(page) == 26

    box = page.locator(".player-seek").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(page.locator(".player-peek canvas")).to_be_visible()
    page.wait_for_timeout(300)
    assert page.eval_on_selector(".player-peek canvas", NUMBER) == 24

    shown(page, middle)
    page.evaluate("() => document.querySelector('video').play()")
    page.wait_for_timeout(1500)
    assert middle + 10 < said(page) < middle + 100
