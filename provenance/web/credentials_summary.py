"""A report of credentials, told for people: the verdict in one line, then the chain, newest first."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dam.rights import territories
from provenance.manifests.validation_codes import State


@dataclass(frozen=True)
class CredentialsVerdict:
    icon: str
    tone: str
    title: str
    sentence: str


@dataclass(frozen=True)
class ManifestEntry:
    """One manifest of the chain. `manifest` is a ManifestSummary in JSON form."""

    icon: str
    heading: str
    at: datetime | None
    proven: bool  # a time-stamp says when, not only the signer
    sound: bool
    manifest: Mapping[str, Any]
    uses: tuple[str, ...]
    territories: tuple[str, ...]
    valid_until: datetime | None
    inputs: tuple[str, ...]


_VERDICTS = {
    State.TRUSTED: ("shield-check", "ok", "Verified and trusted"),
    State.VALID: ("shield-check", "info", "Verified, signer not on a trust list"),
    State.INVALID: ("shield-x", "bad", "Its credential does not hold"),
    State.ALTERED: ("shield-alert", "bad", "Altered after signing"),
    State.UNREADABLE: ("shield-question-mark", "warn", "Its credentials can't be read"),
    State.NONE: ("shield-off", "", "No credentials"),
}
_INTACT = "Nothing was changed since it was signed."
_DEVELOPMENT = (
    "Nothing was changed since it was signed. The signer is this library's own development CA, which is on "
    "no public trust list: outside this library the signature proves nothing."
)


def verdict(report: Mapping[str, Any]) -> CredentialsVerdict:
    """The pin and the line of words for a report in JSON form."""
    state = State(report["state"])
    icon, tone, title = _VERDICTS[state]
    if state is State.TRUSTED and report["development"]:
        return CredentialsVerdict(icon, tone, "Verified and trusted here, by a development CA", _DEVELOPMENT)
    if state is State.TRUSTED:
        return CredentialsVerdict(icon, tone, title, report["note"])
    if state is State.VALID and not report["reasons"]:
        return CredentialsVerdict(icon, tone, title, _INTACT)
    sentence = " ".join(report["reasons"])
    return CredentialsVerdict(
        icon, tone, title, f"{_INTACT} {sentence}" if state is State.VALID else sentence
    )


def chain(report: Mapping[str, Any]) -> list[ManifestEntry]:
    return [_entry(manifest) for manifest in report["manifests"]]


def _entry(manifest: Mapping[str, Any]) -> ManifestEntry:
    review = manifest["review"] or {}
    icon, heading = _heading(manifest, review)
    return ManifestEntry(
        icon=icon,
        heading=heading,
        at=moment(manifest["signed_at"]),
        proven=bool(manifest["time_stamp"]),
        sound=manifest["state"] in (State.TRUSTED, State.VALID),
        manifest=manifest,
        uses=tuple(use.replace("_", " ") for use in review.get("uses", ())),
        territories=tuple(territories.name_of(place) for place in review.get("territories", ())),
        valid_until=moment(review.get("valid_until", "")),
        inputs=tuple(title for title in manifest["ingredients"] if title not in ("Master", "Prompt")),
    )


def _heading(manifest: Mapping[str, Any], review: Mapping[str, Any]) -> tuple[str, str]:
    if review:
        return "stamp", f"{review['decision'].capitalize()} for release by {review['organisation']}"
    actions = manifest["actions"]
    if manifest["ai_generated"]:
        agent = next((action["agent"] for action in actions if action["agent"]), "")
        source = next((action["source"] for action in actions if action["source"]), "AI-generated")
        return "sparkles", f"{source} with {agent}" if agent else source
    action_words = dict.fromkeys(action["words"] for action in actions)
    words = ", ".join(action_words) if action_words else "Signed"
    return "file-check", words[0] + words[1:].lower()


def moment(text: str) -> datetime | None:
    """A time as a signed file writes it; None for anything else."""
    try:
        parsed = datetime.fromisoformat(text)
    except ValueError:
        return None
    return parsed if parsed.tzinfo else None
