"""The worker's part: claim a cut, make it in one pass, sign it, take it in, and say so whatever happens."""

import logging
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from uuid import UUID, uuid4

from celery.exceptions import Reject
from django.utils import timezone

from dam.accounts import principals
from dam.accounts.capabilities import Capability
from dam.catalog.models import AssetKind, DeclaredOrigin, Origin, Version
from dam.core import database, failures, log_context, storage
from dam.core.lazily import lazy
from dam.ingest import disk_space, filenames, holding, outages, registration
from dam.media import cut_files, cutting, runner
from dam.media.errors import FileRefused, MediaFailed
from dam.media.probe import MediaInfo
from dam.rights.making import NotMadeFrom
from dam.rights.models import Relation
from generation.cuts import drafts, plans, work
from generation.cuts.plans import CutRefused
from generation.models import Cut
from provenance.manifests import signing
from provenance.manifests.c2pa_io import SigningFailed
from provenance.manifests.claims import CutFacts, SourceFacts, SourceRelation
from provenance.manifests.signers import SignerExpired
from provenance.manifests.signing import NotAsSigned
from provenance.releases.signable import NOT_SET_UP
from provenance.watermarks import marks
from provenance.watermarks.marks import Chosen

log = logging.getLogger(__name__)

TELL_SECONDS = 1.0  # between two signs of progress; a cancelled cut is noticed by then
TO_SIGN = 0.95  # of the way: then it is signed and taken in
# What may go wrong in ways that their messages explain to people.
FORESEEN = (
    CutRefused,
    FileRefused,
    MediaFailed,
    NotAsSigned,
    NotMadeFrom,
    SignerExpired,
    SigningFailed,
    *NOT_SET_UP,
)
GONE = lazy("Something in this cut is no longer in the library, or you can't see it any more.")
_AI = (DeclaredOrigin.GENERATED, DeclaredOrigin.PARTLY_GENERATED)


@dataclass(frozen=True)
class Source:
    """A file of the cut, whichever pieces it is in."""

    version: Version
    path: Path
    role: str


def run(cut_id: str, *, token: str = "") -> None:
    """Make a cut that waits. May run twice, and at once: one of them keeps it. Raises Reject."""
    token = token or uuid4().hex
    try:
        cut = database.again(lambda: work.claim(cut_id, token=token, at=timezone.now()))
        if cut is not None:
            log_context.add(brand=cut.brand_id, user=cut.made_by_id)
            _run_claimed(cut)
    except database.AWAY as problem:
        log.warning("The database is away; cut %s goes back to its queue.", cut_id)
        raise Reject(problem, requeue=True) from problem


def _run_claimed(cut: Cut) -> None:
    try:
        with holding.held(lambda: work.mine(cut)):
            _make(cut)
    except work.Lost:
        log.info("Cut %s was cancelled, or went to another worker.", cut.pk)
    except (SystemExit, KeyboardInterrupt):  # the worker is told to stop
        _unless_lost(lambda: work.put_back(cut, at=timezone.now()))
        raise
    except Exception as problem:  # noqa: BLE001, as what nobody foresaw is raised on from there
        _take_problem(cut, problem)


def _take_problem(cut: Cut, problem: Exception) -> None:
    away = outages.describe(problem)
    if away is not None:
        log.warning("Cut %s could not be made now: %s (%r)", cut.pk, away, problem)
        _unless_lost(lambda: work.put_back(cut, reason=away, at=timezone.now()))
        return
    reason = failures.sentence(problem, of=f"Cut {cut.pk}", worded=FORESEEN)
    _unless_lost(lambda: work.fail(cut, reason=reason, at=timezone.now()))
    if not isinstance(problem, FORESEEN):
        raise problem


def _make(cut: Cut) -> Version:
    disk_space.require_work(0)
    settings, pieces = plans.read_settings(cut.settings), plans.read_pieces(cut.pieces)
    with ExitStack() as files, storage.scratch() as folder:
        sources = _opened(cut, pieces, settings, files)
        infos = {key: MediaInfo.from_json(each.version.media_info) for key, each in sources.items()}
        disk_space.require_copy(plans.sound_bytes(infos.values()))
        of_pieces = [infos[each.key] for each in pieces]
        outcome = plans.outcome(pieces, of_pieces, settings)
        bed = sources[UUID(settings.bed.version)] if settings.bed is not None else None
        versions = [each.version for each in sources.values()]
        chosen = marks.fresh(cut.brand, width=outcome.width, height=outcome.height, made_from=versions)
        mark, tell = chosen.mark if chosen else None, _teller(cut)
        encoded, master = folder / "encoded.mp4", folder / "master.mp4"
        database.release()  # nobody holds a connection for minutes
        cut_files.make(
            [_cutting(each, sources[each.key], infos[each.key]) for each in pieces],
            encoded,
            cut=outcome,
            own_sound=settings.own_sound,
            bed=(bed.path, infos[bed.version.pk]) if bed is not None else None,
            level=settings.level / 100,
            mark=mark,
            told=lambda done: tell(TO_SIGN * done),
        )
        changes = plans.changes(pieces, of_pieces, outcome, settings)
        facts = _facts(cut, pieces, list(sources.values()), changes)
        facts = replace(facts, watermark=mark.identifier if mark else None)
        signing.sign_cut(encoded, out=master, facts=facts, sources=[each.path for each in sources.values()])
        return _keep(cut, master, facts, sources, chosen)


