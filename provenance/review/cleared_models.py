"""Whether a clip can be approved as far as the licences of the models go that it was made with."""

from dam.catalog.models import Version
from dam.core.language import gettext as _
from dam.core.language import listed
from dam.rights import making
from dam.rights.model_licences import made_with
from provenance.review.policies import Refusal


def refuse(version: Version) -> Refusal | None:
    """Why approving it would be in vain, also by what it was made from; None where nothing stops it."""
    keys = {version.pk, *making.all_sources(version.pk)}
    names = [name for name, limit in made_with.limiting(keys, of=version.pk) if limit.stops]
    if not names:
        return None
    words = _(
        "It can't be approved yet: it's made with %(models)s, whose licence isn't cleared for this brand. An "
        "installation administrator can record that it is, on the page Models."
    )
    return Refusal("model_not_cleared", words % {"models": listed(names)})
