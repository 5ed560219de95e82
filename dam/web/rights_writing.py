"""Programs state a version's rights: what the tab Rights of a clip writes, by the same functions, in one go.

Nothing of it happens where a part is refused. `If-Match` names what was read (`revision`): who was slower is
told so and overwrites nothing.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from dam.accounts import times
from dam.accounts.capabilities import Capability
from dam.accounts.principals import Principal
from dam.audit import trail
from dam.catalog import versions
from dam.catalog.models import Version
from dam.core.errors import Refused
from dam.rights import consent_lists, making, statements, terms
from dam.rights.consent_lists import Known, NoConsent, Wanted
from dam.rights.consents import Said
from dam.rights.statements import LONGEST
from dam.web.decorators import BrandRequest
from dam.web.problem_details import of_refusal, problem

FIRST_DAY = "provenance.review.embargoes.change"
PARTS = ("stated", "consents", "first_day", "reason")
CONSENT = {
    "id": int,
    "kind": str,
    "name": str,
    "covers": str,
    "until": str,
    "withdrawn": str,
    "document": str,
}
MAY_BE_NULL = frozenset({"id", "until", "withdrawn", "document"})


class BadField(Exception):
    """What was sent can't be read; `field` says where: `consents[0].until`."""

    def __init__(self, field: str, message: str) -> None:
        self.field, self.message = field, message
        super().__init__(message)


class Changed(Exception):
    """Somebody else was faster."""


def told(version: Version, *, by: Principal) -> dict[str, object]:
    """What can be written and how it stands. Reads `version.rights`."""
    known = consent_lists.of(version, by=by)
    return {
        "revision": revision(version, known),
        "stated": asdict(statements.of(version)),
        "first_day": terms.written(terms.first_day(version)),
        "consents": [_told(each) for each in known],
    }


def revision(version: Version, known: Sequence[Known]) -> str:
    """Another one for whatever else is stated."""
    facts = [
        str(version.pk),
        asdict(statements.of(version)),
        terms.written(terms.first_day(version)),
        [[each.wanted.key, each.revision] for each in known],
    ]
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:32]


def write(request: BrandRequest, version: Version) -> HttpResponse | None:
    """None once it is written; else what was wrong, as a problem."""
    by, zone = request.principal, times.of_brand(request.brand)
    seen = request.headers.get("If-Match", "").strip().removeprefix("W/").strip('"')
    if not (by.can(Capability.EDIT) or by.can(Capability.DECIDE_LEGAL)):
        return problem(403, "forbidden", by.refusal(Capability.EDIT))
    if not seen:
        words = _("Send the “revision” that you read in the header If-Match.")
        return problem(428, "revision_needed", words)
    try:
        sent = _sent(request.body)
        stated = _stated(sent)
        day, reason = _day(sent, zone), sent.get("reason", "")
        with trail.recording():
            now, known = _locked(version, by=by)
            if revision(now, known) != seen:
                raise Changed
            wanted = _consents(sent, known, zone)
            if stated:
                was = statements.of(now)
                statements.edit(now, replace(was, **stated), seen=was, by=by)
            if wanted is not None:
                steps = consent_lists.steps(known, wanted)
                consent_lists.apply(now, steps, now=known, by=by)
            kept = terms.first_day(now)
            if "first_day" in sent and day != kept:
                import_string(FIRST_DAY)(now, day, reason=reason, seen=terms.written(kept) or "", by=by)
    except BadField as bad:
        return problem(422, "bad_field", bad.message, field=bad.field)
    except Changed:
        words = _("Someone else just changed this. Read it again, and send your change with its revision.")
        return problem(412, "changed", words)
    except NoConsent as bad:
        return problem(422, bad.code, bad.message, field="consents")
    except Refused as refused:
        return of_refusal(refused)
    except PermissionDenied as denied:
        return problem(403, "forbidden", str(denied))
    return None


