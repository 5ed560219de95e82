"""A folder dropped on the library, with folders in it and more files than a browser names at once."""

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

from playwright.sync_api import Page, expect

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand, User
from dam.catalog.models import Asset
from dam.ingest.models import Upload
from tests import media_factory
from tests.browser.conftest import Journey
from tests.factories import VersionFactory

HERE_ALREADY = 102  # in one folder: a browser names a hundred of its entries at once
ACCEPTS_MS = 180_000


def drop(page: Page, folder: Path) -> None:
    """As a person does it: a folder can't be put into an event by a script."""
    devtools = page.context.new_cdp_session(page)
    data = {"items": [], "files": [str(folder)], "dragOperationsMask": 1}
    for kind in ("dragEnter", "dragOver", "drop"):
        devtools.send("Input.dispatchDragEvent", {"type": kind, "x": 700, "y": 500, "data": data})


def test_of_a_dropped_folder_every_file_is_read_and_what_is_new_is_uploaded(
    visit: Callable[[], Journey], people: dict[Role, User], brand: Brand, tmp_path: Path
) -> None:
    first, second = tmp_path / "Launch" / "Day one" / "Retakes", tmp_path / "Launch" / "Day two"
    for folder in (first, second):
        folder.mkdir(parents=True)
    (tmp_path / "Launch" / ".DS_Store").write_bytes(b"left by a system")
    media_factory.clip(first / "Opening.mp4", frames=8)
    content = b"This is in the library"
    for number in range(HERE_ALREADY):
        (second / f"Shot {number}.mp4").write_bytes(content)
    user = people[Role.CREATOR]
    known = sha256(content).hexdigest()
    VersionFactory.create(asset__brand=brand, asset__created_by=user, asset__title="Shot", sha256=known)

    page = visit().sign_in(user).page
    drop(page, tmp_path / "Launch")
    rows = page.locator(".dock-item")
    expect(rows).to_have_count(1 + HERE_ALREADY)
    assert {name.strip() for name in page.locator(".dock-item [data-name]").all_inner_texts()} == {
        "Opening.mp4",
        *(f"Shot {number}.mp4" for number in range(HERE_ALREADY)),
    }
    taken = page.locator(".dock-item[data-state=taken]")
    expect(taken).to_contain_text("Opening.mp4", timeout=ACCEPTS_MS)
    shot = rows.filter(has=page.get_by_text("Shot 0.mp4", exact=True))
    expect(shot).to_contain_text("Already in the library as “Shot”. It wasn't uploaded again.")
    assert Upload.objects.count() == 1
    assert set(Asset.objects.values_list("title", flat=True)) == {"Opening", "Shot"}
