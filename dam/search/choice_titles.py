"""What the choices of search fields are called, where the model behind them doesn't say."""

from dam.core.lazily import lazy
from dam.media.colours import Colour
from dam.rights.policy import Use

COLOURS = {
    Colour.RED: lazy("Red"),
    Colour.ORANGE: lazy("Orange"),
    Colour.YELLOW: lazy("Yellow"),
    Colour.GREEN: lazy("Green"),
    Colour.TEAL: lazy("Teal"),
    Colour.BLUE: lazy("Blue"),
    Colour.PURPLE: lazy("Purple"),
    Colour.PINK: lazy("Pink"),
    Colour.BROWN: lazy("Brown"),
    Colour.BLACK: lazy("Black"),
    Colour.GREY: lazy("Grey"),
    Colour.WHITE: lazy("White"),
}
USES = {
    Use.INTERNAL: lazy("Internal"),
    Use.WEB: lazy("Web"),
    Use.SOCIAL: lazy("Social"),
    Use.BROADCAST: lazy("Broadcast"),
    Use.PAID_ADVERTISING: lazy("Paid advertising"),
    Use.OUT_OF_HOME: lazy("Out of home"),
}
