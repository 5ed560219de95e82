"""How the pages of a summary look: headings, facts, tables. With comment_pdfs.document the importer of fpdf2.

What people wrote is drawn letter by letter, never read as markup, an address or a command.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from fpdf import FPDF
from fpdf.enums import TextMode, XPos, YPos
from fpdf.fonts import FontFace

from provenance.comment_pdfs import letters

Colour = tuple[int, int, int]
MARGIN = 20.0  # mm, as all lengths here
WIDTH = 210.0 - 2 * MARGIN
LABEL = 42.0  # of a fact's name; beside it any SHA-256 stands in one line
MM_PER_POINT = 0.3528
LINE = 1.4  # of the size of letters
INK, QUIET, RULE, PAPER = (24, 24, 27), (95, 95, 104), (218, 218, 223), (245, 245, 247)
TONES: dict[str, tuple[Colour, Colour]] = {  # of a bar, and behind its words
    "ok": ((22, 128, 84), (235, 247, 241)),
    "warn": ((180, 95, 6), (253, 244, 231)),
    "bad": ((190, 30, 45), (253, 236, 238)),
}


class Pages(FPDF):
    """With what it is about and the page's number at the foot of each page."""

    foot = ""

    def footer(self) -> None:
        self.set_y(-MARGIN + 5)
        self.set_draw_color(*RULE)
        self.set_line_width(0.2)
        self.line(MARGIN, self.get_y() - 1.5, MARGIN + WIDTH, self.get_y() - 1.5)
        self.set_font("inter", size=7.5)
        self.set_text_color(*QUIET)
        page = _("Page %(number)s") % {"number": self.page_no()}
        wide = self.get_string_width(page) + 4
        self.set_x(MARGIN)
        self.cell(WIDTH - wide, 5, self.foot)
        self.cell(wide, 5, page, align="R")


