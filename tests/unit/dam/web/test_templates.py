"""What holds for every template: the content security policy, and pictures that exist."""

import re
from pathlib import Path
from zipfile import ZipFile

import lucide
import pytest
from django.conf import settings
from django.template import Engine, engines

from dam.web import audit_labels

FOLDER = Path(settings.BASE_DIR) / "templates"
TEMPLATES = sorted(path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*.html"))
PAGES = [name for name in TEMPLATES if not name.startswith("mail/")]
MAILS = [name for name in TEMPLATES if name.startswith("mail/")]
PICTURES = {Path(name).stem for name in ZipFile(Path(lucide.__file__).with_name("lucide.zip")).namelist()}
FORBIDDEN = {
    "a style attribute": r"<[^>]*\sstyle=",
    "an inline event handler": r"<[^>]*\s(on[a-z]+|hx-on[:a-z-]*)=",
    "an inline style sheet": r"<style",
    "an inline script": r"<script(?![^>]*\bsrc=)(?![^>]*application/json)",
    "a javascript: address": r"javascript:",
    "a computed value, which needs eval": r"""hx-(vals|headers)=["']js:""",
    "a filter on a trigger, which needs eval": r"""hx-trigger=["'][^"']*\[""",
    "a file from another host": r"""(src|href)=["']https?:""",
}


def read(name: str) -> str:
    return (FOLDER / name).read_text()


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_can_be_read(name: str) -> None:
    if name.startswith("jinja/"):
        assert engines["jinja"].get_template(name.removeprefix("jinja/"))
        return
    engine = engines["django"].engine  # type: ignore[attr-defined]
    assert isinstance(engine, Engine)
    assert engine.get_template(name).nodelist


@pytest.mark.parametrize("name", PAGES)
def test_the_content_security_policy_allows_all_of_it(name: str) -> None:
    found = [what for what, pattern in FORBIDDEN.items() if re.search(pattern, read(name))]
    assert found == []


@pytest.mark.parametrize("name", MAILS)
def test_a_mail_asks_for_no_file_and_runs_nothing(name: str) -> None:
    """The one picture is the brand's logo, which travels in the mail itself."""
    text = re.sub(r'<img class="logo"\s+src="cid:brand-logo"', "", read(name))
    assert not re.search(r"<(img|script|link|iframe|video|audio|object)|url\(|@import|\son[a-z]+=", text)


@pytest.mark.parametrize("name", [name for name in MAILS if "/_" not in name and name != "mail/base.html"])
def test_a_mail_has_a_subject_and_a_plain_part(name: str) -> None:
    stem = name.removesuffix(".html")
    assert (FOLDER / f"{stem}.subject.txt").exists()
    assert (FOLDER / f"{stem}.txt").exists()


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_comment_ends_on_its_line(name: str) -> None:
    assert not re.search(r"\{#[^\n]*\n", re.sub(r"\{#.*?#\}", "", read(name)))


def test_every_picture_exists() -> None:
    used = {
        (name, picture)
        for name in TEMPLATES
        for picture in re.findall(r"""(?:icon |icon\(|icon_name=)["']([a-z0-9-]+)["']""", read(name))
    }
    assert {(name, picture) for name, picture in used if picture not in PICTURES} == set()


def test_every_verb_of_the_trail_has_a_picture() -> None:
    assert {wording.icon for wording in audit_labels.VERBS.values()} <= PICTURES
