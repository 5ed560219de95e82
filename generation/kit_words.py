"""What a brand's kit adds to prompts, and the colours and shapes that its people work with. Pure."""

import re
import unicodedata
from collections.abc import Container, Iterable
from dataclasses import dataclass
from math import gcd

from dam.core import errors
from dam.core.language import gettext as _

LONGEST_WORDS = 300  # characters of what is added before a prompt, and of what is added after it
LONGEST_NEGATIVE = 500
LONGEST_NAME = 40
MOST_COLOURS, MOST_PRESETS = 24, 12
MOST_SIDE = 100_000
WIDEST = 20  # times as wide as high, or the other way round
SHAPES = {(16, 9): "16:9", (9, 16): "9:16", (1, 1): "1:1", (4, 3): "4:3", (3, 4): "3:4"}
_CLOSES = frozenset(",.;:!?)…、。，；：！？")  # a suffix that begins so follows the prompt at once
_COLOUR = re.compile(r"(?P<name>.*\S)\s+#?(?P<hex>[0-9a-fA-F]{6}|[0-9a-fA-F]{3})")
_SHAPE = re.compile(r"(?P<name>.*\S)\s+(?P<width>[0-9]{1,6})\s*[:x×]\s*(?P<height>[0-9]{1,6})")
# Embeddings, overrides and isolates: they make a text read differently from what it says.
_TURNING = frozenset(map(chr, (*range(0x202A, 0x202F), *range(0x2066, 0x206A))))


class KitRefused(errors.Refused):
    """The kit can't be kept like this; `field` says what is wrong with, if it is one."""

    code = "brand_kit_refused"

    def __init__(self, message: str, *, field: str = "") -> None:
        self.field = field
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class KitWords:
    """The words that go along with a prompt, as they were in this revision of the kit."""

    prefix: str = ""
    suffix: str = ""
    negative: str = ""
    revision: int = 0

    @property
    def adds(self) -> bool:
        return bool(self.prefix or self.suffix or self.negative)

    @property
    def length(self) -> int:
        """How many characters of a prompt are the kit's."""
        return len("".join(self.parts("")))

    def parts(self, typed: str) -> tuple[str, str, str]:
        """What stands before the typed words, they themselves, and what stands after them.

        >>> KitWords(prefix="Product shot of", suffix=", warm light").parts("a red ball")
        ('Product shot of ', 'a red ball', ', warm light')
        """
        glue = "" if not self.suffix or self.suffix[0] in _CLOSES else " "
        return f"{self.prefix} " if self.prefix else "", typed, glue + self.suffix

    def around(self, typed: str) -> str:
        """The prompt as the model gets it."""
        return "".join(self.parts(typed))

    def same_as(self, other: "KitWords") -> bool:
        """Whether they add the same, whatever else of the kit was changed."""
        return (self.prefix, self.suffix, self.negative) == (other.prefix, other.suffix, other.negative)


@dataclass(frozen=True, slots=True)
class Colour:
    name: str
    hex: str  # as #rrggbb

    def __str__(self) -> str:
        return f"{self.name} {self.hex}"


@dataclass(frozen=True, slots=True)
class Preset:
    """A shape under the name that people know it by: width by height, in pixels or as a ratio."""

    name: str
    width: int
    height: int

    def __str__(self) -> str:
        mark = ":" if max(self.width, self.height) < 100 else " × "
        return f"{self.name} {self.width}{mark}{self.height}"

    @property
    def ratio(self) -> tuple[int, int]:
        return ratio(self.width, self.height)


def ratio(width: int, height: int) -> tuple[int, int]:
    common = gcd(width, height)
    return width // common, height // common


def shape_name(width: int, height: int) -> str:
    return SHAPES.get(ratio(width, height), f"{width} × {height}")


