"""Changing some clips of a bulk edit, and taking that back: what came of each.

Called within a transaction that records; what cannot be done with a clip is said of that clip, and the others
go on. `done` of an answer is what undoing needs: how the clip was before, and how it is now.
"""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from dam.accounts.capabilities import Capability
from dam.accounts.principals import Principal
from dam.bulk import changes, filling, importing, stating, terms
from dam.bulk.answers import Answer
from dam.bulk.changes import Change
from dam.bulk.sheets import Row
from dam.catalog import assets, counted_on, holds, rewriting
from dam.catalog.models import Asset
from dam.catalog.rewriting import Words
from dam.collections import audience, items
from dam.collections.models import Collection as Gathered
from dam.core import language
from dam.core.errors import Refused
from dam.custom_fields import schema
from dam.custom_fields.values import Values
from dam.rights.statements import Statements
from dam.rights.visibility import visible_assets
from dam.search import fulltext

Make = Callable[[Asset, Words], Words]


def do(
    keys: Collection[UUID],
    change: Change,
    *,
    by: Principal,
    at: datetime,
    noted: Mapping[str, Any],
    rows: Mapping[UUID, Row] | None = None,
) -> dict[UUID, Answer]:
    """Change these clips: those of them that this person sees now. `at` names what was done together.

    `rows` are what a file says of each.
    """
    chosen = list(visible_assets(by).filter(pk__in=keys).select_related("brand", "latest"))
    answers = {key: Answer() for key in keys}
    for key in answers.keys() - {asset.pk for asset in chosen}:
        answers[key].reasons.append(_("The clip isn't in the library any more."))
    if rows and not by.can(Capability.EDIT):
        for asset in chosen:
            if rows[asset.pk].about_words or rows[asset.pk].fields:
                answers[asset.pk].reasons.append(by.refusal(Capability.EDIT))
        chosen = [each for each in chosen if not answers[each.pk].reasons]
    about_terms = chosen if change.changes_terms else []
    if rows:
        about_terms = [each for each in chosen if rows[each.pk].about_terms]
    if about_terms:
        terms.lock(chosen)
    worded = [each for each in chosen if rows[each.pk].about_words] if rows else chosen
    if change.changes_words and worded:

        def make(asset: Asset, words: Words) -> Words:
            if rows:
                return importing.applied(rows[asset.pk], asset, words)
            return changes.applied(change, words)

        rewrite(worded, make, answers, by=by, noted=noted)
    if change.changes_fields:
        _fill(chosen, change, answers, by=by, noted=noted, rows=rows)
    if change.changes_rights:
        _state(chosen, change, answers, by=by, noted=noted, rows=rows)
    if about_terms:
        _change_terms(about_terms, change, answers, by=by, at=at, noted=noted, rows=rows)
    if change.collection:
        _collect(chosen, change.collection, answers, by=by, at=at)
    if change.hold:
        for asset in holds.place_many(chosen, by=by, reason=change.hold):
            answers[asset.pk].done["held"] = True
    if change.trash:
        _trash(chosen, change, answers, by=by, at=at)
    return answers


def rewrite(
    chosen: Collection[Asset],
    make: Make,
    answers: Mapping[UUID, Answer],
    *,
    by: Principal,
    noted: Mapping[str, Any],
    back: bool = False,
) -> None:
    """Other words for these clips, and the search text with them."""
    came = rewriting.rewrite(chosen, make, by=by, noted=noted, back=back)
    for key, reason in came.refused.items():
        answers[key].reasons.append(reason)
    for key, (before, after) in came.words.items():
        answers[key].done["words"] = [_kept(before), _kept(after)]
    if came.assets:
        fulltext.refresh_many(came.assets)


def _fill(
    chosen: Collection[Asset],
    change: Change,
    answers: Mapping[UUID, Answer],
    *,
    by: Principal,
    noted: Mapping[str, Any],
    rows: Mapping[UUID, Row] | None,
) -> None:
    """Other values in the brand's own fields, and the search text with them.

    A clip whose words couldn't be what its row says keeps its fields, too.
    """
    known = schema.of(by.brand)
    if rows:
        chosen = [each for each in chosen if rows[each.pk].fields and not answers[each.pk].reasons]
    if not chosen:
        return
    fillings = [each for row in rows.values() for each in row.fillings] if rows else change.fields
    people = filling.people(fillings, known, by=by)

    def make(asset: Asset, has: Values) -> Values:
        if not rows:
            return filling.applied(change.fields, has, known=known, people=people)
        wanted = importing.filled(rows[asset.pk], has, known=known, people=people)
        if wanted and "words" not in answers[asset.pk].done:  # those were written this moment
            importing.require_seen(rows[asset.pk], asset)
        return wanted

    if changed := filling.fill(chosen, make, answers, by=by, noted=noted):
        fulltext.refresh_many(changed)


