"""A brand's logo: drawn anew whatever was sent, shown where the brand is known, gone when removed."""

import io
import zipfile
import zlib
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from dam.access import brand_export, brand_logos
from dam.access.brand_logos import LogoRefused
from dam.accounts import mails, outbox
from dam.accounts.capabilities import Role
from dam.accounts.mail_models import OutgoingMail
from dam.accounts.models import Brand, BrandLogo, Theme
from dam.accounts.principals import Member
from dam.audit.models import Event
from dam.backups import files
from dam.core import storage
from dam.web import audit_changes, brand_logo
from tests.factories import BrandFactory, member

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin() -> Member:
    return member(BrandFactory.create(name="Northwind", slug="northwind"), Role.ADMIN)


def picture(size: tuple[int, int] = (1200, 400), *, form: str = "PNG", colour: str = "red") -> bytes:
    """A rectangle in the middle of something transparent, with a word in its metadata."""
    drawn = Image.new("RGBA" if form != "JPEG" else "RGB", size)
    drawn.paste(colour, (size[0] // 4, size[1] // 4, size[0] * 3 // 4, size[1] * 3 // 4))
    words = PngInfo()
    words.add_text("Comment", "<script>")
    out = io.BytesIO()
    drawn.save(out, form, **({"pnginfo": words} if form == "PNG" else {}))
    return out.getvalue()


def bomb() -> bytes:
    """A few bytes that say they are 30,000 pixels a side."""
    sent = bytearray(picture((40, 40)))
    sent[16:24] = (30_000).to_bytes(4) * 2
    sent[29:33] = zlib.crc32(sent[12:29]).to_bytes(4)
    return bytes(sent)


def test_only_what_we_drew_is_kept_without_margin_or_metadata(admin: Member) -> None:
    logo = brand_logos.change(admin.brand, picture() + b"<script>", theme=Theme.LIGHT, by=admin)
    with storage.open_file(logo.storage_key) as file:
        kept = file.read()
    assert b"script" not in kept
    assert Image.open(io.BytesIO(kept)).size == (logo.width, logo.height) == (480, 160)
    assert Brand.objects.get().logos == {"light": logo.sha256}


def test_a_new_logo_takes_the_place_of_the_old_file_and_is_told(admin: Member) -> None:
    first = brand_logos.change(admin.brand, picture(), theme=Theme.LIGHT, by=admin)
    second = brand_logos.change(admin.brand, picture(form="WEBP", colour="blue"), theme=Theme.LIGHT, by=admin)
    assert (storage.exists(first.storage_key), storage.exists(second.storage_key)) == (False, True)
    (told,) = audit_changes.of(Event.objects.latest("sequence"))
    assert told == f"Logo: “480 × 160 · {first.sha256[:8]}” → “480 × 160 · {second.sha256[:8]}”"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "can't be a logo"),
        (b"GIF89a" + bytes(40), "can't be a logo"),
        (picture()[:90], "can't be read"),
        (b"\x89PNG\r\n\x1a\n" + b"<script>" * 9, "can't be"),
        (bomb(), "more than 4096 pixels"),
        (picture((40, 40)), "too small"),
        (picture((4000, 40)), "too narrow"),
        (bytes(brand_logos.MOST_BYTES + 1), "larger than 2 MB"),
    ],
    ids=["empty", "drawing", "moving", "cut", "page", "bomb", "small", "narrow", "large"],
)
def test_what_is_no_plain_picture_is_refused_in_words(admin: Member, data: bytes, words: str) -> None:
    with pytest.raises(LogoRefused, match=words):
        brand_logos.change(admin.brand, data, theme=Theme.LIGHT, by=admin)
    assert not BrandLogo.objects.exists()


def test_one_for_dark_pages_needs_one_for_light_pages_and_goes_with_it(admin: Member) -> None:
    with pytest.raises(LogoRefused, match="light pages first"):
        brand_logos.change(admin.brand, picture(), theme=Theme.DARK, by=admin)
    for theme, colour in ((Theme.LIGHT, "black"), (Theme.DARK, "white")):
        brand_logos.change(admin.brand, picture(colour=colour), theme=theme, by=admin)
    assert set(admin.brand.logos) == {"light", "dark"}
    assert brand_logos.remove(admin.brand, theme=Theme.LIGHT, by=admin)
    assert (Brand.objects.get().logos, BrandLogo.objects.count()) == ({}, 0)
    assert not brand_logos.remove(admin.brand, theme=Theme.LIGHT, by=admin)


