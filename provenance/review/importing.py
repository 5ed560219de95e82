"""Remarks out of a file, added to a version in the name of whoever brings them, and taken back together."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from dam.accounts import principals
from dam.accounts.capabilities import Capability
from dam.accounts.principals import Principal
from dam.audit import trail
from dam.audit.trail import PendingEvent
from dam.audit.verbs import Verb
from dam.catalog import versions
from dam.catalog.models import Version
from dam.core import events
from dam.search import comment_texts
from provenance.review import comments, corrections, drawings, linking
from provenance.review.comments import CommentRefused
from provenance.review.corrections import CommentKept
from provenance.review.models import Comment, CommentImport, ImportedComment, NotDone


@dataclass(frozen=True)
class Source:
    """A file that was looked at; each time that it is, it has another key."""

    key: UUID
    name: str


@dataclass(frozen=True)
class Remark:
    """What is to be added. On the whole clip without a frame; `end_frame` is the last one of a range."""

    frame: int | None
    end_frame: int | None
    body: str
    also_as: str = ""  # other words under which it is there already: with its author's name before them
    is_cut: bool = False  # `body` is the beginning of what it once said


@dataclass(frozen=True)
class TakenBack:
    gone: int
    kept: int  # which others count on


class Standing:
    """What a version says already, so that a file that comes twice doubles nothing. At most three queries."""

    def __init__(self, version: Version, *, to: Principal) -> None:
        self._there: dict[tuple[int | None, int | None], set[str]] = {}
        found = Comment.objects.filter(version=version, parent=None, deleted_at=None)
        rows = list(found.select_related("author"))
        clips = linking.clips((row.body for row in rows), to=to)
        for row in rows:
            # Files say clips that it points at by their titles, too.
            said = {row.body, clips.told(row.body), clips.kept(row.body), drawings.words(row.drawing)}
            for words in said - {""}:
                self._keep(row.frame, row.end_frame, words, f"{row.author}: {words}")

    def _keep(self, frame: int | None, end_frame: int | None, *words: str) -> None:
        self._there.setdefault((frame, end_frame), set()).update(map(_plain, words))

    def sort(self, remarks: Iterable[Remark]) -> tuple[list[Remark], list[Remark]]:
        """Those that aren't there yet, and those that are; of several that say the same the first is new."""
        new, there = [], []
        for remark in remarks:
            if self._has(remark):
                there.append(remark)
            else:
                new.append(remark)
                self._keep(remark.frame, remark.end_frame, remark.body)
        return new, there

    def _has(self, remark: Remark) -> bool:
        there = self._there.get((remark.frame, remark.end_frame), set())
        for words in filter(None, (_plain(remark.body), _plain(remark.also_as))):
            if words in there or (remark.is_cut and any(each.startswith(words) for each in there)):
                return True
        return False


def _plain(words: str) -> str:
    """As a line of an EDL has them."""
    return " ".join(words.replace("|", "/").split())


def add_all(
    version: Version, remarks: Sequence[Remark], source: Source, *, by: Principal, at: datetime | None = None
) -> CommentImport:
    """Keep those that aren't there yet, in a fixed number of queries; sent twice they are kept once.

    Names in them name nobody: who is told of comments hears of all of these at once. People outside don't
    read them. Raises CommentRefused, or PermissionDenied.
    """
    by.require(Capability.COMMENT, brand=version.brand)
    author, at = principals.person(by), at or timezone.now()
    for remark in remarks:
        comments.require_words(remark.body, drawing=None)
        comments.require_place(version, remark.frame, remark.end_frame)
    with trail.recording():
        version = versions.locked(version.pk)
        facts = {"version": version, "imported_by": author, "imported_at": at, "file_name": source.name}
        kept, _made = CommentImport.objects.get_or_create(pk=source.key, defaults=facts)
        if kept.undone_at is not None:
            raise CommentRefused(
                _("This import was taken back. Choose the file again to import its comments.")
            )
        new, _there = Standing(version, to=by).sort(remarks)
        added = Comment.objects.bulk_create(
            Comment(
                version=version,
                author=author,
                body=remark.body,
                frame=remark.frame,
                end_frame=remark.end_frame,
                created_at=at,
            )
            for remark in new
        )
        if added:
            links = [ImportedComment(comment=comment, source=kept) for comment in added]
            ImportedComment.objects.bulk_create(links)
            comment_texts.add_many(
                version, {f"comment {each.pk}": linking.without(each.body) for each in added}
            )
            trail.record_many([_added(each, version, kept, by=by, at=at) for each in added])
            _tell(version)
    return kept


