"""What people state of a version's rights in words: licence, holder, restriction, credit and the like.

They decide nothing by themselves: a reviewer reads them. So whoever edits clips changes them until a review
has the version in hand, and from then on only those who decide on terms.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace

from django.utils import timezone
from django.utils.translation import gettext as _

from dam.accounts.capabilities import Capability
from dam.accounts.principals import Principal
from dam.audit import trail
from dam.audit.verbs import Verb
from dam.catalog import assets, versions
from dam.catalog.models import Approval, Version
from dam.core import errors, foreign_text
from dam.core.language import number
from dam.rights.models import RightsRecord
from dam.rights.visibility import visible_versions

# Characters at most.
LONGEST = {
    "licence": 200,
    "rights_holder": 200,
    "credit_line": 200,
    "exclusivity": 200,
    "channels": 300,
    "audience": 200,
    "restriction": 300,
}

BETWEEN = "; "  # restrictions that were put together

_DECIDED = (Approval.IN_REVIEW, Approval.APPROVED)


@dataclass(frozen=True)
class Statements:
    licence: str = ""
    rights_holder: str = ""
    credit_line: str = ""  # what is to be printed beside it
    exclusivity: str = ""
    channels: str = ""  # and media
    audience: str = ""
    restriction: str = ""


class StatementsRefused(errors.Refused):
    """`gone` or `decided`."""

    code = "statements"


class TooLong(errors.Refused):
    """`problems`: sentences by the name of a statement."""

    code = "statement_too_long"

    def __init__(self, problems: dict[str, str]) -> None:
        self.problems = problems
        super().__init__(" ".join(problems.values()))


class ChangedMeanwhile(errors.Refused):
    """Somebody else stated something else of the same since it was read; `now` is what stands there."""

    code = "statements_changed"

    def __init__(self, now: Statements) -> None:
        self.now = now
        super().__init__(_("Someone else changed this while you were editing. Compare, and save again."))


def of(version: Version) -> Statements:
    """Reads `version.rights`: select it."""
    return _of(getattr(version, "rights", None))


def clean(wanted: Statements) -> Statements:
    """Each on one line, as it is kept. Raises TooLong."""
    problems = problems_of(asdict(wanted))
    if problems:
        raise TooLong(problems)
    return Statements(**{name: _line(text) for name, text in asdict(wanted).items()})


def problems_of(typed: dict[str, str]) -> dict[str, str]:
    """What is too long among texts by the names of statements, in sentences."""
    return {
        name: _("At most %(most)s characters; this has %(has)s.")
        % {"most": number(LONGEST[name]), "has": number(len(text))}
        for name, text in typed.items()
        if len(text) > LONGEST[name]
    }


def may_edit(version: Version, *, by: Principal) -> bool:
    return by.can(Capability.DECIDE_LEGAL) or (by.can(Capability.EDIT) and version.approval not in _DECIDED)


def require(version: Version, *, by: Principal) -> None:
    """Raises StatementsRefused where somebody else must change them."""
    if not may_edit(version, by=by):
        raise StatementsRefused(
            _("A review counts on this. Only a legal reviewer can change it now; or add a new version."),
            code="decided",
        )


def edit(
    version: Version,
    wanted: Statements,
    *,
    seen: Statements,
    by: Principal,
    noted: Mapping[str, object] | None = None,
) -> bool:
    """Put these in the place of what was `seen`; True when anything changed. `noted` stands in the event.

    What is left as it was seen stays as others have made it meanwhile. Raises TooLong, StatementsRefused,
    ChangedMeanwhile, PermissionDenied.
    """
    if not by.can(Capability.DECIDE_LEGAL):
        by.require(Capability.EDIT, brand=version.brand)
    by.require(Capability.VIEW, brand=version.brand)
    wanted = clean(wanted)
    with trail.recording():
        visible = visible_versions(by).filter(pk=version.pk)
        if visible.exists():
            versions.locked(version.pk)  # who submits or decides meanwhile waits, or is seen here
        now = visible.select_related("asset__brand", "rights").first()
        if now is None:
            raise StatementsRefused(_("This version is no longer there."), code="gone")
        require(now, by=by)
        return put(now, _merged(of(now), wanted, seen), by=by, noted=noted)


def put(
    version: Version,
    wanted: Statements,
    *,
    by: Principal,
    besides: Mapping[str, object] | None = None,
    noted: Mapping[str, object] | None = None,
) -> bool:
    """Keep clean ones, in the caller's `trail.recording()`; True when anything changed.

    `besides` is what else the caller changed of the version, which one event tells together with them;
    `noted` is told there too, and is no change.
    """
    stated = differences(of(version), wanted)
    changes: dict[str, object] = {**stated, **(besides or {})}
    if stated:
        kept = {**asdict(wanted), "updated_at": timezone.now()}
        RightsRecord.objects.update_or_create(version=version, defaults=kept)
    if not changes:
        return False
    asset = version.asset
    trail.record(
        Verb.ASSET_EDITED,
        brand=asset.brand,
        target=asset.title,
        actor=by,
        asset_id=asset.pk,
        data={**changes, **(noted or {}), "version": str(version.pk)},
    )
    assets.publish([asset])
    return True


def differences(before: Statements, after: Statements) -> dict[str, list[str]]:
    """What was stated and is now, by the names of those that differ."""
    was, now = asdict(before), asdict(after)
    return {name: [was[name], now[name]] for name in now if was[name] != now[name]}


def carried(replaced: Version | None, *, same: Version | None = None) -> dict[str, str]:
    """The statements of the version before, with which a new one begins: what nobody thought of must not
    take a restriction away. Those of a version with the `same` file go first, and the restrictions of both
    hold. By the names of RightsRecord's fields."""
    if replaced is None:
        return {}
    before = asdict(_of(RightsRecord.objects.filter(version=replaced).first()))
    if same is None:
        return before
    own = asdict(_of(RightsRecord.objects.filter(version=same).first()))
    found = {name: text or before[name] for name, text in own.items()}
    return found | {"restriction": joined(own["restriction"], before["restriction"])}


def joined(own: str, before: str) -> str:
    """The parts of two restrictions, each once; where they are too long together, the cut shows."""
    parts = own.split(BETWEEN) if own else []
    missing = [part for part in dict.fromkeys(before.split(BETWEEN)) if part and part not in parts]
    return foreign_text.cut(BETWEEN.join([*parts, *missing]), LONGEST["restriction"])


def _of(record: RightsRecord | None) -> Statements:
    return Statements(**{name: getattr(record, name) for name in LONGEST}) if record else Statements()


def _line(text: str) -> str:
    return foreign_text.line(text, longest=max(LONGEST.values()))


def _merged(now: Statements, wanted: Statements, seen: Statements) -> Statements:
    mine: dict[str, str] = {}
    for name, text in asdict(wanted).items():
        there, read = getattr(now, name), getattr(seen, name)
        if text in (read, there):
            continue
        if there != read:
            raise ChangedMeanwhile(now)
        mine[name] = text
    return replace(now, **mine)