def test_only_those_who_manage_the_brand_change_it(admin: Member) -> None:
    with pytest.raises(PermissionDenied):
        brand_logos.change(admin.brand, picture(), theme=Theme.LIGHT, by=member(admin.brand, Role.LIBRARIAN))
    with pytest.raises(PermissionDenied):
        brand_logos.change(BrandFactory.create(), picture(), theme=Theme.LIGHT, by=admin)


def test_backup_and_export_take_the_file_along(admin: Member, tmp_path: Path) -> None:
    logo = brand_logos.change(admin.brand, picture(), theme=Theme.LIGHT, by=admin)
    assert logo.storage_key in set(files.named())
    brand_export.write(admin.brand, tmp_path / "export.zip", at=logo.made_at)
    with zipfile.ZipFile(tmp_path / "export.zip") as archive:
        assert "files/" + logo.storage_key.partition("/")[2] in archive.namelist()
        assert logo.sha256 in archive.read("rows/dam.brandlogo.jsonl").decode()


def test_the_page_uploads_shows_and_removes_it(admin: Member) -> None:
    client, page = Client(), reverse("brand", args=["northwind"])
    client.force_login(admin.user)
    change = reverse("brand-logo-change", args=["northwind", "light"])
    assert "can&#x27;t be a logo" in client.post(change, {"logo": io.BytesIO(b"no")}, follow=True).text
    assert "Choose a picture first" in client.post(change, follow=True).text
    assert "Logo saved." in client.post(change, {"logo": io.BytesIO(picture())}, follow=True).text
    address = reverse("brand-logo", args=["northwind", "light"])
    assert client.get(page).text.count(f'src="{address}?v=') == 3  # the top bar, its menu and the page
    sent = client.get(address)
    assert (sent.headers["Content-Type"], sent.headers["X-Content-Type-Options"]) == ("image/png", "nosniff")
    assert "sandbox" in sent.headers["Content-Security-Policy"]
    assert client.get(reverse("brand-logo", args=["northwind", "dark"])).status_code == 404
    pink = reverse("brand-logo-change", args=["northwind", "pink"])
    assert client.post(pink, {"logo": io.BytesIO(picture())}).status_code == 404
    remove = reverse("brand-logo-remove", args=["northwind", "light"])
    assert "Logo removed." in client.post(remove, follow=True).text
    assert client.get(address).status_code == 404


def test_strangers_see_it_only_where_a_page_has_signed_its_address(admin: Member) -> None:
    brand_logos.change(admin.brand, picture(), theme=Theme.LIGHT, by=admin)
    stranger = Client()
    address = brand_logo.address_outside(admin.brand, "light")
    assert stranger.get(address).status_code == 200
    assert stranger.get(address[:-3] + "abc/").status_code == 404
    assert stranger.get(reverse("brand-logo", args=["northwind", "light"])).status_code == 302
    assert "/logo/" in stranger.get(reverse("account_login")).text
    BrandFactory.create()
    assert "/logo/" not in stranger.get(reverse("account_login")).text  # which of the two isn't told


def test_mails_carry_it_also_those_that_waited(admin: Member) -> None:
    brand_logos.change(admin.brand, picture(), theme=Theme.LIGHT, by=admin)
    context = {
        "brand": admin.brand,
        "user": admin.user,
        "reset_url": "x",
        "how": "",
        "at": admin.user.date_joined,
    }
    mails.send("password_changed", to=admin.user, context=context)
    outbox.post("password_changed", to=admin.user, context=context)
    outbox.send_one(OutgoingMail.objects.get().pk)
    assert len(mail.outbox) == 2
    for sent in mail.outbox:
        parsed = message_from_bytes(sent.message().as_bytes(), policy=policy.default)
        assert parsed.get_content_type() == "multipart/related"
        page = parsed.get_body(("html",))
        assert page is not None
        assert 'src="cid:brand-logo"' in page.get_content()
        (image,) = [part for part in parsed.walk() if part.get_content_type() == "image/png"]
        assert image["Content-ID"] == "<brand-logo>"
        assert Image.open(io.BytesIO(image.get_content())).size == (192, 64)


def test_the_address_outside_is_the_same_each_time_so_that_browsers_keep_the_picture() -> None:
    brand = Brand(logos={"light": "a" * 64})
    assert brand_logo.address_outside(brand, "light") == brand_logo.address_outside(brand, "light")
