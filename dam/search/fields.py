"""The table of search fields: whoever adds one adds it here, and nowhere else.

The syntax of the search box, filters, facets, chips and addresses read this table.
"""

from dam.catalog.models import Approval, Credentials, Origin
from dam.search.search_field import Combine, SearchField

_TABLE = (
    SearchField(
        name="state",
        title="State",
        column="{shown}__approval",
        choices=tuple(Approval.choices),
        synonyms={
            "review": Approval.IN_REVIEW,
            "changes": Approval.CHANGES_REQUESTED,
            "released": Approval.APPROVED,
        },
    ),
    SearchField(
        name="origin",
        title="Origin",
        column="{shown}__origin",
        choices=tuple(Origin.choices),
        synonyms={"ai": Origin.GENERATED, "upload": Origin.UPLOADED},
    ),
    SearchField(
        name="credentials",
        title="Credentials",
        column="{shown}__credentials",
        choices=tuple(Credentials.choices),
    ),
    SearchField(
        name="tag",
        title="Tags",
        column="tags__name",
        lookups=("tags__name__iexact",),
        combine=Combine.EVERY,
        many=True,
        excludable=True,
        icon="tag",
        excluded_chip="not tagged {}",
    ),
    SearchField(
        name="by",
        title="People",
        column="created_by__name",
        lookups=("created_by__name__icontains", "created_by__email__istartswith"),
        combine=Combine.EVERY,
        facet=False,
        icon="user",
        chip="by {}",
    ),
)
FIELDS: dict[str, SearchField] = {field.name: field for field in _TABLE}
