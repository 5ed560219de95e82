"""The brand's accent for mails, in the sRGB that mail programs know. Pure.

The same lightness and chroma as --accent and --on-accent in tokens.css, so the same contrast.
"""

import math
from dataclasses import dataclass

STANDARD_HUE = 255


@dataclass(frozen=True)
class Accent:
    """Colours as #rrggbb, of the light mail and of the dark one."""

    light: str
    on_light: str
    dark: str
    on_dark: str


def accent(hue: float) -> Accent:
    """`hue` in degrees of OKLCH.

    >>> accent(255)
    Accent(light='#0961bb', on_light='#ffffff', dark='#7cb4fc', on_dark='#08121f')
    """
    return Accent(
        light=hexadecimal(0.5, 0.16, hue),
        on_light=hexadecimal(1, 0, hue),
        dark=hexadecimal(0.76, 0.12, hue),
        on_dark=hexadecimal(0.18, 0.03, hue),
    )


def hexadecimal(lightness: float, chroma: float, hue: float) -> str:
    """A colour of OKLCH as #rrggbb, cut to what sRGB can show."""
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    linear = (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )
    return "#" + "".join(f"{round(255 * _encoded(channel)):02x}" for channel in linear)


def _encoded(channel: float) -> float:
    cut = min(1.0, max(0.0, channel))
    return 12.92 * cut if cut <= 0.0031308 else 1.055 * cut ** (1 / 2.4) - 0.055
