"""Somebody outside draws on what they were asked about, on a phone: on a video and on an image."""

from collections.abc import Callable
from pathlib import Path

from PIL import Image
from playwright.sync_api import Locator, Page, expect

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand, User
from dam.catalog.models import Origin, Processing, Version
from dam.ingest import registration
from dam.media import runner
from provenance.guests import links
from provenance.guests.models import CopyState, GuestRemark, MarkedCopy
from provenance.guests.rules import May
from provenance.review import reviews
from tests.browser import axe
from tests.browser.conftest import Journey
from tests.factories import principal

PHRASE = "correct horse battery"


def ask(version: Version, user: User, wait_until: Callable[..., None]) -> tuple[str, str]:
    """The review's page below the brand, and the address that the guest is given."""
    Brand.objects.filter(pk=version.brand_id).update(guest_reviews=True)
    version = Version.objects.select_related("brand", "asset").get(pk=version.pk)
    by = principal(user, version.brand)
    review = reviews.submit(version, by=by)
    link = links.create(
        review, by=by, email="ada@agency.example", name="Ada", may=May.COMMENT, passphrase=PHRASE
    )
    wait_until(lambda: MarkedCopy.objects.filter(link=link, state=CopyState.READY).exists())
    return f"reviews/{review.pk}/", f"/guest/open/{links.new_secret(link)}/"


def enter(guest: Journey, address: str) -> Page:
    phone = guest.page
    phone.set_viewport_size({"width": 390, "height": 844})
    phone.goto(guest.site + address)
    phone.get_by_label("Passphrase").fill(PHRASE)
    phone.get_by_role("button", name="continue").click()
    return phone


def stroke(phone: Page, board: Locator, *points: tuple[float, float, float]) -> None:
    """By finger: x, y and how hard, in shares of the board."""
    board.scroll_into_view_if_needed()
    box = board.bounding_box()
    assert box is not None
    session = phone.context.new_cdp_session(phone)
    for at, (x, y, force) in enumerate(points):
        touch = {"x": box["x"] + x * box["width"], "y": box["y"] + y * box["height"], "force": force}
        kind = "touchMove" if at else "touchStart"
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [touch]})
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    session.detach()


