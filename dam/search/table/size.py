"""Search fields: how large a clip is."""

from dam.core.lazily import lazy
from dam.search.search_field import Combine, Kind, SearchField
from dam.search.units import PIXELS, SIZE

FIELDS = (
    SearchField(
        name="width",
        title=lazy("Width"),
        column="{shown}__width",
        kind=Kind.NUMBER,
        unit=PIXELS,
        combine=Combine.EVERY,
        facet=False,
        icon="ruler",
        chip=lazy("width {}"),
        excluded_chip=lazy("width not {}"),
        examples=(">=1920", "1080"),
        takes=lazy("pixels or a range, such as >=1920 or 640..1280"),
    ),
    SearchField(
        name="height",
        title=lazy("Height"),
        column="{shown}__height",
        kind=Kind.NUMBER,
        unit=PIXELS,
        combine=Combine.EVERY,
        facet=False,
        icon="ruler",
        chip=lazy("height {}"),
        excluded_chip=lazy("height not {}"),
        examples=(">=1080", "720"),
        takes=lazy("pixels or a range, such as >=1080 or 720..1080"),
    ),
    SearchField(
        name="size",
        title=lazy("File size"),
        column="{shown}__size",
        kind=Kind.NUMBER,
        unit=SIZE,
        combine=Combine.EVERY,
        facet=False,
        icon="hard-drive",
        examples=(">100MB", "1GB..2GB"),
        takes=lazy("a file size or a range, such as >100MB or 1GB..2GB"),
    ),
)
