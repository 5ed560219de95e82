"""What a bulk edit would change, before it is started: how many clips, and the first of them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from dam.accounts.principals import Principal
from dam.bulk import changes, doing, field_words, filling, importing, stating, targets, terms
from dam.bulk.changes import Change
from dam.bulk.models import BulkEdit
from dam.bulk.sheets import Row
from dam.catalog import assets, counted_on, rewriting
from dam.catalog.models import Asset, Version
from dam.catalog.rewriting import Words
from dam.collections import audience, items
from dam.core.errors import Refused
from dam.custom_fields import clip_kinds, schema, values
from dam.custom_fields import rewriting as own_fields
from dam.custom_fields.values import Values
from dam.rights import restating, statements
from dam.rights.statements import Statements
from dam.rights.visibility import visible_assets
from dam.search import search

LOOKED_AT = 1_000  # clips that are gone through one by one
SHOWN = 20


Filler = Callable[[Asset], tuple[Values, Values]]


@dataclass(frozen=True)
class Foreseen:
    """One clip as it would become; `reason` says why not, and `other` that more than its words changes."""

    asset: Asset
    before: Words
    after: Words
    reason: str = ""
    other: bool = False
    # The brand's own fields that change: what they have and what they get, and the two in words.
    fields: tuple[Values, Values] = ({}, {})
    stated: Mapping[str, Sequence[str]] = field(default_factory=dict)  # of rights: before and after
    terms: tuple[str, ...] = ()  # what happens to its consents and first day, in words
    told: tuple[str, ...] = ()

    @property
    def changes(self) -> bool:
        return self.before != self.after or self.other or bool(self.fields[1] or self.stated or self.terms)

    @property
    def added(self) -> list[str]:
        return assets.in_order(self.after.tags - self.before.tags)

    @property
    def removed(self) -> list[str]:
        return assets.in_order(self.before.tags - self.after.tags)


@dataclass(frozen=True)
class Preview:
    """Of `total` clips (capped: there are more) the first `looked_at` were gone through."""

    total: int
    capped: bool
    looked_at: int
    changed: int
    same: int
    left: int
    counted_on: int  # of all: those that others count on (dam.catalog.counted_on)
    more_counted_on: bool  # more than that
    first: tuple[Foreseen, ...]

    @property
    def is_whole(self) -> bool:
        return self.looked_at == self.total and not self.capped


def count(edit: BulkEdit, *, by: Principal) -> tuple[int, bool]:
    """How many clips it is about, and whether there are more than are counted."""
    return _capped(search.count(targets.of(edit, by=by)))


def of(edit: BulkEdit, *, by: Principal) -> Preview:
    change = changes.read(edit.change)
    about = targets.of(edit, by=by)
    newest, found = search.newest(about)
    total, capped = _capped(found)
    needed, more_needed = _capped(search.count(about.filter(counted_on.anyhow())) if change.trash else 0)
    chosen = list(newest.select_related("brand", "latest")[:LOOKED_AT])
    foreseen = [*_foreseen(chosen, change, by=by)]
    left = [each for each in foreseen if each.reason and not each.changes]
    changed = [each for each in foreseen if each.changes]
    return Preview(
        total=total,
        capped=capped,
        looked_at=len(chosen),
        changed=len(changed),
        same=len(foreseen) - len(changed) - len(left),
        left=len(left),
        counted_on=needed,
        more_counted_on=more_needed,
        first=_told([*left[: SHOWN // 2], *changed][:SHOWN], by=by),
    )


def of_file(edit: BulkEdit, *, by: Principal) -> tuple[Foreseen, ...]:
    """The first clips of an imported file, as they would become."""
    rows = importing.rows_of(edit.items.order_by("pk")[:SHOWN])
    chosen = visible_assets(by).in_bulk(list(rows))
    words = rewriting.words_of(chosen.values())
    has = values.of(chosen.values(), known=schema.of(by.brand))
    at = timezone.now()
    here = terms.of(chosen.values(), by=by) if any(row.terms for row in rows.values()) else {}
    foreseen = [
        Foreseen(
            chosen[key],
            words[key],
            rewriting.clean(row.applied(words[key]), was=words[key]),
            fields=(has[key], dict(row.fields)),
            stated={name: [str(row.was[name]), text] for name, text in row.stated.items()},
            terms=_terms_of_row(row, here[key], by=by, at=at) if row.terms else (),
        )
        for key, row in rows.items()
        if key in chosen
    ]
    return _told(foreseen, by=by)


def _terms_of_row(row: Row, here: terms.Here, *, by: Principal, at: datetime) -> tuple[str, ...]:
    try:
        return terms.foreseen(importing.planned(row, here, at=at), here, by=by, at=at)[0]
    except Refused as refused:  # somebody was faster
        return (refused.message,)


def _capped(found: int) -> tuple[int, bool]:
    return min(found, search.MOST_COUNTED), found > search.MOST_COUNTED


def _foreseen(chosen: list[Asset], change: Change, *, by: Principal) -> list[Foreseen]:
    words = rewriting.words_of(chosen)
    row = audience.changeable(by).filter(pk=change.collection).first() if change.collection else None
    stuck = doing.refusals_to_trash(chosen, change, by=by) if change.trash else {}
    there = set(items.of(row).filter(asset__in=chosen).values_list("asset_id", flat=True)) if row else set()
    fill = _filler(chosen, change, by=by)
    rights = restating.of(chosen) if change.stated else {}
    about_terms = replace(change, rows=False).changes_terms
    here, at = terms.of(chosen, by=by) if about_terms else {}, timezone.now()
    return [
        _one(
            each,
            words[each.pk],
            change,
            fill,
            rights.get(each.pk),
            here.get(each.pk),
            by=by,
            at=at,
            stuck=stuck.get(each.pk, ""),
            collects=row is not None and each.pk not in there,
        )
        for each in chosen
    ]


def _told(first: list[Foreseen], *, by: Principal) -> tuple[Foreseen, ...]:
    """With what changes of their own fields in words."""
    said = field_words.differences([each.fields for each in first], by=by)
    return tuple(
        replace(each, told=(*sentences, *stating.differences(each.stated), *each.terms))
        for each, sentences in zip(first, said, strict=True)
    )


def _filler(chosen: list[Asset], change: Change, *, by: Principal) -> Filler:
    """What changes of each clip's own fields; that raises Refused for those that can't have it."""
    if not change.fields:
        return lambda _asset: ({}, {})
    known = schema.of(by.brand)
    has = values.of(chosen, known=known)
    people = filling.people(change.fields, known, by=by)
    kinds = clip_kinds.of(chosen, known)

    def fill(asset: Asset) -> tuple[Values, Values]:
        now = has[asset.pk]
        wanted = filling.applied(change.fields, now, known=known, people=people)
        return now, own_fields.fitting(wanted, now, known, kind=kinds[asset.pk])

    return fill


def _one(
    asset: Asset,
    before: Words,
    change: Change,
    fill: Filler,
    rights: tuple[Version, Statements] | None,
    here: terms.Here | None,
    *,
    by: Principal,
    at: datetime,
    stuck: str,
    collects: bool,
) -> Foreseen:
    reasons, after = [], before
    fields: tuple[Values, Values] = ({}, {})
    try:
        wanted = changes.applied(change, before)
        after = before if wanted == before else rewriting.clean(wanted, was=before)
    except Refused as refused:
        reasons.append(refused.message)
    try:
        fields = fill(asset)
    except Refused as refused:
        reasons.append(refused.message)
    restated: Mapping[str, Sequence[str]] = {}
    if rights is not None:
        version, now = rights
        try:
            restated = statements.differences(now, statements.clean(stating.applied(change.stated, now)))
            if restated:
                statements.require(version, by=by)
        except Refused as refused:
            restated = {}
            reasons.append(refused.message)
    told: tuple[str, ...] = ()
    if here is not None:
        told, why = terms.foreseen(terms.wanted(change, here, at=at), here, by=by, at=at)
        reasons += [why] if why else []
    other = collects or bool(change.hold and asset.held_at is None)
    if change.trash:
        why = stuck
        if not why and change.hold:
            why = _("This clip is under legal hold. It stays in the library until the hold is lifted.")
        other = other or not why
        if why:
            reasons.append(why)
    return Foreseen(asset, before, after, " ".join(dict.fromkeys(reasons)), other, fields, restated, told)
