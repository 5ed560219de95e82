"""Making a release's file: an approved master with a second manifest, signed by the reviewer."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from dam.accounts import pseudonyms
from dam.accounts.models import ReleasePrompts, ReviewerDisclosure
from dam.catalog.models import AssetKind
from dam.core import errors, storage
from dam.ingest import disk_space
from dam.media import runner, sniffer, specs
from dam.media.recipes import DECODED
from provenance.manifests import redactions, signing, verify
from provenance.manifests.claims import NamedModel, ReleaseFacts, StageFacts
from provenance.manifests.report import Report
from provenance.manifests.validation_codes import State
from provenance.releases import file_metadata
from provenance.releases.models import Release
from provenance.watermarks import marks
from provenance.watermarks.marks import Chosen

SUFFIXES = {
    kind.content_type: kind.suffix
    for kind in sniffer.ALL
    if kind.credentials is sniffer.CredentialSupport.SIGNED
}

# The entries of a review's decisions, by the index of their stage and who decided; by name, as it lies above.
LEDGER = "provenance.review.ledger.of_decisions"


class MasterChanged(errors.Refused):
    """The stored master is not the file that was reviewed, or its own credentials do not hold."""

    code = "master_changed"


class StillThere(errors.Refused):
    """What should have been taken out of the release is in it."""

    code = "still_there"


class ToBeConverted(Exception):
    """The master can't hold credentials: it must be converted, which takes long."""


@dataclass(frozen=True)
class Signed:
    """A signed and verified file in a scratch folder."""

    path: Path
    content_type: str
    report: Report
    pictures_sha256: str = ""  # of a video's decoded pictures, where they are known
    watermark: Chosen | None = None  # that its pictures got, where they were encoded anew


@contextmanager
def make(release: Release, *, at: datetime, may_convert: bool = True) -> Iterator[Signed]:
    """Sign the release's master and read the result back; the file is gone when the block ends.

    Raises MasterChanged, ToBeConverted unless it `may_convert`, and what signing.sign_release and the
    transcoder raise.
    """
    disk_space.require_work(release.version.size)
    disk_space.require_copy(2 * release.version.size)  # with its metadata, and signed
    with storage.local_copy(release.version.storage_key) as master, storage.scratch() as folder:
        if not may_convert and signing.signable(master) is not None:
            raise ToBeConverted
        if storage.sha256_of(master) != release.master_sha256:
            raise MasterChanged(
                _("The stored master isn't the file that was reviewed, so nothing was signed.")
            )
        before = verify.check(master)
        if before.state in (State.ALTERED, State.INVALID):
            raise MasterChanged(
                _("The master's Content Credentials are invalid. %(reasons)s")
                % {"reasons": " ".join(before.reasons)}
            )
        yield _sign(master, folder, release=release, before=before, at=at)


def _sign(master: Path, folder: Path, *, release: Release, before: Report, at: datetime) -> Signed:
    encoded, chosen = None, None
    if signing.signable(master) is not None:
        encoded, chosen = _convert(master, folder, release=release)
    kind = signing.content_type(encoded or master) or sniffer.MP4.content_type
    out, described = (folder / f"{name}{SUFFIXES[kind]}" for name in ("release", "described"))
    facts = _facts(release, before=before, transcoded=encoded is not None, at=at)
    values = file_metadata.of(release, model=facts.generated_by)
    facts = replace(facts, watermark=chosen.mark.identifier if chosen else None)
    facts = replace(facts, **_redactions(release, before=before))
    facts = replace(facts, described=runner.describe(encoded or master, described, values))
    report = signing.sign_release(
        master, out=out, facts=facts, encoded=encoded, described=described if facts.described else None
    )
    if facts.redacted and redactions.of_prompts(report):
        raise StillThere(_("The prompt is still in the signed file, so it wasn't released."))
    described.unlink(missing_ok=True)  # before the release is stored, which needs as much room
    # As long as nothing is encoded anew its pictures are the master's, and needn't be decoded again.
    pictures = facts.pictures_sha256 if encoded is None else runner.known_by(out)
    return Signed(out, kind, report, pictures, chosen)


def _convert(master: Path, folder: Path, *, release: Release) -> tuple[Path, Chosen | None]:
    """The master in a format that can hold credentials, at full size; a movie with a watermark, as wanted."""
    if release.version.kind == AssetKind.STILL:
        runner.convert_still(master, folder / "encoded.png")
        return folder / "encoded.png", None
    if release.version.kind == AssetKind.SOUND:
        runner.convert_sound(
            master, folder / "encoded.wav", info=runner.probe(master), spec=specs.SOUND_RELEASE
        )
        return folder / "encoded.wav", None
    info = runner.probe(master)
    width, height = specs.fit(info, specs.RELEASE.longest_side)
    chosen = None
    if not marks.is_in(release.version):
        sources = marks.sources_of(release.version)
        chosen = marks.fresh(release.brand, width=width, height=height, made_from=sources)
    mark = chosen.mark if chosen else None
    runner.transcode_release(master, folder / "encoded.mp4", info=info, mark=mark)
    return folder / "encoded.mp4", chosen


def _facts(release: Release, *, before: Report, transcoded: bool, at: datetime) -> ReleaseFacts:
    review = release.review
    entries = import_string(LEDGER)(review)
    # Approvals all: anything else ends a review.
    approvals = list(review.decisions.order_by("stage", "pk").select_related("decided_by"))
    stages = tuple(
        _approval(
            each,
            review.stages[each.stage],
            entry=entries.get((each.stage, each.decided_by_id)),
            disclosure=release.brand.reviewer_disclosure,
        )
        for each in approvals
    )
    model = before.model if before.ai_generated else None
    return ReleaseFacts(
        title=release.asset.title,
        review_id=str(review.pk),
        content_sha256=release.master_sha256,
        pictures_sha256=release.version.media_info.get(DECODED, {}).get("sha256", ""),
        organisation=release.brand.name,
        data_mining=release.brand.data_mining,
        stages=stages,
        uses=tuple(release.uses),
        territories=tuple(release.territories),
        valid_until=release.valid_until,
        embargo_until=approvals[-1].embargo_until if approvals else None,
        at=at,
        transcoded=transcoded,
        generated_by=NamedModel(name=model.name, identifier=model.identifier) if model else None,
    )


def _redactions(release: Release, *, before: Report) -> dict[str, Any]:
    """What the brand has taken out of the master's manifests; they stay whole in the master."""
    reason = release.brand.release_prompts
    found = redactions.of_prompts(before) if reason != ReleasePrompts.KEEP else ()
    return {"redacted": found, "redaction_reason": reason} if found else {}


def _approval(decision: Any, stage: str, *, entry: Any, disclosure: str) -> StageFacts:
    """Of a Decision, and its LedgerEntry or None. The stage names the role; who it was stays in the library,
    unless the brand says otherwise.
    """
    named = {
        ReviewerDisclosure.NAME: str(decision.decided_by),
        ReviewerDisclosure.PSEUDONYM: pseudonyms.of_reviewer(decision.decided_by_id),
    }
    return StageFacts(
        stage=stage,
        role=f"{stage}_reviewer",
        at=decision.decided_at,
        name=named.get(ReviewerDisclosure(disclosure), ""),
        entry=entry.sequence if entry else None,
        entry_sha256=entry.hash if entry else "",
    )