def test_a_guest_draws_on_a_video_by_finger(
    visit: Callable[..., Journey],
    people: dict[Role, User],
    take_in: Callable[..., Version],
    wait_until: Callable[..., None],
) -> None:
    version = take_in(people[Role.CREATOR], title="Summer bottle")
    room, address = ask(version, people[Role.CREATOR], wait_until)
    phone = enter(visit(has_touch=True), address)
    player = phone.locator("reel-player")
    expect(player).to_be_visible()
    player.evaluate("player => player.seekFrame(9)")
    phone.get_by_role("button", name="Draw on the frame").tap()
    tools = phone.get_by_role("group", name="Drawing")
    expect(tools).to_be_visible()
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    board, drawn = phone.locator("drawing-board"), phone.locator("drawing-board > svg > *")
    stroke(phone, board, (0.2, 0.2, 0.2), (0.3, 0.4, 0.6), (0.5, 0.5, 0.9))
    expect(drawn).to_have_count(1)
    tools.locator("label[title=Ellipse]").click()
    tools.locator("label[title=Blue]").click()
    stroke(phone, board, (0.6, 0.2, 0.5), (0.7, 0.3, 0.5), (0.8, 0.5, 0.5))
    expect(drawn).to_have_count(2)
    tools.get_by_role("button", name="Undo").click()
    expect(drawn).to_have_count(1)
    tools.locator("label[title=Arrow]").click()
    stroke(phone, board, (0.9, 0.9, 0.5), (0.8, 0.8, 0.5), (0.6, 0.7, 0.5))
    tools.locator("label[title=Eraser]").click()
    stroke(phone, board, (0.9, 0.9, 0.5))
    expect(drawn).to_have_count(1)
    assert not axe.violations(phone, "a guest draws", seen=set())
    tools.get_by_role("button", name="Write a comment").click()
    phone.keyboard.type("This corner")
    phone.get_by_role("button", name="Comment", exact=True).click()
    picture = phone.get_by_role("button", name="Drawing: show its frame")
    expect(picture).to_be_visible()
    remark = GuestRemark.objects.get()
    assert (remark.body, remark.frame) == ("This corner", 9)
    assert remark.drawing is not None
    (shape,) = remark.drawing["shapes"]
    assert (shape["kind"], shape["colour"]) == ("pencil", "red")
    assert len({point[2] for point in shape["points"]}) > 1, "how hard the finger pressed"
    expect(phone.locator("[data-drawing]")).to_have_value("")
    # The frame behind it comes out of their own copy, there being no other picture for them.
    canvas = picture.locator("canvas")
    phone.wait_for_function("canvas => canvas.width === 256", arg=canvas.element_handle())
    lit = "canvas => canvas.getContext('2d').getImageData(128, 70, 1, 1).data[3]"
    assert canvas.evaluate(lit) == 255
    picture.click()
    expect(drawn).to_have_count(1)
    # What they type elsewhere stays while another comment is sent.
    theirs = phone.locator("#guest-comments .comment-edit")
    theirs.locator("summary").click()
    theirs.get_by_role("textbox").fill("This corner, and that one")
    phone.get_by_label("Comment", exact=True).fill("One more thing")
    phone.get_by_role("button", name="Comment", exact=True).click()
    expect(phone.get_by_role("listitem").filter(has_text="One more thing")).to_be_visible()
    expect(theirs.first.get_by_role("textbox")).to_have_value("This corner, and that one")
    expect(theirs.first.get_by_role("textbox")).to_be_visible()

    creator = visit().sign_in(people[Role.CREATOR])
    creator.go(room)
    said = creator.page.locator("#guests-said")
    expect(said).to_contain_text("This corner")
    said.get_by_role("button", name="Drawing: show its frame").click()
    expect(creator.page.locator("drawing-board > svg > *")).to_have_count(1)


def test_a_guest_draws_on_an_image(
    visit: Callable[..., Journey],
    people: dict[Role, User],
    brand: Brand,
    wait_until: Callable[..., None],
    tmp_path: Path,
) -> None:
    path = tmp_path / "Poster.png"
    Image.new("RGB", (900, 600), "teal").save(path)
    version = registration.accept(
        path,
        brand=brand,
        user=people[Role.CREATOR],
        filename=path.name,
        title="Poster",
        origin=Origin.UPLOADED,
        media_info=runner.probe(path),
        content_type="image/png",
    )
    wait_until(lambda: Version.objects.filter(pk=version.pk, processing=Processing.READY).exists())
    room, address = ask(version, people[Role.CREATOR], wait_until)
    phone = enter(visit(has_touch=True), address)
    phone.get_by_role("button", name="Draw on the image").tap()
    tools = phone.get_by_role("group", name="Drawing")
    tools.locator("label[title=Rectangle]").click()
    stroke(phone, phone.locator("drawing-board"), (0.25, 0.25, 0.5), (0.5, 0.4, 0.5), (0.75, 0.5, 0.5))
    expect(phone.locator("drawing-board > svg > *")).to_have_count(1)
    tools.get_by_role("button", name="Write a comment").click()
    phone.get_by_role("button", name="Comment", exact=True).click()
    expect(phone.get_by_role("button", name="Drawing: show it alone")).to_be_visible()
    remark = GuestRemark.objects.get()
    assert (remark.body, remark.frame) == ("", 0)
    assert remark.drawing is not None
    assert remark.drawing["shapes"][0]["kind"] == "rectangle"
    assert phone.locator(".comment-drawing img").evaluate("image => image.naturalWidth") > 0
    creator = visit().sign_in(people[Role.CREATOR])
    creator.go(room)
    expect(creator.page.get_by_role("button", name="Drawing: show it alone")).to_be_visible()
    expect(creator.page.locator("drawing-board > svg > *")).to_have_count(1)
