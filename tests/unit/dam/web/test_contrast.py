"""WCAG 2.2 AA, computed from the tokens: 4.5:1 for text, 3:1 for the edges of controls."""

import math
import re
from pathlib import Path

import pytest
from django.conf import settings

CSS = (Path(settings.BASE_DIR) / "dam/static/dam/css/tokens.css").read_text()
OKLCH = r"oklch\(([\d.]+) ([\d.]+) ([^)/]+?)\)"
Colour = tuple[float, float, str]
SURFACES = ("bg", "surface", "raised", "sunken")
INKS = ("ink", "ink-2", "ink-3", "accent", "ok", "warn", "bad", "info", "ai")
TONES = ("ok", "warn", "bad", "info", "ai")


def tokens(mode: int) -> dict[str, Colour]:
    """The colours of light (0) or dark (1): lightness, chroma and hue, which may name another token."""
    pairs = re.findall(
        r"--([a-z0-9-]+): light-dark\(oklch\(([^)]*?(?:\([^)]*\))?[^)]*?)\), oklch\((.*?)\)\);", CSS
    )
    read = {}
    for name, *modes in pairs:
        lightness, chroma, hue = modes[mode].split(" ", 2)
        read[name] = (float(lightness), float(chroma), hue)
    return read


def luminance(colour: Colour, *, hue: float) -> float:
    """Relative luminance of a colour, cut to what sRGB can show; `hue` is the brand's."""
    lightness, chroma, angle = colour
    named = {"var(--hue)": hue, "var(--neutral-hue)": 262.0}
    radians = math.radians(named[angle] if angle in named else float(angle))
    a, b = chroma * math.cos(radians), chroma * math.sin(radians)
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    red = 4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short
    green = -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short
    blue = -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short
    red, green, blue = (min(1.0, max(0.0, channel)) for channel in (red, green, blue))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: Colour, other: Colour, *, hue: float) -> float:
    low, high = sorted((luminance(one, hue=hue), luminance(other, hue=hue)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("mode", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("hue", range(0, 360, 15))
def test_text_can_be_read_on_every_surface(mode: int, hue: int) -> None:
    known = tokens(mode)
    pairs = [(ink, surface) for ink in INKS for surface in SURFACES]
    pairs += [(tone, f"{tone}-soft") for tone in TONES]
    pairs += [("on-accent", "accent"), ("on-accent", "accent-strong"), ("accent-strong", "accent-soft")]
    weak = {pair: contrast(known[pair[0]], known[pair[1]], hue=hue) for pair in pairs}
    assert {pair: round(ratio, 2) for pair, ratio in weak.items() if ratio < 4.5} == {}


@pytest.mark.parametrize("mode", [0, 1], ids=["light", "dark"])
def test_the_edge_of_a_control_can_be_seen(mode: int) -> None:
    known = tokens(mode)
    ratios = {name: contrast(known["line-strong"], known[name], hue=255) for name in SURFACES}
    assert {name: round(ratio, 2) for name, ratio in ratios.items() if ratio < 3} == {}
