"""Putting a cut together: a draft of one person, changed as a whole at the revision that they saw."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import F, QuerySet
from django.utils import timezone

from dam.accounts import principals
from dam.accounts.capabilities import Capability
from dam.accounts.principals import Principal
from dam.catalog.models import AssetKind, Version
from dam.core import errors, foreign_text
from dam.core.language import gettext as _
from dam.core.language import noop
from dam.media.probe import MediaInfo
from dam.rights.visibility import visible_versions
from generation.cuts import plans
from generation.cuts.plans import CutRefused, Piece, Settings, Used
from generation.models import Cut
from generation.states import CutState

KINDS = (AssetKind.VIDEO.value, AssetKind.STILL.value)
MOST_DRAFTS = 50  # of one person
LONGEST_TITLE = 200


class CutMoved(errors.Refused):
    """Another tab has changed the draft, or it is being made."""

    code = "cut_moved"
    message = noop("This cut was changed in another window. Here is how it stands now.")


@dataclass(frozen=True)
class Pieced:
    """A cut's piece with its clip, while whoever asks sees that."""

    piece: Piece
    version: Version | None  # None: gone, in the trash, or not to be seen

    @property
    def info(self) -> MediaInfo | None:
        return MediaInfo.from_json(self.version.media_info) if self.version is not None else None


def find(by: Principal, keys: Iterable[UUID], *, kinds: Sequence[str] = KINDS) -> dict[UUID, Version]:
    """The versions among these that they see and that can be in a cut."""
    rows = visible_versions(by).filter(pk__in=list(keys), kind__in=list(kinds))
    return {each.pk: each for each in rows.select_related("asset", "rights").prefetch_related("renditions")}


def own(by: Principal) -> QuerySet[Cut]:
    """Their cuts, last changed first."""
    rows = Cut.objects.filter(brand=by.brand, made_by=principals.person(by))
    return rows.select_related("brand", "version__asset").order_by("-changed_at", "-pk")


def create(*, by: Principal, versions: Sequence[Version] = (), like: Cut | None = None) -> Cut:
    """A new draft, of these or as another cut is. Raises CutRefused, PermissionDenied."""
    by.require(Capability.GENERATE)
    if own(by).filter(state=CutState.DRAFT).count() >= MOST_DRAFTS:
        raise CutRefused(_("You have %(count)s drafts already. Delete some first.") % {"count": MOST_DRAFTS})
    if len(versions) > plans.MOST_PIECES:
        raise _too_many()
    title = like.title if like is not None else versions[0].asset.title if len(versions) == 1 else ""
    made: Cut = Cut.objects.create(
        brand=by.brand,
        made_by=principals.person(by),
        title=foreign_text.line(title, longest=LONGEST_TITLE) or _("Untitled cut"),
        pieces=like.pieces if like is not None else [plans.kept(piece(each)) for each in versions],
        settings=like.settings if like is not None else plans.kept(Settings()),
    )
    return made


def change(
    cut: Cut, *, by: Principal, revision: int, title: str, pieces: Sequence[Piece], settings: Settings
) -> None:
    """Keep the draft as it now is. Raises CutMoved, CutRefused for too many pieces."""
    by.require(Capability.GENERATE, brand=cut.brand)
    if len(pieces) > plans.MOST_PIECES:
        raise _too_many()
    changed = Cut.objects.filter(pk=cut.pk, state=CutState.DRAFT, revision=revision).update(
        title=foreign_text.line(title, longest=LONGEST_TITLE) or _("Untitled cut"),
        pieces=[plans.kept(each) for each in pieces],
        settings=plans.kept(settings),
        revision=F("revision") + 1,
        changed_at=timezone.now(),
    )
    if not changed:
        raise CutMoved
    cut.refresh_from_db()


def delete(cut: Cut, *, by: Principal) -> None:
    """Forget it; the clip that was made of it stays. Raises CutMoved while it is being made."""
    by.require(Capability.GENERATE, brand=cut.brand)
    ended = (CutState.DRAFT, CutState.DONE, CutState.FAILED, CutState.CANCELLED)
    if not Cut.objects.filter(pk=cut.pk, state__in=ended).delete()[0]:
        raise CutMoved


def piece(version: Version) -> Piece:
    """The whole clip, cropped around the focus that it has in the library. Reads `version.asset`."""
    focus = (version.asset.focus_x, version.asset.focus_y)
    return plans.whole(used(version), MediaInfo.from_json(version.media_info), focus=focus)


def used(version: Version) -> Used:
    return Used(
        version=str(version.pk),
        asset=str(version.asset_id),
        sha256=version.sha256,
        title=version.asset.title,
    )


def pieced(cut: Cut, *, by: Principal) -> list[Pieced]:
    pieces = plans.read_pieces(cut.pieces)
    found = find(by, {each.key for each in pieces})
    return [Pieced(each, found.get(each.key)) for each in pieces]


def bed(cut: Cut, *, by: Principal) -> Version | None:
    """The sound under the whole, while they see it."""
    settings = plans.read_settings(cut.settings)
    if settings.bed is None:
        return None
    key = UUID(settings.bed.version)
    return find(by, [key], kinds=[AssetKind.SOUND.value]).get(key)


def _too_many() -> CutRefused:
    return CutRefused(_("A cut can have %(count)s pieces at most.") % {"count": plans.MOST_PIECES})
