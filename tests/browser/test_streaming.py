"""A clip's adaptive stream in a real browser: the frames that the player names are those it shows."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

from playwright.sync_api import Route

from dam.accounts.capabilities import Role
from dam.accounts.models import User
from dam.catalog.models import Processing, Version
from dam.ingest import importer, renditions
from tests import media_factory
from tests.browser.conftest import Journey
from tests.browser.test_long_stills import shown

RATE = Fraction(30000, 1001)
FRAMES = (0, 1, 59, 60, 61, 119, 120, 200, 239, 180, 60, 59)


def streamed(user: User, journey: Journey, folder: Path, wait_until: Callable[..., None]) -> Version:
    """A clip of 240 frames with sound, and a stream though it is short."""
    path = media_factory.movie(folder / "film.mp4", width=320, height=176, frames=240, rate=RATE, sound=True)
    version = importer.take(path, brand=journey.brand, user=user, filename="Film.mp4")
    ready = Version.objects.filter(pk=version.pk, processing=Processing.READY)
    wait_until(ready.exists)
    version = ready.get()
    renditions.make(version, "stream")
    return version


def test_a_stream_is_stepped_to_the_frame_and_the_file_steps_in(
    visit: Callable[[], Journey],
    people: dict[Role, User],
    tmp_path: Path,
    wait_until: Callable[..., None],
) -> None:
    user = people[Role.CREATOR]
    journey = visit()
    version = streamed(user, journey, tmp_path, wait_until)
    page = journey.sign_in(user).page
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    journey.go(f"assets/{version.asset_id}/")
    page.wait_for_function("() => document.querySelector('video').readyState >= 2")
    assert page.eval_on_selector("video", "video => video.src").startswith("blob:")
    for frame in FRAMES:
        assert shown(page, frame) == (frame, frame % 64)
    assert any("/stream/320.mp4" in url for url in asked)
    assert not any(url.endswith("/proxy") for url in asked)

    # What only the network or a withdrawn permission can do: the next page's segments are refused.
    def refuse(route: Route) -> None:
        route.fulfill(status=403)

    page.route("**/stream/*.mp4", refuse)
    journey.go(f"assets/{version.asset_id}/")
    page.wait_for_function("() => document.querySelector('video').src.endsWith('/proxy')", timeout=180_000)
    page.wait_for_function("() => document.querySelector('video').readyState >= 2")
    assert shown(page, 61) == (61, 61)
    assert page.locator(".player-failed").is_hidden()