def undoable(version: Version, *, by: Principal) -> QuerySet[CommentImport]:
    """What this person imported into the version and can take back, the newest first; `count` of each."""
    mine = CommentImport.objects.filter(version=version, undone_at=None, imported_by=by.user)
    counted = mine.annotate(count=Count("comments", filter=Q(comments__comment__deleted_at=None)))
    return counted.filter(count__gt=0).order_by("-imported_at")


def undo(source: CommentImport, *, by: Principal, at: datetime | None = None) -> TakenBack:
    """Take back what was imported, as if it had never been; once it is, nothing happens.

    What others count on stays: remarks that were answered, resolved, assigned, shown outside, edited, or
    looked for in a newer version. All stay while the clip is under legal hold, and once a decision was made.
    Raises CommentKept, or PermissionDenied.
    """
    at = at or timezone.now()
    by.require(Capability.COMMENT, brand=source.version.brand)
    if by.user is None or source.imported_by_id != by.user.pk:
        raise PermissionDenied(_("You can only take back your own imports."))
    with trail.recording():
        version = versions.locked(source.version_id)
        if not CommentImport.objects.filter(pk=source.pk, undone_at=None).update(undone_at=at):
            return TakenBack(0, 0)
        _require_free(version, source)
        locked = Comment.objects.select_for_update(no_key=True, of=("self",))
        mine = list(locked.filter(imported__source=source, deleted_at=None).order_by("pk"))
        counted_on = _counted_on(mine)
        gone = [row for row in mine if row.pk not in counted_on]
        trail.record_many([_deleted(each, version, source, by=by, at=at) for each in gone])
        comment_texts.drop_many(version, [f"comment {each.pk}" for each in gone])
        Comment.objects.filter(pk__in=[each.pk for each in gone]).delete()
        _tell(version)
    return TakenBack(len(gone), len(mine) - len(gone))


def _require_free(version: Version, source: CommentImport) -> None:
    bounds = corrections.bounds(version)
    if bounds.held:
        raise CommentKept(_("This clip is under legal hold, so its comments have to stay as they are."))
    if bounds.decided_at is not None and bounds.decided_at >= source.imported_at:
        raise CommentKept(
            _("A decision was made after this import, so its comments have to stay as they are.")
        )


def _counted_on(rows: Collection[Comment]) -> set[int]:
    """Keys of the remarks that somebody did something about. Two queries."""
    answered = Comment.objects.filter(parent__in=rows).values_list("parent", flat=True)
    looked_for = NotDone.objects.filter(comment__in=rows).values_list("comment", flat=True)
    own = {
        row.pk
        for row in rows
        if row.resolved_at or row.edited_at or row.assigned_to_id is not None or row.for_guests
    }
    return {*own, *(key for key in answered if key is not None), *looked_for}


def _tell(version: Version) -> None:
    """Tell the pages that are open."""
    events.publish(brand_id=version.brand_id, name=f"version-{version.pk}")
    events.publish(brand_id=version.brand_id, name=f"remarks-{version.asset_id}")


def _added(
    comment: Comment, version: Version, source: CommentImport, *, by: Principal, at: datetime
) -> PendingEvent:
    """It names the import by its key: a file's name may be a person's, and what is recorded is for ever."""
    data = {"comment": comment.pk, "body": comment.body, "frame": comment.frame, "import": str(source.pk)}
    if comment.end_frame is not None:
        data["end_frame"] = comment.end_frame
    return PendingEvent(Verb.COMMENT_ADDED, version.brand, str(version), by, version.asset_id, data, at)


def _deleted(
    comment: Comment, version: Version, source: CommentImport, *, by: Principal, at: datetime
) -> PendingEvent:
    data = {"comment": comment.pk, "import": str(source.pk)}
    return PendingEvent(Verb.COMMENT_DELETED, version.brand, str(version), by, version.asset_id, data, at)