def _opened(
    cut: Cut, pieces: Sequence[plans.Piece], settings: plans.Settings, files: ExitStack
) -> dict[UUID, Source]:
    """Each version with its file, the bed last, if who makes the cut may use them all. Raises CutRefused."""
    person = principals.member(cut.made_by, cut.brand)
    if person is None or not person.can(Capability.GENERATE):
        raise CutRefused(str(GONE))
    kinds = [*drafts.KINDS, AssetKind.SOUND.value]
    used = [*pieces, *([settings.bed] if settings.bed else [])]
    found = drafts.find(person, {UUID(each.version) for each in used}, kinds=kinds)
    opened: dict[UUID, Source] = {}
    for each in used:
        version = found.get(UUID(each.version))
        if version is None or version.sha256 != each.sha256:
            raise CutRefused(str(GONE))
        if version.pk not in opened:
            path = files.enter_context(storage.local_copy(version.storage_key))
            role = "sound" if each is settings.bed else f"piece-{len(opened) + 1}"
            opened[version.pk] = Source(version, path, role)
    return opened


def _cutting(piece: plans.Piece, source: Source, info: MediaInfo) -> cutting.Piece:
    return cutting.Piece(
        path=source.path,
        info=info,
        first=piece.first,
        end=piece.end,
        seconds=Fraction(piece.milliseconds, 1000),
        focus=piece.focus,
    )


def _relation(role: str, *, pieces: int) -> Relation:
    """One clip that is trimmed or cropped is what was worked on; several are what the cut contains."""
    return Relation.PARENT if pieces == 1 and role != "sound" else Relation.COMPONENT


def _facts(
    cut: Cut, pieces: Sequence[plans.Piece], sources: Sequence[Source], changes: tuple[str, ...]
) -> CutFacts:
    roles = {each.version.pk: each.role for each in sources}
    return CutFacts(
        title=cut.title,
        sources=tuple(
            SourceFacts(
                role=each.role,
                title=each.version.asset.title,
                sha256=each.version.sha256,
                relation=SourceRelation(_relation(each.role, pieces=len(pieces))),
            )
            for each in sources
        ),
        pieces=[_said(each, roles[each.key]) for each in pieces],
        generated=any(_is_generated(each.version) for each in sources),
        changes=changes,
        cut_id=str(cut.pk),
        at=timezone.now(),
        data_mining=cut.brand.data_mining,
    )


def _said(piece: plans.Piece, role: str) -> dict[str, object]:
    """A piece as the manifest names it."""
    span: dict[str, object] = (
        {"milliseconds": piece.milliseconds} if piece.still else {"first": piece.first, "end": piece.end}
    )
    return {"role": role, "sha256": piece.sha256, **span, "focus": list(piece.focus)}


def _is_generated(version: Version) -> bool:
    return version.origin == Origin.GENERATED or version.declared_origin in _AI


def _keep(
    cut: Cut, master: Path, facts: CutFacts, sources: dict[UUID, Source], chosen: Chosen | None
) -> Version:
    info = runner.probe(master)
    origins = {each.version.origin for each in sources.values()}
    origin = Origin.GENERATED if Origin.GENERATED in origins else Origin.UPLOADED
    declared = _declared([each.version for each in sources.values()]) if origin is Origin.UPLOADED else ""
    pieces = len(cut.pieces)

    def finish(version: Version) -> None:
        if declared:
            Version.objects.filter(pk=version.pk).update(declared_origin=declared)
        marks.keep(chosen, version, at=timezone.now())
        work.finish(cut, version, at=timezone.now())

    return database.again(
        lambda: registration.accept(
            master,
            brand=cut.brand,
            user=cut.made_by,
            filename=f"{filenames.of_title(cut.title) or 'cut'}.mp4",
            title=cut.title,
            origin=origin,
            media_info=info,
            content_type="video/mp4",
            made_from={key: _relation(each.role, pieces=pieces) for key, each in sources.items()},
            on_accept=finish,
        )
    )


def _declared(versions: Sequence[Version]) -> str:
    """Where a cut of uploaded clips comes from, as far as their uploaders said."""
    said = {each.declared_origin for each in versions}
    if len(versions) == 1 or (len(said) == 1 and said <= set(_AI)):
        return str(said.pop())
    return str(DeclaredOrigin.PARTLY_GENERATED if said & set(_AI) else DeclaredOrigin.COMPOSITE)


def _teller(cut: Cut) -> Callable[[float], None]:
    last = [0.0]

    def tell(done: float) -> None:
        now = time.monotonic()
        if now - last[0] >= TELL_SECONDS:
            last[0] = now
            database.again(lambda: work.progress(cut, min(99, int(done * 100))))
            database.release()

    return tell


def _unless_lost(end: Callable[[], None]) -> None:
    """End the claim, unless it is no longer ours: then its end is not ours to write."""
    try:
        database.again(end)
    except work.Lost:
        log.info("The cut was cancelled, or went to another worker.")
