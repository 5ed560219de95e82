"""Metadata of the library: out as a CSV file, edited as a spreadsheet would, in again, and taken back."""

import csv
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import expect

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand, User
from dam.catalog.models import Asset
from tests.browser.conftest import Journey
from tests.factories import VersionFactory


def edited(exported: Path, *, into: Path) -> None:
    """As Excel saves it where a comma stands in numbers: by semicolons, which its first line says."""
    rows = list(csv.DictReader(exported.read_text(encoding="utf-8").splitlines()))
    assert {row["title"] for row in rows} == {"Beach", "Snow"}
    for row in rows:
        row["title"] = row["title"].replace("Beach", "Night beach")
    with into.open("w", encoding="utf-8-sig", newline="") as file:
        file.write("sep=;\r\n")
        writer = csv.DictWriter(file, rows[0].keys(), delimiter=";")
        writer.writeheader()
        writer.writerows(rows)


def test_what_went_out_as_csv_comes_back_edited_and_is_undone(
    visit: Callable[[], Journey], people: dict[Role, User], brand: Brand, tmp_path: Path
) -> None:
    for title in ("Beach", "Snow"):
        VersionFactory.create(asset__brand=brand, asset__title=title)
    journey = visit().sign_in(people[Role.LIBRARIAN])
    page = journey.page
    page.locator("summary[title='More']").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Export as CSV", exact=True).click()
    download.value.save_as(tmp_path / "clips.csv")
    edited(tmp_path / "clips.csv", into=tmp_path / "edited.csv")

    journey.go("bulk/import/")
    page.get_by_label("CSV file").set_input_files(tmp_path / "edited.csv")
    page.get_by_role("button", name="Check the file").click()
    expect(page.get_by_text("2 rows were checked. Nothing has changed yet.")).to_be_visible()
    page.get_by_role("button", name="Change 1 clip").click()
    expect(page.get_by_text("1 clip changed.")).to_be_visible()
    assert set(Asset.objects.values_list("title", flat=True)) == {"Night beach", "Snow"}
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("1 clip is as it was before.")).to_be_visible()
    assert set(Asset.objects.values_list("title", flat=True)) == {"Beach", "Snow"}
