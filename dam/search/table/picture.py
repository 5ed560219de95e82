"""Search fields: what is seen and heard of a clip."""

from dam.catalog.facts import Aspect, Resolution
from dam.core.lazily import lazy
from dam.media.colours import Colour
from dam.search.choice_titles import COLOURS
from dam.search.search_field import NO, YES, Combine, Kind, SearchField
from dam.search.units import LENGTH, RATE

FIELDS = (
    SearchField(
        name="duration",
        aliases=("length",),
        title=lazy("Length"),
        column="{shown}__duration_ms",
        kind=Kind.NUMBER,
        unit=LENGTH,
        choices=(
            ("<5s", lazy("Under 5 s")),
            ("5s..15s", lazy("5 to 15 s")),
            ("15s..60s", lazy("15 to 60 s")),
            (">60s", lazy("Over a minute")),
        ),
        combine=Combine.EVERY,
        icon="clock",
        examples=(">10s", "5-15", "1:30"),
        takes=lazy("a length or a range, such as >10s, 5-15 or 1:30"),
    ),
    SearchField(
        name="aspect",
        aliases=("ratio",),
        title=lazy("Aspect ratio"),
        column="{shown}__aspect",
        kind=Kind.CHOICE,
        choices=tuple(Aspect.choices),
        synonyms={
            "landscape": Aspect.WIDE,
            "wide": Aspect.WIDE,
            "portrait": Aspect.TALL,
            "vertical": Aspect.TALL,
            "square": Aspect.SQUARE,
        },
        icon="ratio",
    ),
    SearchField(
        name="resolution",
        title=lazy("Resolution"),
        column="{shown}__resolution",
        kind=Kind.CHOICE,
        choices=tuple(Resolution.choices),
        synonyms={
            "720p": Resolution.HD,
            "1080p": Resolution.FULL_HD,
            "fhd": Resolution.FULL_HD,
            "fullhd": Resolution.FULL_HD,
            "2160p": Resolution.UHD,
            "uhd": Resolution.UHD,
        },
    ),
    SearchField(
        name="fps",
        title=lazy("Frame rate"),
        column="{shown}__frame_rate",
        kind=Kind.NUMBER,
        unit=RATE,
        choices=(
            ("23.976", "23.976"),
            ("24", "24"),
            ("25", "25"),
            ("29.97", "29.97"),
            ("30", "30"),
            (">=48", lazy("48 and more")),
        ),
        combine=Combine.EVERY,
        chip=lazy("{} fps"),
        excluded_chip=lazy("not {} fps"),
        examples=("25", "23.976", ">=50"),
        takes=lazy("frames per second or a range, such as 25, 23.976 or >=50"),
    ),
    SearchField(
        name="colour",
        aliases=("color",),
        title=lazy("Colour"),
        column="{shown}__colours",
        lookups=("{shown}__colours__contains",),
        kind=Kind.CHOICE,
        choices=tuple((colour.value, COLOURS[colour]) for colour in Colour),
        synonyms={
            "gray": Colour.GREY,
            "cyan": Colour.TEAL,
            "turquoise": Colour.TEAL,
            "violet": Colour.PURPLE,
        },
        combine=Combine.EVERY,
        array=True,
        icon="palette",
    ),
    SearchField(
        name="sound",
        title=lazy("Sound"),
        column="{shown}__has_sound",
        kind=Kind.FLAG,
        choices=((YES, lazy("With sound")), (NO, lazy("Without sound"))),
        icon="volume-2",
    ),
)
