"""Jinja's environment, for what a page draws by the dozen: cards, and the values beside filters.

Jinja compiles a template to Python and takes a fraction of Django's time for a small one. All others are
Django's. These have the same words of ours, and know nothing of the request (docs/decisions/0011).
"""

from functools import lru_cache
from typing import Any

from django.contrib.humanize.templatetags.humanize import intcomma
from django.urls import reverse
from django.utils.translation import gettext
from jinja2 import Environment, StrictUndefined

from dam.web.templatetags import pieces, ui_tags


def environment(**options: Any) -> Environment:
    """As Django's backend asks for it. A name that nothing was given for is an error, not a blank."""
    options |= {"undefined": StrictUndefined, "trim_blocks": True, "lstrip_blocks": True}
    made = Environment(**options)  # which Django asks to escape what it draws
    made.globals |= {
        "_": gettext,
        "ago": ui_tags.ago,
        "icon": ui_tags.icon,
        "piece": pieces.piece,
        "rendition_url": ui_tags.address_of_rendition,
        "url": _url,
    }
    made.filters |= {"duration": ui_tags.duration, "intcomma": intcomma, "span": ui_tags.span}
    return made


# The same clips are drawn for everyone who looks at a library, and each has four addresses. One list of
# addresses and one prefix hold as long as the process lives.
@lru_cache(maxsize=20_000)
def _url(name: str, *arguments: Any) -> str:
    return reverse(name, args=arguments)
