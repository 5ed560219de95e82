"""What can be typed into the search box, told from the table of fields."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from dam.accounts.capabilities import Capability
from dam.core.lazily import lazy
from dam.search import fields
from dam.web.decorators import BrandRequest, requires

# What stands between the fields: as typed, and what is found.
SYNTAX = (
    ("red bottle", lazy("clips with both words, and clips that show it")),
    ('"summer sale"', lazy("these words side by side, as they are typed")),
    ("cat OR dog", lazy("clips with either. It works between filters, too")),
    ("-draft", lazy("clips without this word. A minus also works before phrases and filters")),
    ("state:approved,draft", lazy("clips with any of several values")),
)


@require_safe
@requires(Capability.VIEW)
def search_help(request: BrandRequest) -> HttpResponse:
    known = [field for field in fields.of(request.principal).values() if field.is_typed]
    return render(request, "library/search_help.html", {"area": "library", "syntax": SYNTAX, "fields": known})
