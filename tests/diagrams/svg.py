"""The few shapes that the diagrams are made of. Numbers are rounded: every machine writes the same file."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

Point = tuple[float, float]

# Middle tones that stand out on white and on black alike; the fill is the same colour, thinned.
HUES = (
    "#3b82c4",
    "#c2713b",
    "#3f9a6d",
    "#b3549a",
    "#8a7a2e",
    "#7a68c7",
    "#c0565b",
    "#3a98a3",
    "#6d8f3a",
    "#a2683f",
)
STYLE = """
    :root { --paper: #ffffff; --ink: #1c2024; --soft: #5c646d; --box: #ffffff; --line: #d5d9de; }
    @media (prefers-color-scheme: dark) {
      :root { --paper: #15181b; --ink: #eceef0; --soft: #a0a8b0; --box: #1e2226; --line: #3a4046; }
    }
    text { font: 12px ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; fill: var(--ink); }
    .title { font: 700 20px system-ui, sans-serif; }
    .name { font-weight: 700; font-size: 13px; }
    .soft { fill: var(--soft); }
    .paper { fill: var(--paper); }
    .box { fill: var(--box); stroke-width: 1.25; }
    .tint { fill-opacity: 0.14; stroke-opacity: 0.55; }
    .arrow { fill: none; stroke-width: 1.5; stroke-opacity: 0.8; }
    .rule { stroke: var(--line); }
"""


@dataclass(frozen=True)
class Rect:
    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def bottom(self) -> float:
        return self.y + self.height

    @property
    def middle(self) -> float:
        return self.x + self.width / 2


def hue(index: int) -> str:
    return HUES[index % len(HUES)]


def document(*, width: float, height: float, title: str, words: str, parts: Sequence[str]) -> str:
    """A whole picture; `words` says under the title how to read it."""
    markers = [
        f'<marker id="head{index}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" '
        f'orient="auto-start-reverse"><path d="M0 0.5 L8 4 L0 7.5 z" fill="{colour}"/></marker>'
        for index, colour in enumerate(HUES)
    ]
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_n(width)} {_n(height)}" '
            f'width="{_n(width)}" height="{_n(height)}" role="img" aria-label="{escape(title)}">',
            f"<title>{escape(title)}</title>",
            f"<style>{STYLE}</style>",
            f"<defs>{''.join(markers)}</defs>",
            '<rect class="paper" width="100%" height="100%"/>',
            text(24, 36, title, style="title"),
            text(24, 58, words, style="soft"),
            *parts,
            "</svg>\n",
        ]
    )


def text(x: float, y: float, words: str, *, style: str = "", anchor: str = "start") -> str:
    return f'<text x="{_n(x)}" y="{_n(y)}" class="{style}" text-anchor="{anchor}">{escape(words)}</text>'


def box(rect: Rect, *, colour: int, style: str = "box", radius: float = 6) -> str:
    fill = f' fill="{hue(colour)}"' if style == "tint" else ""
    return (
        f'<rect class="{style}" x="{_n(rect.x)}" y="{_n(rect.y)}" width="{_n(rect.width)}" '
        f'height="{_n(rect.height)}" rx="{_n(radius)}" stroke="{hue(colour)}"{fill}/>'
    )


def rule(x: float, right: float, y: float) -> str:
    return f'<line class="rule" x1="{_n(x)}" y1="{_n(y)}" x2="{_n(right)}" y2="{_n(y)}"/>'


def arrow(points: Sequence[Point], *, colour: int, upright: bool = False) -> str:
    """A smooth line through `points` with a head at the end; `upright` leaves each point vertically."""
    path = [f"M{_n(points[0][0])} {_n(points[0][1])}"]
    for (x1, y1), (x2, y2) in itertools.pairwise(points):
        if upright:
            middle = (y1 + y2) / 2
            path.append(f"C{_n(x1)} {_n(middle)} {_n(x2)} {_n(middle)} {_n(x2)} {_n(y2)}")
        else:
            middle = (x1 + x2) / 2
            path.append(f"C{_n(middle)} {_n(y1)} {_n(middle)} {_n(y2)} {_n(x2)} {_n(y2)}")
    return _line(" ".join(path), colour)


def bow(start: Point, end: Point, *, colour: int, reach: float) -> str:
    """An arrow between two points one above the other, bent `reach` to the right."""
    (x1, y1), (x2, y2) = start, end
    path = f"M{_n(x1)} {_n(y1)} C{_n(x1 + reach)} {_n(y1)} {_n(x2 + reach)} {_n(y2)} {_n(x2)} {_n(y2)}"
    return _line(path, colour)


def _line(path: str, colour: int) -> str:
    index = colour % len(HUES)
    return f'<path class="arrow" d="{path}" stroke="{hue(index)}" marker-end="url(#head{index})"/>'


def _n(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")
