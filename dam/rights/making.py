"""What a version was made from: recording it, and what that means for its terms.

A circle would make a clip its own source, so whoever records holds the lock of the brand alone. What the
sources leave of a version's terms the database itself keeps (migration 0099).
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from dam.accounts.capabilities import Capability
from dam.accounts.models import User
from dam.accounts.principals import Principal
from dam.audit import trail
from dam.audit.verbs import Verb
from dam.catalog import assets
from dam.catalog.models import Approval, Asset, Version
from dam.core import errors, locks
from dam.core.lazily import lazy
from dam.rights import policy, terms, territories
from dam.rights.model_licences import made_with
from dam.rights.models import InheritedTerms, MadeFrom, Relation
from dam.rights.policy import Inherited, Source, Terms
from dam.rights.visibility import visible_versions

MOST_SOURCES = 100  # that one version is made from directly
MOST_STEPS = 12  # from a version back to the first of what it was made from

MOST_COUNTED = 1000  # of what was made from one version

AT_ONCE = 500  # versions that are compared together

_DECIDED = (Approval.IN_REVIEW, Approval.APPROVED)


class NotMadeFrom(errors.Refused):
    """`no_source`, `itself`, `circle`, `already`, `too_many`, `too_deep`, `gone`, `decided` or `held`."""

    code = "not_made_from"


@dataclass(frozen=True)
class Link:
    """Something a version was made from, as whoever asks may know it.

    `version` is None where they can't see it or it is gone; `terms` are None where it is gone.
    """

    record: MadeFrom
    version: Version | None
    terms: Terms | None

    @property
    def gone(self) -> bool:
        return self.terms is None


def add(version: Version, source: Version, *, relation: Relation, by: Principal) -> MadeFrom:
    """Record that the version was made from the source. Raises NotMadeFrom, PermissionDenied.

    Where it, or what was made from it, is in review or approved, those alone who may withdraw an approval
    record what takes something from that: it would withdraw it in effect.
    """
    by.require(Capability.EDIT, brand=version.brand)
    with trail.recording():
        locked = {each.pk: each for each in assets.lock([version.asset, source.asset])}
        if version.asset_id not in locked or not visible_versions(by).filter(pk=version.pk).exists():
            raise NotMadeFrom(_("This version is no longer there."), code="gone")
        if not visible_versions(by).filter(pk=source.pk).exists():
            raise NotMadeFrom(_("There's no such clip here."), code="no_source")
        locks.hold(_lock(version.brand_id))
        _require_fits(version, source)
        decided = [] if by.can(Capability.WITHDRAW_RELEASE) else _decided_ahead(version.pk)
        before = _may_do(decided)
        record = MadeFrom.objects.create(
            version=version, source=source, relation=relation, recorded_by=by.user
        )
        if _may_do(decided) != before:
            raise NotMadeFrom(
                _(
                    "A review counts on this version or on what was made from it, and that clip would narrow "
                    "it. Only those who may withdraw an approval can add it now."
                ),
                code="decided",
            )
        _record(Verb.SOURCE_ADDED, record, locked[version.asset_id], by=by)
    return record


def _require_fits(version: Version, source: Version) -> None:
    """Behind the lock: nobody records anything else meanwhile."""
    if source.pk == version.pk:
        raise NotMadeFrom(_("A clip can't be made from itself."), code="itself")
    recorded = MadeFrom.objects.filter(version=version)
    if recorded.filter(source=source).exists():
        raise NotMadeFrom(_("This is recorded already."), code="already")
    if recorded.count() >= MOST_SOURCES:
        raise _too_many()
    back, ahead = _steps(source.pk, back=True), _steps(version.pk, back=False)
    if version.pk in back:
        raise NotMadeFrom(_("That clip was itself made from this one."), code="circle")
    if max(back.values()) + 1 + max(ahead.values()) > MOST_STEPS:
        raise _too_deep()


def _too_deep() -> NotMadeFrom:
    return NotMadeFrom(
        _("From a clip back to its first source there can be %(most)s steps at most.") % {"most": MOST_STEPS},
        code="too_deep",
    )


def _too_many() -> NotMadeFrom:
    return NotMadeFrom(
        _("A version can be made from %(most)s clips at most.") % {"most": MOST_SOURCES}, code="too_many"
    )


def remove(version: Version, record_id: int, *, by: Principal) -> MadeFrom:
    """Record that it was not made from this after all. Raises NotMadeFrom, PermissionDenied.

    What is in review or approved, itself or something made from it, was decided on with its sources in view.
    Without one it may do more, so that it takes a legal reviewer, as granting that does.
    """
    if not by.can(Capability.DECIDE_LEGAL):
        by.require(Capability.EDIT, brand=version.brand)
    by.require(Capability.VIEW, brand=version.brand)
    with trail.recording():
        locked = assets.lock([version.asset])
        now = visible_versions(by).filter(pk=version.pk).first()
        # Behind the lock: whoever submits or decides meanwhile waits in the triggers, or is seen here.
        locks.hold(_lock(version.brand_id))
        record = MadeFrom.objects.filter(version=version, pk=record_id).select_related("source").first()
        if not locked or now is None or record is None:
            raise NotMadeFrom(_("This is no longer recorded."), code="gone")
        if locked[0].held_at is not None:
            raise NotMadeFrom(
                _("This clip is under legal hold. What it was made from stays as it is recorded."),
                code="held",
            )
        if not may_remove(now, by=by):
            raise NotMadeFrom(
                _("A review counts on this. Only a legal reviewer can remove it now; or add a new version."),
                code="decided",
            )
        MadeFrom.objects.filter(pk=record.pk).delete()
        _record(Verb.SOURCE_REMOVED, record, locked[0], by=by)
    return record


def may_remove(version: Version, *, by: Principal) -> bool:
    """Whether they may take away any of its sources. Reads `version.asset`."""
    if version.asset.held_at is not None:
        return False
    if by.can(Capability.DECIDE_LEGAL):  # no token has it
        return True
    return by.can(Capability.EDIT) and not _decided_ahead(version.pk)


def _decided_ahead(version_id: UUID) -> list[UUID]:
    """Itself and what was made from it, at any remove, as far as that is in review or approved."""
    keys = _steps(version_id, back=False)
    rows = Version.objects.filter(pk__in=keys, approval__in=_DECIDED)
    return list(rows.order_by("pk").values_list("pk", flat=True))


def counted_on(keys: Collection[UUID]) -> bool:
    """Whether one of these, or something made from one at any remove, is in review or approved. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNTED_ON, [list(keys), [each.value for each in _DECIDED]])
        return bool(cursor.fetchone()[0])


