"""Threads as a PDF: what stands where on its pages. The only importer of fpdf2.

What people wrote is drawn letter by letter, never read as markup, an address or a command.
"""

import unicodedata
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from pathlib import Path

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from fpdf import FPDF
from fpdf.enums import AssociatedFileRelationship, TextMode, XPos, YPos
from PIL import Image

from dam.core.language import number
from provenance.comment_pdfs import letters
from provenance.comment_pdfs.letters import Drawable
from provenance.comment_pdfs.sheet import Head, Picture, Said, Thread, Written

MARGIN = 18.0  # mm, as all lengths here
WIDTH = 210.0 - 2 * MARGIN
PICTURE = (112.0, 84.0)  # at most so wide and high
ATTACHED_PICTURE = (40.0, 30.0)  # the same of a file at a comment
GAP = 3.0
INDENT = 8.0
LINE = 1.35  # of the size of letters
MM_PER_POINT = 0.3528
INK, QUIET, RULE, WARN = (24, 24, 27), (95, 95, 104), (212, 212, 216), (180, 60, 0)
ATTACHED = "comments.txt"
MOST_NAMED = 12  # letters that are named one by one, of those that can't be drawn
LONGEST_BOOKMARK = 60


def write(
    out: Path,
    head: Head,
    threads: Iterable[Thread],
    *,
    language: str,
    at: datetime,
    told: Callable[[int], None] = lambda done: None,
) -> Written:
    """Write the PDF; its words stand in the language that is active. `told` hears of each thread.

    Where letters can't be drawn, □ stands for each, a line says which they are, and the whole text is
    attached to the PDF.
    """
    sheet = _Sheet(head, language=language, at=at)
    done = 0
    for thread in threads:
        sheet.add(thread)
        done += 1
        told(done)
    if not done:
        sheet.say(_("There are no comments to show here."), size=12)
    sheet.end()
    sheet.pdf.output(out)
    return Written(done, sheet.undrawn, sheet.missing)


class _Pages(FPDF):
    """With the title and the page's number at the foot of each."""

    foot = ""

    def footer(self) -> None:
        self.set_y(-MARGIN + 4)
        self.set_font("inter", size=8)
        self.set_text_color(*QUIET)
        self.set_x(MARGIN)
        page = _("Page %(number)s") % {"number": self.page_no()}
        wide = self.get_string_width(page) + 4
        self.cell(WIDTH - wide, 5, _fitting(self, self.foot, WIDTH - wide - 4))
        self.cell(wide, 5, page, align="R")


