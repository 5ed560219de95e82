"""Pages can be read from right to left: style sheets say start and end; what people write has its own way."""

import re
from pathlib import Path

import pytest
from django.conf import settings

from dam.web.templatetags import ui_tags
from tests.unit.test_words import COMMENTS

SHEETS = sorted((Path(settings.BASE_DIR) / "dam/static/dam/css").rglob("*.css"))
PHYSICAL = re.compile(
    r"(?<![\w-])((?:margin|padding|border|inset|scroll-margin|scroll-padding)-(?:left|right)[\w-]*"
    r"|border-(?:top|bottom)-(?:left|right)-radius|left|right)\s*:"
    r"|(?:float|clear|text-align)\s*:\s*(?:left|right)"
)
FOUR = re.compile(r"(?<![\w-])(?:margin|padding|inset)\s*:\s*([^;]+);")


def sides(values: str) -> list[str]:
    return re.findall(r"(?:[^\s(]|\((?:[^()]|\([^()]*\))*\))+", values)


def physical(css: str) -> list[str]:
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    found = [match[0] for match in PHYSICAL.finditer(css)]
    for match in FOUR.finditer(css):
        each = sides(match[1])
        if len(each) == 4 and each[1] != each[3]:
            found.append(match[0])
    return found


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda path: path.name)
def test_a_style_sheet_knows_no_left_and_right(sheet: Path) -> None:
    assert physical(sheet.read_text()) == []


def test_a_left_or_right_in_a_style_sheet_is_noticed() -> None:
    css = """a { margin-left: 1px; padding: 0 1px 0 2px; margin-inline-start: 1px; float: right; left: 0;
    padding: 0 1px 0 1px; inset: 0 auto; inset: 0 calc(1px + (2px)) 0 0; /* right: 0 */ }"""
    assert physical(css) == [
        "margin-left:",
        "float: right",
        "left:",
        "padding: 0 1px 0 2px;",
        "inset: 0 calc(1px + (2px)) 0 0;",
    ]


def test_arrows_that_point_forward_turn_with_the_page_and_others_do_not() -> None:
    assert 'class="turns"' in ui_tags.icon("chevron-right")
    assert "turns" not in ui_tags.icon("chevron-down")


# Templates that show what people wrote in a line of its own.
OWN_WAY = {
    "jinja/components/card.html": r'<h3 class="card-title" dir="auto">',
    "assets/_usage_status.html": r'<h1 id="asset-title" dir="auto">{{ asset.title }}</h1>',
    "assets/_details.html": r'dir="auto">{{ asset.description }}</p>',
    "review/_words.html": r'dir="auto">{{ body }}</p>',
    "review/room.html": r'dir="auto">{{ review.note }}</blockquote>',
    "saved/_card.html": r'dir="auto">{{ search.name }}</a>',
}


@pytest.mark.parametrize(("template", "marked"), OWN_WAY.items())
def test_what_people_wrote_has_its_own_direction(template: str, marked: str) -> None:
    page = COMMENTS.sub("", (Path(settings.BASE_DIR) / "templates" / template).read_text())
    assert marked in page