def counted_among(keys: Collection[UUID]) -> set[UUID]:
    """Those of these of which `counted_on` is true. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNTED_AMONG, [list(keys), [each.value for each in _DECIDED]])
        return {key for (key,) in cursor.fetchall()}


def _may_do(keys: Collection[UUID]) -> dict[UUID, tuple[object, ...]]:
    """What each may do now with all that it was made from, to be compared."""
    found: dict[UUID, tuple[object, ...]] = {}
    rows = Version.objects.filter(pk__in=keys) if keys else Version.objects.none()
    for each in rows.select_related("asset", "rights", "inherited"):
        whole = terms.of(each)
        now = policy.left(whole)
        stopped = whole.inherited is not None and whole.inherited.stopped
        places = territories.meet([now.territories])  # the EU by name and by its countries is the same
        found[each.pk] = (stopped, set(now.uses), set(places), now.embargo_until, now.valid_until)
    return found


def before_carrying(*replaced: Version) -> None:
    """Take the lock that `carry` needs, alone, before the new version's rights are written.

    Their trigger takes it together with others: two that began so, and then each wanted it alone, would wait
    for each other for ever.
    """
    if MadeFrom.objects.filter(version__in=replaced).exists():
        locks.hold(_lock(replaced[0].brand_id))


def carry(replaced: Version, version: Version) -> int:
    """Record of a new version what the one before it was made from; how many. In the caller's transaction.

    The next cut is usually made of the same. What nobody thought of must not make it free: whoever knows
    better removes it from the draft. Raises NotMadeFrom where it would be made from too many.
    """
    if not MadeFrom.objects.filter(version=replaced).exists():
        return 0
    locks.hold(_lock(version.brand_id))
    recorded = MadeFrom.objects.filter(version=version)
    known = recorded.filter(source__isnull=False).values("source")
    before = MadeFrom.objects.filter(version=replaced).exclude(source__in=known).order_by("pk")
    if recorded.count() + before.count() > MOST_SOURCES:
        raise _too_many()
    made = MadeFrom.objects.bulk_create(
        MadeFrom(
            version=version,
            source_id=each.source_id,
            relation=each.relation,
            recorded_by_id=each.recorded_by_id,
            recorded_at=each.recorded_at,
        )
        for each in before
    )
    return len(made)


def record_all(version: Version, made_from: Mapping[UUID, Relation], *, by: User) -> None:
    """Record of a version that comes into the library what it was made from, by who or what made it.

    In the caller's transaction, which holds `hold_alone` from before the version's rights were written. A
    source that was deleted meanwhile is one that nothing is known of. Raises NotMadeFrom where a clip would
    be too many steps from its first source.
    """
    if not made_from:
        return
    there = set(Version.objects.filter(brand=version.brand_id, pk__in=made_from).values_list("pk", flat=True))
    require_shallow(there)
    MadeFrom.objects.bulk_create(
        MadeFrom(version=version, source_id=key if key in there else None, relation=relation, recorded_by=by)
        for key, relation in made_from.items()
    )


def require_shallow(keys: Collection[UUID]) -> None:
    """Raises NotMadeFrom where what is made from these would be too many steps from its first source."""
    if any(max(_steps(key, back=True).values()) >= MOST_STEPS for key in keys):
        raise _too_deep()


def links(version: Version, *, by: Principal) -> list[Link]:
    """What it was made from directly, in two queries."""
    rows = list(
        MadeFrom.objects.filter(version=version)
        .select_related(
            "recorded_by", "source__asset", "source__rights", "source__inherited", "source__brand"
        )
        .order_by("pk")
    )
    seen = _seen([each.source_id for each in rows if each.source_id], by=by)
    return [
        Link(
            record=each,
            version=each.source if each.source_id in seen else None,
            terms=terms.of(each.source) if each.source is not None else None,
        )
        for each in rows
    ]


def knows_hidden(by: Principal) -> bool:
    """Whether they learn of a source that they can't see how it stands: who works here misses only the trash.

    Viewers and guests may not know how many unreleased clips there are, nor what was decided on them.
    """
    return by.can(Capability.VIEW_UNRELEASED)


def used_in(version: Version, *, by: Principal, most: int) -> tuple[list[Version], int]:
    """What was made from it directly and whoever asks can see, recorded last first; and how many that is.

    Of more than MOST_COUNTED the number is one more than that: an end card may be in all clips there are.
    """
    found = MadeFrom.objects.filter(source=version, version__in=visible_versions(by).order_by().values("pk"))
    told = ("version__asset", "version__brand", "version__rights", "version__inherited")
    rows = found.select_related(*told).order_by("-pk")[:most]
    return [each.version for each in rows], found[: MOST_COUNTED + 1].count()


def sources(version: Version, *, by: Principal) -> list[Source]:
    """All that it was made from and with, however far back, as the policy names it to whoever asks."""
    keys = [key for key in _steps(version.pk, back=True) if key not in (version.pk, None)]
    gone = MadeFrom.objects.filter(version__in=[version.pk, *keys], source=None).exists()
    rows = Version.objects.filter(pk__in=keys).select_related("asset", "rights").order_by("created_at", "pk")
    seen = _seen(keys, by=by)
    told = knows_hidden(by)
    found = [Source(_name(each, seen), terms.own(each), told or each.pk in seen) for each in rows]
    models = [
        Source(name if told else str(A_MODEL), None, made_with=limit)
        for name, limit in made_with.limiting([version.pk, *keys], of=version.pk)
    ]
    return [*models, *found, *([Source("", None)] if gone else [])]


def hold_still(brand_id: int) -> None:
    """Have nobody record what was made from what until the transaction ends; several may at once."""
    locks.hold(_lock(brand_id), shared=True)


def hold_alone(brand_id: int) -> None:
    """Have nobody record that, nor decide, nor change terms, until the transaction ends. Before any terms."""
    locks.hold(_lock(brand_id))


def all_sources(version_id: UUID) -> set[UUID]:
    """All that a version was made from, at any remove, that is still there. One query."""
    return {key for key in _steps(version_id, back=True) if key != version_id}


def all_sources_of(keys: Collection[UUID]) -> dict[UUID, set[UUID]]:
    """The same of many versions, in one query; those that were made from nothing are not in it."""
    with connection.cursor() as cursor:
        cursor.execute(_ALL_SOURCES, [list(keys)])
        pairs = cursor.fetchall()
    found: dict[UUID, set[UUID]] = {}
    for version, source in pairs:
        if source is not None:
            found.setdefault(version, set()).add(source)
    return found


def fresh(version: Version) -> Inherited | None:
    """What `version.inherited` should say, asked anew; None where nothing narrows it."""
    return fresh_of([version.pk]).get(version.pk)


def fresh_of(keys: Collection[UUID]) -> dict[UUID, Inherited]:
    """The same of many versions, in a few queries; those that nothing narrows are not in it."""
    with connection.cursor() as cursor:
        cursor.execute(_ALL_SOURCES, [list(keys)])
        pairs = cursor.fetchall()
    found: dict[UUID, list[UUID | None]] = {}
    for version, source in pairs:
        found.setdefault(version, []).append(source)
    ways = {key: {key, *(each for each in found.get(key, ()) if each)} for key in keys}
    limits = made_with.limits(ways)
    rows = Version.objects.filter(pk__in={*found, *limits, *(source for _version, source in pairs)} - {None})
    known = {each.pk: terms.own(each) for each in rows.select_related("asset", "rights")}
    return {
        version: policy.meet(
            known[version],
            [known.get(each) if each else None for each in found.get(version, ())],
            limits.get(version, ()),
        )
        for version in {**found, **limits}
        if version in known
    }


def wrongly_kept() -> Iterator[UUID]:
    """The versions of which the database keeps something else than the policy says."""
    after = UUID(int=0)
    linked = MadeFrom.objects.values_list("version_id", flat=True)
    limited = made_with.limited()
    kept = InheritedTerms.objects.values_list("version_id", flat=True)
    while True:
        keys = sorted(
            linked.filter(version_id__gt=after)
            .union(kept.filter(version_id__gt=after), limited.filter(version_id__gt=after))
            .order_by("version_id")[:AT_ONCE]
        )
        if not keys:
            return
        wanted = fresh_of(keys)
        rows = InheritedTerms.objects.in_bulk(keys)
        for key in keys:
            row = rows.get(key)
            if (terms.inherited(row) if row else None) != wanted.get(key):
                yield key
        after = keys[-1]


def keep_anew(keys: Collection[UUID]) -> None:
    """Have the database write what it keeps of these versions, and of all that was made from them, again."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT dam_inherit(%s)", [list(keys)])


