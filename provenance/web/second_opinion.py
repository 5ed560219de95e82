"""What a second validator says of a file, in words, and whether both agree. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from dam.core.lazily import lazy
from provenance.manifests.validation_codes import State

SAID = {
    "Trusted": lazy("intact, and its signer is trusted"),
    "Valid": lazy("intact, and its signer is on no list of this server"),
    "Invalid": lazy("not valid"),
}
HOLD = (State.TRUSTED, State.VALID)


@dataclass(frozen=True)
class SecondOpinion:
    sentence: str
    disagrees: bool = False
    codes: tuple[str, ...] = ()


def of(found: Mapping[str, Any] | None, *, state: str) -> SecondOpinion | None:
    """`found` is public_checks.second's, `state` the verdict of the first; None where nobody was asked."""
    if not found:
        return None
    named = {"name": found.get("validator", ""), "version": found.get("version", "")}
    said = str(found.get("state") or "")
    if said not in SAID:
        return SecondOpinion(_("%(name)s %(version)s, another validator, couldn't read it.") % named)
    return SecondOpinion(
        _("%(name)s %(version)s, a validator that shares no code with ours, finds it %(said)s.")
        % {**named, "said": SAID[said]},
        disagrees=(said == "Invalid") == (state in HOLD),
        codes=tuple(str(code) for code in found.get("codes") or ()),
    )