class Sheet:
    """Pages that grow from top to bottom."""

    def __init__(self, *, title: str, foot: str, language: str, at: datetime) -> None:
        self.pdf = pdf = Pages(format="A4")
        pdf.alias_nb_pages("")  # else words of somebody could stand for it
        pdf.set_lang(language)
        pdf.set_creator("Reelproof")
        pdf.set_creation_date(at)
        pdf.set_title(title)
        pdf.set_margins(MARGIN, MARGIN)
        pdf.c_margin = 0
        pdf.set_auto_page_break(auto=True, margin=MARGIN + 2)
        pdf.add_font("inter", fname=letters.INTER)
        pdf.add_font("dejavu", fname=letters.DEJAVU)
        pdf.set_fallback_fonts(["dejavu"])
        pdf.set_font("inter", size=10)
        pdf.foot = drawn(foot)
        pdf.add_page()
        self._sections = 0

    def save(self, out: Path) -> None:
        self.pdf.output(out)

    def overline(self, text: str) -> None:
        self.say(text.upper(), size=8.5, colour=QUIET, strong=True)
        self.pdf.ln(1)

    def title(self, text: str, below: str) -> None:
        self.say(text, size=22, strong=True)
        self.say(below, size=10.5, colour=QUIET)
        self.pdf.ln(5)

    def heading(self, text: str) -> None:
        """A section with its number, which is also in the PDF's outline."""
        pdf = self.pdf
        self._sections += 1
        # What stands before the first is a page of its own.
        if self._sections == 1 or pdf.will_page_break(42):
            pdf.add_page()
        else:
            pdf.ln(6)
        numbered = f"{self._sections}  {text}"
        pdf.start_section(drawn(numbered))
        self.say(numbered, size=14, strong=True)
        pdf.set_draw_color(*INK)
        pdf.set_line_width(0.35)
        pdf.line(MARGIN, pdf.get_y() + 1.2, MARGIN + WIDTH, pdf.get_y() + 1.2)
        pdf.ln(4)

    def subheading(self, text: str) -> None:
        if self.pdf.will_page_break(26):
            self.pdf.add_page()
        self.pdf.ln(2)
        self.say(text, size=10.5, strong=True)
        self.pdf.ln(1)

    def say(self, text: str, *, size: float = 9.5, colour: Colour = INK, strong: bool = False) -> None:
        pdf = self.pdf
        pdf.set_font("inter", size=size)
        pdf.set_text_color(*colour)
        pdf.set_draw_color(*colour)
        pdf.set_line_width(0.1 * size / 10)
        pdf.text_mode = TextMode.FILL_STROKE if strong else TextMode.FILL
        height = size * LINE * MM_PER_POINT
        pdf.multi_cell(0, height, drawn(text), align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        pdf.text_mode = TextMode.FILL

    def note(self, text: str) -> None:
        self.pdf.ln(0.5)
        self.say(text, size=8.5, colour=QUIET)
        self.pdf.ln(1)

    def code(self, picture: bytes, words: str, *, described: str) -> None:
        """A QR code with what it leads to beside it."""
        pdf, side = self.pdf, 26.0
        if pdf.will_page_break(side + 4):
            pdf.add_page()
        top = pdf.get_y() + 1
        pdf.image(picture, x=MARGIN, y=top, w=side, h=side, alt_text=described)
        pdf.set_left_margin(MARGIN + side + 4)
        pdf.set_xy(MARGIN + side + 4, top + 3)
        self.say(words, size=9)
        pdf.set_margins(MARGIN, MARGIN)
        pdf.set_xy(MARGIN, top + side + 3)

    def banner(self, tone: str, strong: str, text: str) -> None:
        """What matters most, with a bar of its colour at the side."""
        pdf, (bar, behind) = self.pdf, TONES[tone]
        pdf.set_font("inter", size=9.5)
        inner = WIDTH - 10
        high = 7 + (self._high(text, 4.7, inner) if text else 0)
        pdf.set_font("inter", size=12)
        high += self._high(strong, 6, inner)
        if pdf.will_page_break(high):
            pdf.add_page()
        top = pdf.get_y()
        pdf.set_fill_color(*behind)
        pdf.rect(MARGIN, top, WIDTH, high, style="F")
        pdf.set_fill_color(*bar)
        pdf.rect(MARGIN, top, 1.6, high, style="F")
        pdf.set_fill_color(255)  # else every cell of a table has it, too
        pdf.set_left_margin(MARGIN + 6)
        pdf.set_right_margin(MARGIN + 4)
        pdf.set_xy(MARGIN + 6, top + 3.2)
        self.say(strong, size=12, strong=True, colour=bar)
        if text:
            self.say(text)
        pdf.set_margins(MARGIN, MARGIN)
        pdf.set_xy(MARGIN, top + high + 4)

    def _high(self, text: str, line: float, width: float) -> float:
        """How high a text stands in the font that is set."""
        lines: Any = self.pdf.multi_cell(width, line, drawn(text), dry_run=True, output="LINES")
        return line * len(lines)

    def facts(self, rows: Iterable[tuple[str, str]]) -> None:
        """Names and what they are, side by side; empty ones are left out."""
        told = [(label, value) for label, value in rows if value]
        self.pdf.ln(1)
        if told:
            self._table(told, widths=(LABEL, WIDTH - LABEL), head=None, size=8.5)
            self.pdf.ln(2)

    def table(
        self,
        head: Sequence[str],
        rows: Iterable[Sequence[str]],
        *,
        widths: Sequence[float],
        size: float = 8,
    ) -> None:
        """`widths` are parts of the page's width."""
        whole = sum(widths)
        self._table(rows, widths=[WIDTH * each / whole for each in widths], head=head, size=size)
        self.pdf.ln(2)

    def _table(
        self,
        rows: Iterable[Sequence[str]],
        *,
        widths: Sequence[float],
        head: Sequence[str] | None,
        size: float,
    ) -> None:
        pdf = self.pdf
        pdf.set_font("inter", size=size)
        pdf.set_text_color(*INK)
        pdf.set_draw_color(*RULE)
        pdf.set_line_width(0.2)
        quiet = FontFace(color=QUIET)
        with pdf.table(
            col_widths=tuple(widths),
            width=WIDTH,
            align="LEFT",
            text_align="LEFT",
            v_align="TOP",
            borders_layout="HORIZONTAL_LINES",
            first_row_as_headings=head is not None,
            headings_style=FontFace(color=QUIET, fill_color=PAPER),
            line_height=size * LINE * MM_PER_POINT,
            padding=(1.3, 2, 1.3, 0 if head is None else 1.5),
        ) as table:
            if head is not None:
                row = table.row()
                for each in head:
                    row.cell(drawn(each))
            for cells in rows:
                row = table.row()
                for place, each in enumerate(cells):
                    row.cell(drawn(each), style=quiet if head is None and not place else None)


def drawn(text: str) -> str:
    """As the fonts can draw it."""
    return letters.drawable(text).text