class _Sheet:
    def __init__(self, head: Head, *, language: str, at: datetime) -> None:
        self.undrawn = self.missing = 0
        self._whole: list[str] = []
        self.pdf = _Pages(format="A4")
        self.pdf.alias_nb_pages("")  # else words of a comment could stand for it
        self.pdf.set_lang(language)
        self.pdf.set_creator("Reelproof")
        self.pdf.set_creation_date(at)
        self.pdf.set_margins(MARGIN, MARGIN)
        self.pdf.c_margin = 0
        self.pdf.set_auto_page_break(auto=True, margin=MARGIN + 2)
        self.pdf.add_font("inter", fname=letters.INTER)
        self.pdf.add_font("dejavu", fname=letters.DEJAVU)
        self.pdf.set_fallback_fonts(["dejavu"])
        self.pdf.set_font("inter", size=10)
        title = letters.drawable(head.title)
        self.pdf.set_title(head.title)
        self.pdf.foot = title.text
        self.pdf.add_page()
        self._section(_("Overview"))
        self.say(head.title, size=18, strong=True)
        self.say(head.subtitle, colour=QUIET)
        self.pdf.ln(3)
        for label, value in head.facts:
            self.say(label, size=8, colour=QUIET)
            self.say(value)
            self.pdf.ln(1)
        self.pdf.ln(2)

    def add(self, thread: Thread) -> None:
        self._keep_together(thread)
        self._rule()
        words = " ".join(thread.first.words.split())
        self._section(f"{thread.place} · {thread.first.author}: {words}"[:LONGEST_BOOKMARK])
        self.say(f"{thread.place} · {thread.state}" if thread.state else thread.place, size=11, strong=True)
        self.pdf.ln(1)
        if thread.picture is not None:
            self._picture(thread.picture)
        self._said(thread.first)
        for fact in thread.facts:
            self.say(fact, size=8.5, colour=QUIET)
        for answer in thread.answers:
            self.pdf.ln(1.5)
            self.pdf.set_left_margin(MARGIN + INDENT)
            self.pdf.set_x(MARGIN + INDENT)
            self._said(answer)
            self.pdf.set_left_margin(MARGIN)
            self.pdf.set_x(MARGIN)
        self.pdf.ln(4)

    def end(self) -> None:
        if self.undrawn:
            self.pdf.embed_file(
                bytes="\n".join(self._whole).encode(),
                basename=ATTACHED,
                mime_type="text/plain",
                associated_file_relationship=AssociatedFileRelationship.ALTERNATIVE.value,
            )

    def say(
        self,
        text: str,
        *,
        size: float = 10,
        colour: tuple[int, int, int] = INK,
        strong: bool = False,
    ) -> None:
        """A paragraph, and below it which of its letters can't be drawn."""
        self._whole.append(text)
        drawable = letters.drawable(text)
        self._paragraphs(drawable.text, size=size, colour=colour, strong=strong)
        if drawable.undrawn:
            self.undrawn += len(drawable.undrawn)
            self._paragraphs(_untold(drawable), size=8, colour=WARN)

    def _paragraphs(
        self, text: str, *, size: float, colour: tuple[int, int, int], strong: bool = False
    ) -> None:
        pdf = self.pdf
        pdf.set_font("inter", size=size)
        pdf.set_text_color(*colour)
        pdf.set_draw_color(*colour)
        pdf.set_line_width(0.1 * size / 10)
        pdf.text_mode = TextMode.FILL_STROKE if strong else TextMode.FILL
        for line in text.split("\n"):
            pdf.set_text_shaping(_is_shaped(line))
            pdf.multi_cell(
                0,
                size * LINE * MM_PER_POINT,
                line,
                align="R" if _is_from_the_right(line) else "L",
                new_x=XPos.LMARGIN,
                new_y=YPos.NEXT,
            )
        pdf.set_text_shaping(False)
        pdf.text_mode = TextMode.FILL

    def _said(self, said: Said) -> None:
        self.say(f"{said.author} · {said.at}", size=8.5, colour=QUIET)
        self.say(said.words)
        self._attached(said.attached)

    def _attached(self, pictures: Sequence[Picture]) -> None:
        """Small, side by side, as many in a row as fit."""
        pdf, (wide, high) = self.pdf, ATTACHED_PICTURE
        shown = [(each, each.path) for each in pictures if each.path is not None]
        if not shown:
            return
        pdf.ln(1)
        in_a_row = int((pdf.w - pdf.l_margin - MARGIN + GAP) // (wide + GAP))
        for start in range(0, len(shown), in_a_row):
            if pdf.will_page_break(high):
                pdf.add_page()
            top = pdf.get_y()
            row = shown[start : start + in_a_row]
            sizes = [_size(path, ATTACHED_PICTURE) for _each, path in row]
            for place, ((each, path), (width, height)) in enumerate(zip(row, sizes, strict=True)):
                described = letters.drawable(each.described).text
                left = pdf.l_margin + place * (wide + GAP)
                pdf.image(path, x=left, y=top, w=width, h=height, alt_text=described)
            pdf.set_xy(pdf.l_margin, top + max(height for _width, height in sizes) + GAP / 2)

    def _picture(self, picture: Picture) -> None:
        if picture.path is None:
            self.missing += 1
            self.say(_("This frame couldn't be decoded, so its picture is missing."), size=8.5, colour=WARN)
            return
        width, height = _size(picture.path)
        described = letters.drawable(picture.described).text
        self.pdf.image(picture.path, x=MARGIN, w=width, h=height, alt_text=described)
        self.pdf.ln(1.5)

    def _section(self, name: str) -> None:
        self.pdf.start_section(letters.drawable(name).text)

    def _rule(self) -> None:
        pdf = self.pdf
        pdf.set_draw_color(*RULE)
        pdf.set_line_width(0.2)
        pdf.line(MARGIN, pdf.get_y(), MARGIN + WIDTH, pdf.get_y())
        pdf.ln(3)

    def _keep_together(self, thread: Thread) -> None:
        """On another page, if its head with its picture and some words doesn't fit on this one."""
        path = thread.picture.path if thread.picture is not None else None
        if self.pdf.will_page_break(30 + (_size(path)[1] if path is not None else 0)):
            self.pdf.add_page()


def _size(path: Path, most: tuple[float, float] = PICTURE) -> tuple[float, float]:
    """How wide and high a picture stands on the page, in mm."""
    with Image.open(path) as made:
        scale = min(most[0] / made.width, most[1] / made.height)
        return made.width * scale, made.height * scale


def _untold(drawable: Drawable) -> str:
    """Which letters are missing, and where they are."""
    named = dict.fromkeys(f"U+{ord(letter):04X}" for letter in drawable.undrawn)
    listed = ", ".join([*named][:MOST_NAMED]) + ("…" if len(named) > MOST_NAMED else "")
    count = len(drawable.undrawn)
    said = ngettext(
        "%(count)s character can't be shown in this PDF: %(listed)s. The file %(file)s, attached to this "
        "PDF, has the whole text.",
        "%(count)s characters can't be shown in this PDF: %(listed)s. The file %(file)s, attached to this "
        "PDF, has the whole text.",
        count,
    )
    return said % {"count": number(count), "listed": listed, "file": ATTACHED}


def _is_shaped(line: str) -> bool:
    """Whether its letters change with those beside them, or don't stand in the order in which they are read.

    Others are drawn without asking how, which takes a tenth of the time.
    """
    return not line.isascii() and any(
        unicodedata.bidirectional(letter) in ("R", "AL", "AN") or unicodedata.category(letter) == "Mn"
        for letter in line
    )


def _is_from_the_right(line: str) -> bool:
    """Whether its first letter that has a direction is of a script that is read from the right."""
    for letter in line:
        direction = unicodedata.bidirectional(letter)
        if direction in ("R", "AL"):
            return True
        if direction == "L":
            return False
    return False


def _fitting(pdf: FPDF, text: str, width: float) -> str:
    """As much of the text as fits, in mm."""
    if pdf.get_string_width(text) <= width:
        return text
    while text and pdf.get_string_width(text + "…") > width:
        text = text[: -max(1, len(text) // 20)]
    return text + "…"
