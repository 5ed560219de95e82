"""Words of modules and classes, which are read before anybody asks: they are said when they are shown.

Django's own, typed as the text it stands for. Where text must be one, as in `", ".join`, `str()` makes it so.
"""

from collections.abc import Callable
from typing import cast

from django.utils.translation import gettext_lazy

lazy = cast(Callable[[str], str], gettext_lazy)
