"""A report of credentials, told for people: the verdict in one line, then the chain, newest first.

What a signer says who is trusted here is told as a fact. Everything else is a claim of the file: it has no
place in a headline, whatever name it is made in.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from dam.accounts import roles
from dam.accounts.capabilities import Role
from dam.core import foreign_text, language
from dam.core.lazily import lazy
from dam.rights import territories
from dam.web import times, usage_status
from provenance.manifests import report as reports
from provenance.manifests.validation_codes import State
from provenance.releases.known import KnownRelease, Standing


@dataclass(frozen=True)
class CredentialsVerdict:
    icon: str
    tone: str
    title: str
    sentence: str
    signature: str = ""  # how the signature stands, where the headline is about something else


@dataclass(frozen=True)
class ManifestEntry:
    """One manifest of the chain. `manifest` is a ManifestSummary in JSON form.

    `vouched` says that its words are facts; else `claim` is what it says and `claimed_by` who it says signed
    it, both in quotation marks, to be shown as just that.
    """

    icon: str
    heading: str
    vouched: bool
    claim: str
    claimed_by: str
    at: datetime | None
    proven: bool  # a time-stamp says when, not only the signer
    sound: bool
    manifest: Mapping[str, Any]
    uses: tuple[str, ...]
    territories: tuple[str, ...]
    purpose: str  # the uses and the territories as a sentence has them
    place: str
    valid_until: datetime | None
    embargo_until: datetime | None
    inputs: tuple[str, ...]


EXPIRED, UNKNOWN_SIGNER = "signingCredential.expired", "signingCredential.untrusted"
_VERDICTS = {
    State.TRUSTED: ("shield-check", "ok", lazy("Verified and trusted")),
    State.VALID: ("shield", "info", lazy("Valid, signer unknown")),
    State.INVALID: ("shield-x", "bad", lazy("Invalid Content Credentials")),
    State.ALTERED: ("shield-alert", "bad", lazy("Altered after signing")),
    State.UNREADABLE: ("shield-question-mark", "warn", lazy("Unreadable Content Credentials")),
    State.NONE: ("shield-off", "", lazy("No Content Credentials")),
}
_NOT_KNOWN = lazy(
    "Not changed since it was signed. Nothing proves who signed it: anyone could have entered the "
    "names in it."
)
_DEVELOPMENT = lazy(
    "Not changed since it was signed. It's signed with this installation's test certificate, which isn't on "
    "any public trust list. Elsewhere, the signature proves nothing."
)

_TEST_CERTIFICATE = CredentialsVerdict(
    "flask-conical", "warn", lazy("Signed with a test certificate"), _DEVELOPMENT
)


def said(report: Mapping[str, Any]) -> Mapping[str, Any]:
    """A report, which is stored in English, in the language of who reads it."""
    return {
        **report,
        "note": reports.said(report["note"]),
        "reasons": [reports.said(each) for each in report["reasons"]],
        "findings": [{**each, "reason": reports.said(each["reason"])} for each in report.get("findings", ())],
        "manifests": [_manifest_said(each) for each in report["manifests"]],
    }


def _manifest_said(manifest: Mapping[str, Any]) -> Mapping[str, Any]:
    model, review = manifest.get("model"), manifest.get("review")
    stages = [
        {**stage, "role": _role(str(stage.get("role", "")))} for stage in (review or {}).get("stages", ())
    ]
    return {
        **manifest,
        "actions": [
            {**each, "words": _(each["words"]), "source": _(each.get("source", ""))}
            for each in manifest["actions"]
        ],
        "model": model and {**model, "oversight": _(model.get("oversight", ""))},
        "review": review and {**review, "stages": stages},
    }


def _role(name: str) -> str:
    return roles.name(Role(name)) if name in set(Role) else name.replace("_", " ").capitalize()


def verdict(
    report: Mapping[str, Any],
    *,
    release: KnownRelease | None = None,
    at: datetime | None = None,
    beside: bool = False,
) -> CredentialsVerdict:
    """The pin and the line of words for a report in JSON form: first of all whether the file may be used.

    `release` is what this library knows of exactly these bytes, or of what they show (`by_pictures`), `at`
    the time that counts. Where the pictures alone are known, nothing is milder than what the file's own
    signature says: what else is in it may be another's. `beside`: they came in a file of their own.
    """
    ran_out = None if beside else _ran_out(report, release, at=at)  # anybody can sign what stands beside it
    signature = ran_out or _signature(report)
    if release and release.by_pictures and report["state"] in (State.ALTERED, State.INVALID):
        return signature
    if (ended := _ended(report, release, at=at)) is not None:
        return replace(ended, signature=f"{signature.title}. {signature.sentence}".strip())
    return signature


def possible() -> dict[str, CredentialsVerdict]:
    """Every verdict on a signature that a browser can come to by itself; it adds the reasons."""
    found = {state.value: CredentialsVerdict(*of, "") for state, of in _VERDICTS.items()}
    found[State.VALID.value] = replace(found[State.VALID.value], sentence=_NOT_KNOWN)
    found["development"] = _TEST_CERTIFICATE
    found["ended"] = _cleared_until(None, None)
    return found


def standing(release: KnownRelease, *, at: datetime) -> CredentialsVerdict | None:
    """Why a release may not be used, whatever its file says; None when nothing speaks against it."""
    return _ended({}, release, at=at)


def _signature(report: Mapping[str, Any]) -> CredentialsVerdict:
    state = State(report["state"])
    icon, tone, title = _VERDICTS[state]
    if state is State.TRUSTED and report["development"]:
        return _TEST_CERTIFICATE
    if state is State.TRUSTED:
        return CredentialsVerdict(icon, tone, title, report["note"])
    reasons = " ".join(report["reasons"])
    if state is State.VALID:
        return CredentialsVerdict(icon, tone, title, f"{_NOT_KNOWN} {reasons}".strip())
    return CredentialsVerdict(icon, tone, title, reasons)


def _ran_out(
    report: Mapping[str, Any], release: KnownRelease | None, *, at: datetime | None
) -> CredentialsVerdict | None:
    """Of a file that we released, if nothing is wrong but that its certificate has run out since."""
    codes = set(report.get("codes", ()))
    if (
        release is None
        or release.by_pictures
        or report["state"] != State.INVALID
        or report.get("more_findings")
        or EXPIRED not in codes
        or not codes <= {EXPIRED, UNKNOWN_SIGNER}
    ):
        return None
    told = _(
        "The certificate has run out since. By its ledger, %(brand)s released exactly this file on %(day)s."
    ) % {"brand": release.brand, "day": _day(release.released_at, at)}
    if release.stamped_at is None:
        proof = _("No timestamp proves the date.")
    else:
        proof = _("A timestamp of %(authority)s proves that it was there on %(day)s.") % {
            "authority": release.authority,
            "day": _day(release.stamped_at, at),
        }
    return CredentialsVerdict("clock", "warn", _("Valid when it was released"), f"{told} {proof}")


def _ended(
    report: Mapping[str, Any], release: KnownRelease | None, *, at: datetime | None
) -> CredentialsVerdict | None:
    """Why a sound file may not be used all the same; None when nothing speaks against it."""
    if release is not None:
        day = _day(release.ended_at, at)
        match release.standing:
            case Standing.WITHDRAWN:
                return CredentialsVerdict(
                    "circle-x",
                    "bad",
                    _("Withdrawn: do not use"),
                    (
                        _("%(brand)s withdrew the release with these pictures on %(day)s.")
                        if release.by_pictures
                        else _("%(brand)s withdrew the release of this file on %(day)s.")
                    )
                    % {"brand": release.brand, "day": day},
                )
            case Standing.SUPERSEDED:
                return CredentialsVerdict(
                    "layers",
                    "warn",
                    _("Replaced by a newer release"),
                    (
                        _("%(brand)s replaced the release with these pictures by a newer one on %(day)s.")
                        if release.by_pictures
                        else _("%(brand)s replaced this file with a newer release on %(day)s.")
                    )
                    % {"brand": release.brand, "day": day},
                )
            case Standing.REMOVED:
                return CredentialsVerdict(
                    "triangle-alert",
                    "warn",
                    _("No longer available"),
                    (_("%(brand)s has removed this clip.") % {"brand": release.brand}),
                )
            case Standing.STOPPED:
                return CredentialsVerdict(
                    "triangle-alert",
                    "warn",
                    _("Not cleared: do not use"),
                    _("It's made from another clip that may not be used."),
                )
            case Standing.INSIDE:
                return CredentialsVerdict(
                    "triangle-alert",
                    "warn",
                    _("Not cleared outside %(brand)s") % {"brand": release.brand},
                    _("No use outside the company is left of what it was cleared for."),
                )
            case Standing.EMBARGO:
                return CredentialsVerdict(
                    "clock",
                    "warn",
                    (_("Under embargo until %(at)s") % {"at": _day(release.embargo_until, at)}),
                    _("It can't be used before then."),
                )
            case Standing.ENDED:
                return _cleared_until(release.valid_until, at)
    manifests = report.get("manifests") or [{}]
    review = manifests[0].get("review") or {}
    until = times.read(review.get("valid_until") or "")
    if at is not None and until is not None and until <= at and _vouched(manifests[0], report):
        return _cleared_until(until, at)
    return None


def _cleared_until(until: datetime | None, at: datetime | None) -> CredentialsVerdict:
    return CredentialsVerdict(
        "triangle-alert",
        "warn",
        _("Clearance has ended: do not use"),
        (_("It was cleared for use until %(at)s.") % {"at": _day(until, at)}),
    )


def _day(moment: datetime | None, at: datetime | None) -> str:
    if moment is None:
        return _("an unknown date")
    return language.day(moment.astimezone(at.tzinfo if at else None))


def chain(report: Mapping[str, Any]) -> list[ManifestEntry]:
    return [_entry(manifest, vouched=_vouched(manifest, report)) for manifest in report["manifests"]]


def _vouched(manifest: Mapping[str, Any], report: Mapping[str, Any]) -> bool:
    """Reports from before manifests were judged one by one are believed only when all of it was trusted."""
    return bool(manifest.get("proven", report["state"] == State.TRUSTED))


def _entry(manifest: Mapping[str, Any], *, vouched: bool) -> ManifestEntry:
    review = manifest["review"] or {}
    icon, heading = _heading(manifest, review)
    return ManifestEntry(
        icon=icon if vouched else "file-question-mark",
        heading=heading if vouched else _heading_of_claims(manifest),
        vouched=vouched,
        claim="" if vouched else foreign_text.quoted(heading),
        claimed_by="" if vouched else foreign_text.quoted(_signer(manifest)),
        at=times.read(manifest["signed_at"]),
        proven=bool(manifest["time_stamp"]),
        sound=manifest["state"] in (State.TRUSTED, State.VALID),
        manifest=manifest,
        uses=tuple(usage_status.name_uses((use,)) for use in review.get("uses", ())),
        territories=tuple(territories.name_of(place) for place in review.get("territories", ())),
        purpose=usage_status.name_uses(tuple(review.get("uses", ()))),
        place=_place(review),
        valid_until=times.read(review.get("valid_until", "")),
        embargo_until=times.read(review.get("embargo_until", "")),
        inputs=tuple(title for title in manifest["ingredients"] if title not in ("Master", "Prompt")),
    )


def _place(review: Mapping[str, Any]) -> str:
    """Where, and from which day on if one was signed."""
    place = usage_status.name_places(tuple(review.get("territories", ())))
    begins = times.read(review.get("embargo_until", ""))
    if begins is None:
        return place
    since = _("from %(day)s") % {"day": language.day(timezone.localtime(begins))}
    return ", ".join(filter(None, [place, since]))


def _signer(manifest: Mapping[str, Any]) -> str:
    signer = manifest["signer"]
    return ", ".join(filter(None, [signer["name"] or _("an unnamed signer"), signer["organisation"]]))


def _heading_of_claims(manifest: Mapping[str, Any]) -> str:
    match manifest["state"]:
        case State.ALTERED:
            return _("Changed after it was signed")
        case State.INVALID:
            return _("Signed, but the credential does not hold")
        case State.TRUSTED:
            return _("Named as its origin by an unknown signer")
    return _("Signed by an unknown signer")


def _heading(manifest: Mapping[str, Any], review: Mapping[str, Any]) -> tuple[str, str]:
    if review:
        by = {"organisation": review["organisation"]}
        if review["decision"] == "approved":
            return "stamp", _("Approved for release by %(organisation)s") % by
        # Ours sign approvals alone: a stranger's manifest may say anything else, in words of its own.
        return "stamp", _("Reviewed by %(organisation)s: “%(decision)s”") % {
            **by,
            "decision": review["decision"],
        }
    actions = manifest["actions"]
    if manifest["ai_generated"]:
        agent = next((action["agent"] for action in actions if action["agent"]), "")
        source = next((action["source"] for action in actions if action["source"]), _("AI-generated"))
        return "sparkles", (
            _("%(source)s with %(agent)s") % {"source": source, "agent": agent}
        ) if agent else source
    if not actions:
        return "file-check", _("Signed")
    first, *others = dict.fromkeys(action["words"] for action in actions)
    return "file-check", ", ".join([first, *(language.midsentence(each) for each in others)])
