"""A brand's own fields in a bulk edit: what each clip gets in them, and how that is taken back."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from dam.accounts.capabilities import Capability
from dam.accounts.principals import Principal
from dam.bulk.answers import Answer
from dam.bulk.changes import Filling
from dam.catalog.models import Asset
from dam.core import language
from dam.custom_fields import rewriting, schema, values
from dam.custom_fields.definitions import EMPTY, Kind, Schema, Written
from dam.custom_fields.rewriting import Make
from dam.custom_fields.values import Values

Done = Mapping[str, Sequence[Sequence[str]]]  # by the key of each field: what was there, and what came


def people(fillings: Collection[Filling], known: Schema, *, by: Principal) -> Mapping[str, int]:
    """Who can be named in a field of a person; no query where none is set."""
    named = any(known[each.key].kind is Kind.PERSON for each in fillings if each.key in known)
    return values.people_of(by.brand) if named else {}


def applied(
    fillings: Collection[Filling], has: Values, *, known: Schema, people: Mapping[str, int]
) -> Values:
    """What a clip gets that has these values. Raises UnknownField, ValueRefused."""
    values.require_known([each.key for each in fillings], known)
    wanted: Values = {}
    for each in fillings:
        # Written already: a number stands as it is written here, and isn't read as somebody might type it.
        own = {each.key: each.value}
        wanted |= values.read(known, own, has, people=people, how=each.how, seen=own)
    return wanted


def fill(
    chosen: Collection[Asset],
    make: Make,
    answers: Mapping[UUID, Answer],
    *,
    by: Principal,
    noted: Mapping[str, Any],
) -> list[Asset]:
    """Set the fields of these clips; those that changed. The caller refreshes their search text."""
    came = rewriting.rewrite(chosen, make, by=by, noted=noted)
    for key, reason in came.refused.items():
        answers[key].reasons.append(reason)
    for key, (before, after) in came.values.items():
        answers[key].done["fields"] = {name: [list(before[name]), list(after[name])] for name in after}
    return list(came.assets)


def unfill(
    chosen: Collection[Asset],
    done: Mapping[UUID, Mapping[str, Any]],
    answers: Mapping[UUID, Answer],
    *,
    by: Principal,
    noted: Mapping[str, Any],
) -> list[Asset]:
    """Give these clips back what they had, but not where somebody has changed it since; which changed."""
    if not chosen:
        return []
    if not by.can(Capability.EDIT):
        for asset in chosen:
            answers[asset.pk].reasons.append(by.refusal(Capability.EDIT))
        return []
    known = schema.of(by.brand)

    def earlier(asset: Asset, has: Values) -> Values:
        back, stay = undone(done[asset.pk]["fields"], has, known)
        if stay:
            said = language.listed([known[key].title for key in stay])
            answers[asset.pk].reasons.append(_("Changed since, and kept: %(fields)s.") % {"fields": said})
        return back

    return fill(chosen, earlier, answers, by=by, noted=noted)


def undone(done: Done, has: Values, known: Schema) -> tuple[Values, tuple[str, ...]]:
    """What a clip gets back that has these values now, and the fields that stay as they are.

    A field that somebody has changed since stays; of several choices each option counts for itself.
    """
    back: Values = {}
    stay = []
    for key, (was, became) in done.items():
        if key not in known:
            continue
        now = has.get(key, EMPTY)
        if known[key].kind is Kind.MULTI_CHOICE:
            left = {*now}.difference({*became}.difference(was)) | {*was}.difference(became)
            back[key] = _in_order(left, key, known)
        elif now == tuple(became):
            back[key] = tuple(was)
        elif now != tuple(was):
            stay.append(key)
    return back, tuple(stay)


def _in_order(options: Collection[str], key: str, known: Schema) -> Written:
    return tuple(option.key for option in known[key].options if option.key in options)
