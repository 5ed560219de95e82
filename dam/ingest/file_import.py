"""Files of the server's disk into a brand's library, one by one, and what became of each."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass

from dam.accounts import principals
from dam.accounts.capabilities import Capability
from dam.accounts.principals import Member
from dam.audit import trail
from dam.audit.verbs import Verb
from dam.catalog.models import Asset, Version
from dam.core import database, foreign_text, outages
from dam.core.errors import Refused
from dam.core.lazily import lazy
from dam.core.sandbox import Interrupted
from dam.ingest import folders, importer, sidecars
from dam.ingest.details import Details
from dam.ingest.folders import Found
from dam.ingest.registration import AlreadyKnown

AWAY, DISK_FULL = "away", "disk_full"  # codes of what says nothing about the file, and passes


@dataclass
class ImportOutcome:
    """What became of one file; `state` is its processing, set with --wait."""

    path: str
    outcome: str  # "taken", "known" or "refused"
    asset: str | None = None
    version: str | None = None
    reason: str = ""
    sha256: str = ""  # of what is in the library
    state: str | None = None
    code: str = ""  # of what refused it, where something of ours did


class MayNotImport(Refused):
    code = "may_not_import"
    message = lazy("The person who imports no longer has the right to upload to this brand.")


def record(outcomes: Collection[ImportOutcome], member: Member) -> None:
    """One event for all of them: each clip has one of its own. Whoever imports is told of this one."""
    counts = Counter(outcome.outcome for outcome in outcomes)
    trail.record(
        Verb.FILES_IMPORTED,
        brand=member.brand,
        target=f"{len(outcomes)} files",
        actor=member,
        data={name: counts[name] for name in ("taken", "known", "refused")},
    )


def import_file(
    found: Found,
    *,
    member: Member,
    asset: Asset | None,
    said: Details | None,
    keywords: bool,
    patience: float,
) -> ImportOutcome:
    """What became of the file. Raises what the database last said (database.AWAY)."""
    shown = folders.named(found.path)
    if found.problem:
        return refusal(shown, found.problem)
    try:
        # Harmless twice: a file that was taken is known then.
        version = database.again(
            lambda: _import(found, member=member, asset=asset, said=said, keywords=keywords), seconds=patience
        )
    except AlreadyKnown as known:
        earlier = known.version
        return ImportOutcome(
            shown, "known", str(earlier.asset_id), str(earlier.pk), str(known), earlier.sha256
        )
    except Refused as refused:
        return refusal(shown, refused.message, code=refused.code)
    except (OSError, Interrupted) as problem:
        passing = outages.describe(problem)
        code = DISK_FULL if passing == outages.DISK_FULL else AWAY if passing else ""
        return refusal(shown, str(problem) or passing, code=code)
    return ImportOutcome(shown, "taken", str(version.asset_id), str(version.pk), sha256=version.sha256)


def _import(
    found: Found, *, member: Member, asset: Asset | None, said: Details | None, keywords: bool
) -> Version:
    now = principals.member(member.user, member.brand)  # as they stand now, in an import of hours
    if now is None or not now.can(Capability.UPLOAD):
        raise MayNotImport
    database.release()  # while the file is read
    said = sidecars.read(found.path, root=found.root) or said
    return importer.take_from_disk(
        found.path,
        brand=member.brand,
        user=member.user,
        asset=asset,
        said=said,
        root=found.root,
        keywords=keywords,
    )


def refusal(shown: str, reason: object, *, code: str = "") -> ImportOutcome:
    """Reasons may quote what files say: a terminal gets neither orders nor a megabyte from them."""
    return ImportOutcome(shown, "refused", reason=foreign_text.line(str(reason), longest=500), code=code)