def _state(
    chosen: Collection[Asset],
    change: Change,
    answers: Mapping[UUID, Answer],
    *,
    by: Principal,
    noted: Mapping[str, Any],
    rows: Mapping[UUID, Row] | None,
) -> None:
    """Other statements of rights; a clip that couldn't be as its row says keeps them, too."""
    if rows:
        chosen = [each for each in chosen if rows[each.pk].stated and not answers[each.pk].reasons]
    if not chosen:
        return

    def make(asset: Asset, now: Statements) -> Statements:
        if rows:
            wanted = importing.stated(rows[asset.pk], now)
            if wanted != now and not answers[asset.pk].done.keys() & {"words", "fields"}:
                importing.require_seen(rows[asset.pk], asset)
            return wanted
        return stating.applied(change.stated, now)

    stating.state(chosen, make, answers, by=by, noted=noted)


def _change_terms(
    chosen: Collection[Asset],
    change: Change,
    answers: Mapping[UUID, Answer],
    *,
    by: Principal,
    at: datetime,
    noted: Mapping[str, Any],
    rows: Mapping[UUID, Row] | None,
) -> None:
    """Consents and first days; a clip that couldn't be as its row says keeps them, too."""
    if rows:
        chosen = [each for each in chosen if not answers[each.pk].reasons]

    def make(asset: Asset, here: terms.Here) -> terms.Plan:
        if not rows:
            return terms.wanted(change, here, at=at)
        plan = importing.planned(rows[asset.pk], here, at=at)
        if not plan.is_empty and not answers[asset.pk].done:
            importing.require_seen(rows[asset.pk], asset)
        return plan

    # One form that names a person means one consent; lines of a file mean each clip's own.
    terms.do(chosen, make, answers, by=by, at=at, noted=noted, shared=not rows)


def undo(
    done: Mapping[UUID, Mapping[str, Any]], *, by: Principal, noted: Mapping[str, Any]
) -> dict[UUID, Answer]:
    """Take back what was done to these clips, but not what somebody has changed since."""
    answers = {key: Answer() for key in done}
    _restore(done, answers, by=by)
    seen = list(visible_assets(by).filter(pk__in=done).select_related("brand", "latest"))
    if any(what.keys() & {terms.CONSENTS, terms.FIRST_DAY} for what in done.values()):
        terms.lock(seen)
    here = {asset.pk for asset in seen}
    for key, what in done.items():
        if key not in here and what.keys() & {
            "words",
            "fields",
            "stated",
            "collected",
            terms.CONSENTS,
            terms.FIRST_DAY,
        }:
            answers[key].reasons.append(_("The clip isn't in the library any more."))
        if what.get("held"):
            answers[key].reasons.append(_("A legal hold is lifted on the clip's page, with a reason."))
    _unwrite([asset for asset in seen if "words" in done[asset.pk]], done, answers, by=by, noted=noted)
    filled = [asset for asset in seen if "fields" in done[asset.pk]]
    if changed := filling.unfill(filled, done, answers, by=by, noted=noted):
        fulltext.refresh_many(changed)
    stated = [asset for asset in seen if "stated" in done[asset.pk]]
    stating.unstate(stated, done, answers, by=by, noted=noted)
    changed_terms = [each for each in seen if done[each.pk].keys() & {terms.CONSENTS, terms.FIRST_DAY}]
    terms.undo(changed_terms, done, answers, by=by, at=timezone.now(), noted=noted)
    _take_out([asset for asset in seen if "collected" in done[asset.pk]], done, answers, by=by)
    return answers


def _collect(
    chosen: Collection[Asset], key: UUID, answers: Mapping[UUID, Answer], *, by: Principal, at: datetime
) -> None:
    row = audience.changeable(by).filter(pk=key).first()
    if row is None:
        for asset in chosen:
            answers[asset.pk].reasons.append(
                _("The collection isn't there any more, or you can't change it.")
            )
        return
    there = set(items.of(row).filter(asset__in=chosen).values_list("asset_id", flat=True))
    coming = [asset.pk for asset in chosen if asset.pk not in there]
    try:
        items.add(row, coming, by=by, at=at)
    except Refused as refused:
        for asset_id in coming:
            answers[asset_id].reasons.append(refused.message)
        return
    for asset_id in coming:
        answers[asset_id].done["collected"] = [str(row.pk), at.isoformat()]


