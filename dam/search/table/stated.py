"""Search fields: what people state of a version's rights in words (dam.rights.statements)."""

from dam.core.lazily import lazy
from dam.search.search_field import Combine, SearchField


def _stated(
    name: str, column: str, title: str, icon: str, chip: str, excluded_chip: str, examples: tuple[str, ...]
) -> SearchField:
    path = f"{{shown}}__rights__{column}"
    return SearchField(
        name=name,
        title=title,
        column=path,
        lookups=(f"{path}__icontains",),
        combine=Combine.EVERY,
        facet=False,
        icon=icon,
        chip=chip,
        excluded_chip=excluded_chip,
        examples=examples,
        takes=lazy("a part of what is stated"),
    )


FIELDS = (
    _stated(
        "licence",
        "licence",
        lazy("Licence"),
        "file-text",
        lazy("licence: {}"),
        lazy("licence: not {}"),
        ('"CC BY"', '"Stock 12"'),
    ),
    _stated(
        "holder",
        "rights_holder",
        lazy("Rights holder"),
        "copyright",
        lazy("rights holder: {}"),
        lazy("rights holder: not {}"),
        ("northwind",),
    ),
    _stated(
        "credit",
        "credit_line",
        lazy("Credit line"),
        "quote",
        lazy("credit line: {}"),
        lazy("credit line: not {}"),
        ("northwind",),
    ),
    _stated(
        "exclusivity",
        "exclusivity",
        lazy("Exclusivity"),
        "lock",
        lazy("exclusivity: {}"),
        lazy("exclusivity: not {}"),
        ("exclusive",),
    ),
    _stated(
        "restriction",
        "restriction",
        lazy("Restriction"),
        "shield-alert",
        lazy("restriction: {}"),
        lazy("restriction: not {}"),
        ("advertising",),
    ),
)
# A brand may have called a field of its own so before these were there: then that is meant.
YIELDING = frozenset({*(field.name for field in FIELDS), "derived"})
