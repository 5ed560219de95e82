"""The verdict on a file, and its history, out of what the C2PA library read. Pure.

The verdict is the worst of all findings and of the library's own: an altered parent leaves the library's list
of the active manifest empty.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from itertools import takewhile
from typing import Any

from dam.core import kept_sentences
from dam.core.language import noop
from provenance.manifests import findings, foreign_json, manifest_chain, validation_codes
from provenance.manifests.findings import Finding
from provenance.manifests.manifest_summary import ManifestSummary, ModelSummary, ReviewSummary
from provenance.manifests.validation_codes import State

NO_CREDENTIALS = noop("This file has no Content Credentials. That doesn't say anything about what it shows.")
ELSEWHERE = noop("Its Content Credentials are stored at another address. They weren't fetched.")
UNREADABLE = noop("The file or its Content Credentials can't be read. It may be damaged.")
KIND_UNKNOWN = noop("This type of file isn't recognised, so it can't be checked for Content Credentials.")
KIND_WITHOUT = noop("This type of file can't hold Content Credentials.")
TRUSTED = noop("Nothing was changed since it was signed. Trusted because of: %(lists)s.")
VALID = noop("Nothing was changed since it was signed, but the signer is on no list that is trusted here.")
INVALID = noop("Its Content Credentials are invalid.")
TOO_MUCH = noop("Checking stopped because it took too much time or memory.")

# A file from outside may say as much as it likes; what is kept of it and sent to browsers has an end. A store
# beyond this isn't kept, and of a longer history the older part.
LARGEST_RAW = LARGEST_CHAIN = 512 * 1024


@dataclass(frozen=True)
class Report:
    """The verdict, its findings and the chain, newest first. `raw` is what the library said."""

    state: State
    findings: tuple[Finding, ...] = ()  # the worst first
    more_findings: int = 0  # so many less bad ones are left out; the verdict counts them
    chain: tuple[ManifestSummary, ...] = ()
    shortened: bool = False  # older manifests are left out of the chain; the verdict counts them
    note: str = ""  # why there is nothing to report, or which list gave trust
    raw: dict[str, Any] = field(default_factory=dict, repr=False)

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(finding.code for finding in self.findings))

    @property
    def reasons(self) -> tuple[str, ...]:
        """Sentences for people, in English, never empty."""
        return tuple(dict.fromkeys(finding.reason for finding in self.findings)) or (self.note,)

    @property
    def active(self) -> ManifestSummary | None:
        return self.chain[0] if self.chain else None

    @property
    def development(self) -> bool:
        """Some trust in it comes from our development CA, which proves nothing to the world."""
        return any(manifest.development for manifest in self.chain)

    @property
    def line(self) -> tuple[ManifestSummary, ...]:
        """The manifest and its parents: what was said of this file, and not of what else went into it."""
        return tuple(takewhile(lambda m: m.relation in ("active", "parentOf"), self.chain))

    @property
    def ai_generated(self) -> bool:
        return any(m.ai_generated for m in self.line)

    @property
    def review(self) -> ReviewSummary | None:
        """The newest review of this file that somebody trusted here vouches for."""
        return next((m.review for m in self.line if m.review and m.proven), None)

    @property
    def model(self) -> ModelSummary | None:
        """The newest model of this file that somebody trusted here vouches for."""
        return next((m.model for m in self.line if m.model and m.proven), None)

    def to_json(self, *, raw: bool = False) -> dict[str, Any]:
        """{state, codes, reasons, findings, more_findings, manifests, shortened, development, note}.

        And `raw` if asked for.
        """
        data: dict[str, Any] = {
            "state": self.state.value,
            "codes": list(self.codes),
            "reasons": list(self.reasons),
            "findings": [asdict(finding) for finding in self.findings],
            "more_findings": self.more_findings,
            "manifests": [
                asdict(m) | {"signed_at": m.signed_at, "development": m.development, "proven": m.proven}
                for m in self.chain
            ],
            "shortened": self.shortened,
            "development": self.development,
            "note": self.note,
        }
        return data | ({"raw": self.raw if _size(self.raw) <= LARGEST_RAW else {}} if raw else {})


def said(sentence: str) -> str:
    """A note or a reason, which reports hold in English, in the language of who reads it."""
    return kept_sentences.said(sentence)


def without_chain(state: State, note: str) -> Report:
    return Report(state=state, note=note)


def of(reading: Mapping[str, Any], *, anchors: Mapping[str, str]) -> Report:
    """The report on a c2pa_io.ManifestReading in its JSON form.

    `anchors` gives the name that people know for each anchor's address in the reading.
    """
    match reading["outcome"]:
        case "none":
            return without_chain(State.NONE, NO_CREDENTIALS)
        case "elsewhere":
            return without_chain(State.UNREADABLE, ELSEWHERE)
        case "unreadable":
            return without_chain(State.UNREADABLE, UNREADABLE)
    reading = foreign_json.clean(reading)
    store = reading["store"]
    all_found = [*findings.of(store), *findings.of_uses(reading)]
    found = tuple(sorted(all_found, key=lambda each: -validation_codes.badness(each.state)))
    chain = tuple(manifest_chain.of(reading, found, anchors))
    seen = [*(finding.state for finding in found), *(manifest.state for manifest in chain)]
    state = validation_codes.worst([_library_state(store), *seen])
    kept = tuple(_newest(chain))
    return Report(
        state=state,
        findings=found[: foreign_json.MOST],
        more_findings=max(0, len(found) - foreign_json.MOST),
        chain=kept,
        shortened=len(kept) < len(chain)
        or len(chain) == manifest_chain.LONGEST_CHAIN < len(store["manifests"]),
        note=_note(state, chain),
        raw=store,
    )


def _newest(chain: Sequence[ManifestSummary]) -> Iterator[ManifestSummary]:
    """As many of the manifests, from the newest on, as can be kept; the newest in any case."""
    size = 0
    for place, manifest in enumerate(chain):
        size += _size(asdict(manifest))
        if place and size > LARGEST_CHAIN:
            return
        yield manifest


def _size(value: Any) -> int:
    return len(json.dumps(value, ensure_ascii=False))


def _note(state: State, chain: Sequence[ManifestSummary]) -> str:
    if state is State.TRUSTED:
        lists = dict.fromkeys(manifest.trusted_by for manifest in chain if manifest.trusted_by)
        return TRUSTED % {"lists": ", ".join(lists)}
    return VALID if state is State.VALID else INVALID


def _library_state(store: Mapping[str, Any]) -> State:
    known = {"Trusted": State.TRUSTED, "Valid": State.VALID}
    return known.get(str(store.get("validation_state")), State.INVALID)