def refusals_to_trash(chosen: Collection[Asset], change: Change, *, by: Principal) -> dict[UUID, str]:
    """Why clips don't go to the trash; empty where they do. Reads `asset.latest`: select it."""
    reasons = assets.refusals_to_move(chosen, by=by)
    if not change.counted_on:
        movable = [asset for asset in chosen if not reasons[asset.pk]]
        itself = _("The clip is in review, approved or released.")
        in_others = _("Something in review or approved was made from this clip.")
        needed = counted_on.among(movable)
        for asset in movable:
            if asset.pk in needed:
                reasons[asset.pk] = itself if counted_on.by_itself(asset) else in_others
    return reasons


def _trash(
    chosen: Collection[Asset], change: Change, answers: Mapping[UUID, Answer], *, by: Principal, at: datetime
) -> None:
    locked = assets.lock(chosen)
    reasons = refusals_to_trash(locked, change, by=by)
    movable = [asset for asset in locked if not reasons[asset.pk]]
    for asset in locked:
        if why := reasons[asset.pk]:
            answers[asset.pk].reasons.append(why)
    for asset in assets.trash_many(movable, by=by, at=at):
        answers[asset.pk].done["trashed"] = at.isoformat()


def _restore(
    done: Mapping[UUID, Mapping[str, Any]], answers: Mapping[UUID, Answer], *, by: Principal
) -> None:
    """Out of the trash again, what still lies there since then."""
    went = {key: what["trashed"] for key, what in done.items() if "trashed" in what}
    if not went:
        return
    # Others' clips too: why they may not be restored is said of each.
    rows = Asset.objects.filter(brand=by.brand, pk__in=went).select_related("brand", "latest")
    there = {
        each.pk: each for each in rows if each.trashed_at and each.trashed_at.isoformat() == went[each.pk]
    }
    back = []
    refusals = assets.refusals_to_move(there.values(), by=by)
    for key in went:
        if key not in there:
            answers[key].reasons.append(_("The clip has been restored or deleted since."))
        elif why := refusals[key]:
            answers[key].reasons.append(why)
        else:
            back.append(there[key])
    for asset in assets.restore_many(back, by=by):
        answers[asset.pk].done["trashed"] = True


def _unwrite(
    chosen: Collection[Asset],
    done: Mapping[UUID, Mapping[str, Any]],
    answers: Mapping[UUID, Answer],
    *,
    by: Principal,
    noted: Mapping[str, Any],
) -> None:
    if not chosen:
        return
    if not by.can(Capability.EDIT):
        for asset in chosen:
            answers[asset.pk].reasons.append(by.refusal(Capability.EDIT))
        return
    names = {"title": _("title"), "description": _("description")}

    def earlier(asset: Asset, now: Words) -> Words:
        before, after = map(_read, done[asset.pk]["words"])
        words, stay = changes.undone(before, after, now)
        if stay:
            said = language.listed([names[name] for name in stay])
            answers[asset.pk].reasons.append(_("Changed since, and kept: %(fields)s.") % {"fields": said})
        return words

    rewrite(chosen, earlier, answers, by=by, noted=noted, back=True)


def _take_out(
    chosen: Collection[Asset],
    done: Mapping[UUID, Mapping[str, Any]],
    answers: Mapping[UUID, Answer],
    *,
    by: Principal,
) -> None:
    """Out of the collection again, unless somebody has put them in anew."""
    together: dict[tuple[str, str], list[UUID]] = {}
    for asset in chosen:
        collection_id, at = done[asset.pk]["collected"]
        together.setdefault((collection_id, at), []).append(asset.pk)
    for (collection_id, at), keys in together.items():
        row: Gathered | None = audience.changeable(by).filter(pk=collection_id).first()
        put_in = items.of(row).filter(asset__in=keys, added_at=at) if row else None
        still = set(put_in.values_list("asset_id", flat=True)) if put_in is not None else set()
        if row and still:
            items.remove(row, still, by=by)
        for key in keys:
            if key in still:
                answers[key].done["collected"] = True
            else:
                answers[key].reasons.append(_("Its place in the collection has changed since."))


def _kept(words: Words) -> dict[str, Any]:
    return {"title": words.title, "description": words.description, "tags": sorted(words.tags)}


def _read(kept: Mapping[str, Any]) -> Words:
    return Words(kept["title"], kept["description"], frozenset(kept["tags"]))