def _seen(keys: Collection[UUID], *, by: Principal) -> set[UUID]:
    return set(visible_versions(by).filter(pk__in=keys).values_list("pk", flat=True)) if keys else set()


def _name(version: Version, seen: Collection[UUID]) -> str:
    return f"“{version.asset.title}”" if version.pk in seen else str(HIDDEN)


HIDDEN = lazy("a clip you can't see")
A_MODEL = lazy("an AI model")

_ALL_SOURCES = """
    WITH RECURSIVE up (heir, source) AS (
        SELECT version_id, source_id FROM dam_madefrom WHERE version_id = ANY (%s)
        UNION
        SELECT up.heir, link.source_id FROM up JOIN dam_madefrom AS link ON link.version_id = up.source
    )
    SELECT heir, source FROM up
"""

_COUNTED_ON = """
    WITH RECURSIVE ahead (id) AS (
        SELECT unnest(%s::uuid[])
        UNION
        SELECT link.version_id FROM ahead JOIN dam_madefrom AS link ON link.source_id = ahead.id
    )
    SELECT EXISTS (
        SELECT FROM ahead JOIN dam_version AS version ON version.id = ahead.id
        WHERE version.approval = ANY (%s)
    )
"""

_COUNTED_AMONG = """
    WITH RECURSIVE ahead (first, id) AS (
        SELECT each, each FROM unnest(%s::uuid[]) AS each
        UNION
        SELECT ahead.first, link.version_id
        FROM ahead JOIN dam_madefrom AS link ON link.source_id = ahead.id
    )
    SELECT DISTINCT ahead.first FROM ahead JOIN dam_version AS version ON version.id = ahead.id
    WHERE version.approval = ANY (%s)
"""

