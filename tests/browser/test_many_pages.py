"""More open pages than database connections."""

from collections.abc import Callable

from playwright.sync_api import Page, Request, expect

from dam.accounts.capabilities import Role
from dam.accounts.models import User
from dam.core import events
from tests.browser.conftest import Journey


def test_open_pages_hold_no_database_connection(
    visit: Callable[[], Journey], people: dict[Role, User]
) -> None:
    # The web process of these tests has four connections, and each page keeps an event stream open.
    windows = [visit().sign_in(people[Role.CREATOR]) for _ in range(6)]
    windows[0].go("activity/")
    expect(windows[0].page.get_by_role("heading", level=1)).to_contain_text("Activity")


def test_pages_that_are_not_there_hold_no_database_connection(
    visit: Callable[[], Journey], people: dict[Role, User]
) -> None:
    journey = visit().sign_in(people[Role.CREATOR])
    asked = """() => Promise.all(Array.from({ length: 24 }, (_, n) =>
        fetch(`/b/northwind/nowhere-${n}.css`).then((response) => response.status)))"""
    assert set(journey.page.evaluate(asked)) == {404}
    journey.go("activity/")
    expect(journey.page.get_by_role("heading", level=1)).to_contain_text("Activity")


def test_ten_tabs_share_one_stream_and_all_hear_of_a_change(
    visit: Callable[[], Journey], people: dict[Role, User]
) -> None:
    # Browsers allow six connections to a server: with a stream for each tab the seventh never loads.
    journey = visit().sign_in(people[Role.CREATOR])
    context = journey.page.context
    streams: list[Request] = []
    counted: list[Request] = []

    def note(request: Request) -> None:
        if request.url.endswith("/events/"):
            streams.append(request)
        elif request.url.endswith("/reviews/count/"):
            counted.append(request)

    context.on("request", note)
    journey.go("activity/")
    tabs = [journey.page, *(context.new_page() for _ in range(9))]
    for tab in tabs[1:]:
        tab.goto(journey.page.url)
        expect(tab.get_by_role("heading", level=1)).to_contain_text("Activity")
    _until(journey, lambda: _open(streams) == 1)
    _until_all_hear(journey, tabs, counted)

    tabs[0].close()  # the one that has the stream
    journey.page = tabs[1]
    _until(journey, lambda: _open(streams) == 1)
    _until_all_hear(journey, tabs[1:], counted)


def _open(streams: list[Request]) -> int:
    return sum(request.failure is None for request in streams)


def _until_all_hear(journey: Journey, tabs: list[Page], counted: list[Request]) -> None:
    """Publish until every tab has asked again: one that is still loading can't hear the first."""
    counted.clear()
    for _ in range(120):
        events.publish(brand_id=journey.brand.pk, name="reviews", to_all=True)
        journey.page.wait_for_timeout(1000)
        if {request.frame.page for request in counted} >= set(tabs):
            return
    raise AssertionError(f"{len({request.frame.page for request in counted})} of {len(tabs)} heard.")


def _until(journey: Journey, condition: Callable[[], bool]) -> None:
    for _ in range(1200):
        if condition():
            return
        journey.page.wait_for_timeout(100)
    raise AssertionError("It did not come.")
