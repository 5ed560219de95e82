"""Ready-made sets of fields, which a brand can begin with: the only list (SETS, at the end).

Names and help are said in the language of the brand that a set is added to (adding_sets); search names are
the same in all, so that files and searches go from one brand to another. To offer another set, add it here.
"""

from dataclasses import dataclass

from dam.catalog.models import AssetKind
from dam.core.lazily import lazy
from dam.custom_fields.definitions import Kind

SEEN = frozenset({AssetKind.VIDEO.value, AssetKind.STILL.value})  # what there is to look at
HEARD = frozenset({AssetKind.VIDEO.value, AssetKind.SOUND.value})  # what can have sound


@dataclass(frozen=True)
class ReadyOption:
    key: str
    label: str


@dataclass(frozen=True)
class ReadyField:
    key: str  # as typed in searches, in every language
    title: str
    kind: Kind
    help: str = ""
    options: tuple[ReadyOption, ...] = ()
    clip_kinds: frozenset[str] = frozenset()  # none for clips of every kind


@dataclass(frozen=True)
class FieldSet:
    name: str  # in addresses and on the command line
    title: str
    help: str
    icon: str
    fields: tuple[ReadyField, ...]


def _options(**labels: str) -> tuple[ReadyOption, ...]:
    return tuple(ReadyOption(key, label) for key, label in labels.items())


SETS = (
    FieldSet(
        "campaign",
        lazy("Campaign"),
        lazy("What a clip was made for, where and when it runs, and who pays for it."),
        "megaphone",
        (
            ReadyField("campaign", lazy("Campaign"), Kind.TEXT, lazy("As the brief calls it.")),
            ReadyField("market", lazy("Market"), Kind.TEXT, lazy("The country or region it's made for.")),
            ReadyField("flight_start", lazy("Flight start"), Kind.DATE, lazy("The first day it runs.")),
            ReadyField("flight_end", lazy("Flight end"), Kind.DATE, lazy("The last day it runs.")),
            ReadyField("budget_owner", lazy("Budget owner"), Kind.PERSON),
        ),
    ),
    FieldSet(
        "talent",
        lazy("Talent and consents"),
        lazy("Who can be seen or heard, and until when they agreed to it."),
        "users",
        (
            ReadyField(
                "performers", lazy("Performers"), Kind.TEXT, lazy("Everyone who can be recognised or heard.")
            ),
            ReadyField(
                "release_on_file",
                lazy("Talent release on file"),
                Kind.YES_NO,
                lazy("Whether a signed release of everyone is there."),
            ),
            ReadyField(
                "release_until",
                lazy("Talent release until"),
                Kind.DATE,
                lazy("The last day of the release that ends first."),
            ),
        ),
    ),
    FieldSet(
        "product",
        lazy("Product shot"),
        lazy("Which product is shown, and which variant of it."),
        "package",
        (
            ReadyField("product", lazy("Product"), Kind.TEXT, clip_kinds=SEEN),
            ReadyField("sku", lazy("SKU"), Kind.TEXT, lazy("As your shop has it."), clip_kinds=SEEN),
            ReadyField("colourway", lazy("Colourway"), Kind.TEXT, clip_kinds=SEEN),
        ),
    ),
    FieldSet(
        "social",
        lazy("Social"),
        lazy("Where a clip is posted, in which shape, when, and what it asks people to do."),
        "share-2",
        (
            ReadyField(
                "channel",
                lazy("Channel"),
                Kind.MULTI_CHOICE,
                options=_options(
                    instagram="Instagram",
                    tiktok="TikTok",
                    youtube="YouTube",
                    facebook="Facebook",
                    linkedin="LinkedIn",
                    pinterest="Pinterest",
                    x="X",
                ),
            ),
            ReadyField(
                "post_format",
                lazy("Post format"),
                Kind.CHOICE,
                options=_options(
                    vertical=lazy("Vertical, 9:16"),
                    portrait=lazy("Portrait, 4:5"),
                    square=lazy("Square, 1:1"),
                    landscape=lazy("Landscape, 16:9"),
                ),
                clip_kinds=SEEN,
            ),
            ReadyField("call_to_action", lazy("Call to action"), Kind.TEXT),
            ReadyField("posting_date", lazy("Posting date"), Kind.DATE),
        ),
    ),
    FieldSet(
        "music",
        lazy("Music and sound"),
        lazy("Whose music it is, and under which licence it's used."),
        "music",
        (
            ReadyField("composer", lazy("Composer"), Kind.TEXT, clip_kinds=HEARD),
            ReadyField("publisher", lazy("Publisher"), Kind.TEXT, clip_kinds=HEARD),
            ReadyField("licence_number", lazy("Licence number"), Kind.TEXT, clip_kinds=HEARD),
        ),
    ),
)


def find(name: str) -> FieldSet | None:
    return next((each for each in SETS if each.name == name), None)