_WAY = """
    WITH RECURSIVE way (id, steps) AS (
        SELECT %s::uuid, 0
        UNION
        SELECT {to}, steps + 1 FROM way JOIN dam_madefrom ON {of} = way.id
        WHERE {to} IS NOT NULL AND steps < %s
    )
    SELECT id, max(steps) FROM way GROUP BY id
"""


def _steps(version_id: UUID, *, back: bool) -> dict[UUID, int]:
    """How many steps at most lead there, back to sources or ahead to what was made; to itself it is 0."""
    to, of = ("source_id", "version_id") if back else ("version_id", "source_id")
    with connection.cursor() as cursor:
        cursor.execute(_WAY.format(to=to, of=of), [version_id, MOST_STEPS + 1])
        return dict(cursor.fetchall())


def _lock(brand_id: int) -> str:
    """The name that the database's own functions know it by, too."""
    return f"made from {brand_id}"


def _record(verb: Verb, record: MadeFrom, asset: Asset, *, by: Principal) -> None:
    """The source is told by its keys: who reads the trail of this clip may not be one who sees that one."""
    source = record.source
    trail.record(
        verb,
        brand=asset.brand,
        target=asset.title,
        actor=by,
        asset_id=asset.pk,
        data={
            "version": str(record.version_id),
            "relation": record.relation,
            "source": str(record.source_id or ""),
            "source_asset": str(source.asset_id) if source is not None else "",
        },
    )
    assets.publish([asset])