def one_line(text: str) -> str:
    """As prompts are kept: one line, NFC."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def hidden_in(line: str) -> str:
    """The first character that nobody sees, or that makes a text read differently; empty if there is none.

    Joiners may stay, of which emoji and several scripts are made.
    """
    return next((c for c in line if unicodedata.category(c) in ("Cc", "Cs", "Co") or c in _TURNING), "")


def words(text: str, *, field: str, most: int) -> str:
    """What is added to prompts, cleaned. Raises KitRefused."""
    line = one_line(text)
    if len(line) > most:
        raise KitRefused(
            _("Enter at most %(most)s characters. This has %(length)s.")
            % {"most": most, "length": len(line)},
            field=field,
        )
    _require_visible(line, field)
    return line


def colours(lines: Iterable[str]) -> tuple[Colour, ...]:
    """One on each line: a name and its colour in hex. Raises KitRefused.

    >>> colours(["Sunrise FF7A00", "Ink #123"])
    (Colour(name='Sunrise', hex='#ff7a00'), Colour(name='Ink', hex='#112233'))
    """
    found: dict[str, Colour] = {}
    for line in filter(None, map(one_line, lines)):
        written = _COLOUR.fullmatch(line)
        if written is None:
            raise KitRefused(
                _("“%(line)s” isn't a name and a colour. Write it like “Sunrise #ff7a00”.")
                % {"line": _short(line)},
                field="palette",
            )
        digits = written["hex"].lower()
        digits = digits if len(digits) == 6 else "".join(digit * 2 for digit in digits)
        name = _name(written["name"], "palette", found)
        found[name.casefold()] = Colour(name, f"#{digits}")
    if len(found) > MOST_COLOURS:
        raise KitRefused(_("A palette can have %(most)s colours.") % {"most": MOST_COLOURS}, field="palette")
    return tuple(found.values())


def presets(lines: Iterable[str]) -> tuple[Preset, ...]:
    """One on each line: a name and a shape. Raises KitRefused.

    >>> presets(["Reels 9:16", "Banner 970x250"])
    (Preset(name='Reels', width=9, height=16), Preset(name='Banner', width=970, height=250))
    """
    found: dict[str, Preset] = {}
    for line in filter(None, map(one_line, lines)):
        written = _SHAPE.fullmatch(line)
        width, height = (int(written["width"]), int(written["height"])) if written else (0, 0)
        if written is None or not (0 < width <= MOST_SIDE and 0 < height <= MOST_SIDE):
            raise KitRefused(
                _("“%(line)s” isn't a name and a shape. Write it like “Reels 9:16” or “Banner 970x250”.")
                % {"line": _short(line)},
                field="presets",
            )
        if max(width, height) > WIDEST * min(width, height):
            raise KitRefused(
                _("“%(line)s” is more than %(most)s times as long as wide.")
                % {"line": _short(line), "most": WIDEST},
                field="presets",
            )
        preset = Preset(_name(written["name"], "presets", found), width, height)
        alike = next((each for each in found.values() if each.ratio == preset.ratio), None)
        if alike is not None:
            raise KitRefused(
                _("“%(one)s” and “%(other)s” have the same shape. Put both names on one line.")
                % {"one": alike.name, "other": preset.name},
                field="presets",
            )
        found[preset.name.casefold()] = preset
    if len(found) > MOST_PRESETS:
        raise KitRefused(_("A brand kit can have %(most)s shapes.") % {"most": MOST_PRESETS}, field="presets")
    return tuple(found.values())


def _name(name: str, field: str, taken: Container[str]) -> str:
    _require_visible(name, field)
    if len(name) > LONGEST_NAME:
        raise KitRefused(
            _("Names can have %(most)s characters: “%(name)s” has more.")
            % {"most": LONGEST_NAME, "name": _short(name)},
            field=field,
        )
    if name.casefold() in taken:
        raise KitRefused(_("“%(name)s” is there twice.") % {"name": name}, field=field)
    return name


def _require_visible(line: str, field: str) -> None:
    if hidden := hidden_in(line):
        raise KitRefused(
            _("This contains an invisible character (U+%(hidden)s). Type it again.")
            % {"hidden": f"{ord(hidden):04X}"},
            field=field,
        )


def _short(line: str) -> str:
    visible = "".join(letter for letter in line if not hidden_in(letter))
    return visible if len(visible) <= 60 else f"{visible[:59]}…"