def _locked(version: Version, *, by: Principal) -> tuple[Version, tuple[Known, ...]]:
    versions.locked(version.pk)
    making.hold_alone(version.brand_id)
    now = Version.objects.select_related("asset__brand", "brand", "rights").get(pk=version.pk)
    return now, consent_lists.of(now, by=by)


def _sent(body: bytes) -> Mapping[str, Any]:
    try:
        sent = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise BadField("", _("This isn't JSON.")) from error
    if not isinstance(sent, dict):
        raise BadField("", _("Send a JSON object."))
    _require_known(sent, PARTS, at="")
    if not isinstance(sent.get("reason", ""), str):
        raise BadField("reason", _("This must be text."))
    if not set(sent) - {"reason"}:
        raise BadField("", _("Say what is to change: stated, consents or first_day."))
    return sent


def _stated(sent: Mapping[str, Any]) -> dict[str, str]:
    stated = sent.get("stated", {})
    if not isinstance(stated, dict):
        raise BadField("stated", _("Send a JSON object."))
    _require_known(stated, tuple(LONGEST), at="stated.")
    for name, text in stated.items():
        if not isinstance(text, str):
            raise BadField(f"stated.{name}", _("This must be text."))
    for name, wrong in statements.problems_of(stated).items():
        raise BadField(f"stated.{name}", wrong)
    return dict(stated)


def _consents(sent: Mapping[str, Any], known: Sequence[Known], zone: ZoneInfo) -> tuple[Wanted, ...] | None:
    if "consents" not in sent:
        return None
    if not isinstance(sent["consents"], list):
        raise BadField("consents", _("Send a list of all consents that the clip needs."))
    there = {each.wanted.key: each.wanted for each in known}
    return tuple(
        _consent(each, f"consents[{index}]", there, zone) for index, each in enumerate(sent["consents"])
    )


def _consent(sent: Any, at: str, there: Mapping[int | None, Wanted], zone: ZoneInfo) -> Wanted:
    """One that is there keeps what isn't sent of it."""
    if not isinstance(sent, dict):
        raise BadField(at, _("Send a JSON object."))
    _require_known(sent, tuple(CONSENT), at=f"{at}.")
    for name, value in sent.items():
        wanted = CONSENT[name]
        if type(value) is not wanted and not (value is None and name in MAY_BE_NULL):  # true is an int, too
            words = _("This must be text.") if wanted is str else _("This must be a number.")
            raise BadField(f"{at}.{name}", words)
    before = there.get(sent.get("id"), Wanted(Said("", "", "", None)))
    was, until = before.said, before.said.until
    if "until" in sent:
        try:
            until = consent_lists.read_moment(sent["until"] or "", zone=zone, ends=True)
        except NoConsent as bad:
            raise BadField(f"{at}.until", bad.message) from bad
    kind, called, covers = (sent.get(name, getattr(was, name)) for name in ("kind", "name", "covers"))
    try:
        said = consent_lists.said(kind, called, covers, until)
    except NoConsent as bad:
        raise BadField(f"{at}.kind", bad.message) from bad
    return Wanted(said, sent.get("id"), sent.get("withdrawn", before.withdrawn))


def _day(sent: Mapping[str, Any], zone: ZoneInfo) -> datetime | None:
    typed = sent.get("first_day")
    if typed is not None and not isinstance(typed, str):
        raise BadField("first_day", _("This must be text."))
    try:
        return consent_lists.read_moment(typed or "", zone=zone, ends=False)
    except NoConsent as bad:
        raise BadField("first_day", bad.message) from bad


def _require_known(sent: Mapping[str, Any], names: Sequence[str], *, at: str) -> None:
    for name in sent:
        if name not in names:
            raise BadField(
                f"{at}{name}", _("There's no such field. There are: %(names)s.") % {"names": ", ".join(names)}
            )


def _told(known: Known) -> dict[str, object]:
    wanted, said = known.wanted, known.wanted.said
    return {
        "id": wanted.key,
        "kind": said.kind,
        "name": said.name,
        "covers": said.covers,
        "until": terms.written(said.until),
        "withdrawn": wanted.withdrawn,
        "document": known.document or None,
    }
