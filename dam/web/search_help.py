"""What can be typed into the search box, told from the table of fields."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from dam.accounts.capabilities import Capability
from dam.search import fields
from dam.web.decorators import BrandRequest, requires

# What stands between the fields: as typed, and what is found.
SYNTAX = (
    ("red bottle", "clips with both words, and clips that show it"),
    ('"summer sale"', "these words side by side, as they are typed"),
    ("cat OR dog", "clips with either. It works between filters, too"),
    ("-draft", "clips without this word. A minus also works before phrases and filters"),
    ("state:approved,draft", "clips with any of several values"),
)


@require_safe
@requires(Capability.VIEW)
def search_help(request: BrandRequest) -> HttpResponse:
    known = list(fields.of(request.principal).values())
    return render(request, "library/search_help.html", {"area": "library", "syntax": SYNTAX, "fields": known})
