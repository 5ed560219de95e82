"""Lists by name, page by page (dam.web.row_pages), whose addresses name a row by its key and tell no name.

The database counts none of them. It has no index of the order, so for each page it reads the names of all.
"""

from collections.abc import Sequence
from typing import TypeVar

from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from dam.core import sorting
from dam.web import row_pages
from dam.web.row_pages import By, Place, RowPage

Row = TypeVar("Row", bound=Model)


def read(
    rows: QuerySet[Row],
    *,
    column: str,
    among: QuerySet[Row],
    request: HttpRequest,
    size: int,
    first: Sequence[By] = (),
    name: str = "after",
) -> RowPage[Row]:
    """The page of `rows` behind the row whose key the request has as `name`, looked up `among` all there are.

    What they stand by before their names is `first`. A key that isn't there (any more) begins the list again.
    """
    order = (*first, By(sorting.alphabetical(column), str), By("pk", int))
    key = request.GET.get(name, "")
    place = _place(among, order, key) if key else None
    found = row_pages.behind(rows, order, place, size=size)
    if not found and place is not None:  # all of it went meanwhile
        place, found = None, row_pages.behind(rows, order, None, size=size)
    return RowPage(
        found[:size],
        next=row_pages.address(request, name, str(found[size - 1].pk)) if len(found) > size else "",
        first=row_pages.address(request, name, "") if place is not None else "",
    )


def _place(among: QuerySet[Row], order: Sequence[By], key: str) -> Place | None:
    try:
        found = row_pages.behind(among.filter(pk=key), order, None, size=1)
    except (ValueError, ValidationError, OverflowError):
        return None
    return row_pages.place_of(found[0]) if found else None
