"""Getting a generator from the hub: asked for on a page, done by a worker turn by turn, and resumed.

A turn is some seconds, so that other work comes between; what has come lies in a folder beside the one it
will be. The row says how far it is; whoever holds it says so anew, and one whose worker died is taken up.
"""

import logging
import time
from datetime import datetime, timedelta

from django.core.cache import caches
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.connection import ConnectionProxy
from django.utils.translation import gettext as _

from dam.accounts.principals import Principal
from dam.audit import trail
from dam.audit.verbs import Verb
from dam.core import database, errors, events, tasks
from dam.core.model_hub import NotFetched
from dam.rights.model_licences import standings
from generation import model_register
from generation.generators import model_card, published
from generation.models import ModelFetch
from generation.states import FETCH_OPEN, FetchState

log = logging.getLogger(__name__)

TASK = "default.fetch_models"
TURN_SECONDS = 25.0
HELD_FOR = timedelta(minutes=3)  # longer than a connection may be silent
CHECKED_FOR = timedelta(hours=1)  # reading tens of gigabytes through
SAY_SECONDS = 2.0
CHAIN_SECONDS = 180  # after the last turn began; one that died is begun again by the schedule
_CHAIN = "model-fetches"
cache = ConnectionProxy(caches, "shared")
HERE = FetchState.FETCHING, FetchState.CHECKING


class FetchRefused(errors.Refused):
    """`unknown`, `there` or `open`."""

    code = "fetch_refused"


class _TurnOver(Exception):
    """The time of this turn is over, or somebody cancelled it; what has come stays."""


def start(repository: str, *, by: Principal) -> ModelFetch:
    """Have a worker fetch a generator of the list. Raises FetchRefused, PermissionDenied."""
    standings.require_installation_admin(by)
    wanted = published.starter(repository)
    if wanted is None:
        raise FetchRefused(_("That model isn't on the list."), code="unknown")
    if wanted.folder.is_dir():
        raise FetchRefused(_("This model is here already."), code="there")
    with trail.recording():
        try:
            with transaction.atomic():
                made = ModelFetch.objects.create(brand=by.brand, repository=repository, asked_by=by.user)
        except IntegrityError as there:
            raise FetchRefused(_("This model is being fetched already."), code="open") from there
        _record(Verb.MODEL_FETCH_ASKED, made, by=by)
        tasks.enqueue(TASK)
    _tell(made)
    return made


def cancel(fetch: ModelFetch, *, by: Principal) -> bool:
    """Stop it at the next piece; what has come stays, to go on another time. Whether it was still open."""
    standings.require_installation_admin(by)
    with trail.recording():
        rows = ModelFetch.objects.filter(pk=fetch.pk, state__in=FETCH_OPEN)
        if not rows.update(state=FetchState.CANCELLED, ended_at=timezone.now(), held_until=None):
            return False
        _record(Verb.MODEL_FETCH_CANCELLED, fetch, by=by)
    _tell(fetch)
    return True


def latest() -> dict[str, ModelFetch]:
    """The newest of each repository."""
    rows = ModelFetch.objects.order_by("repository", "-asked_at").distinct("repository")
    return {each.repository: each for each in rows}


def is_going_on() -> bool:
    """Whether turns follow one another already; the messages of two chains would crowd others out."""
    return bool(cache.get(_CHAIN))


def run(*, seconds: float = TURN_SECONDS, at: datetime | None = None) -> bool:
    """A turn at the one that waits longest; whether something is left to do now."""
    fetch = _claim(at=at or timezone.now())
    if fetch is None:
        cache.delete(_CHAIN)
        return False
    cache.set(_CHAIN, True, timeout=CHAIN_SECONDS)
    turn = _Turn(fetch, until=time.monotonic() + seconds)
    try:
        turn.go()
    except _TurnOver:
        ModelFetch.objects.filter(pk=fetch.pk, state__in=HERE).update(held_until=None)
        return True
    except NotFetched as problem:
        _end(fetch, FetchState.FAILED, reason=str(problem))
    except Exception:
        log.exception("%s can't be fetched.", fetch.repository)
        _end(fetch, FetchState.FAILED, reason=_("It couldn't be fetched. The worker's log says why."))
        raise
    return True


class _Turn:
    def __init__(self, fetch: ModelFetch, *, until: float) -> None:
        self.fetch, self._until, self._said = fetch, until, 0.0

    def go(self) -> None:
        fetch = self.fetch
        offer = published.look_up(fetch.repository, revision=fetch.revision or "main")
        self._write(revision=offer.revision, licence=offer.licence, total_bytes=offer.size)
        came = published.fetch(offer, on_progress=self._progress, checking=self._checking)
        identity = model_card.read(published.folder_of(fetch.repository)).identity
        weights = model_register.weights(identity, source=came.repository, revision=came.revision)
        standings.fill_in(weights)  # where clips were made with it before
        with trail.recording():
            record = standings.record_of(weights)
            _end(fetch, FetchState.DONE, weights=record.weights_sha256)

    def _progress(self, there: int, _of: int) -> None:
        now = time.monotonic()
        if now - self._said < SAY_SECONDS and now < self._until:
            return
        self._said = now
        self._write(done_bytes=there)
        if now >= self._until:
            raise _TurnOver

    def _checking(self) -> None:
        self._write(
            state=FetchState.CHECKING,
            done_bytes=self.fetch.total_bytes,
            held_until=timezone.now() + CHECKED_FOR,
        )

    def _write(self, **fields: object) -> None:
        """What it is at now; raises _TurnOver where somebody cancelled it."""
        fields.setdefault("held_until", timezone.now() + HELD_FOR)
        rows = ModelFetch.objects.filter(pk=self.fetch.pk, state__in=HERE)
        if not database.again(lambda: rows.update(**fields)):
            raise _TurnOver
        for name, value in fields.items():
            setattr(self.fetch, name, value)
        _tell(self.fetch)


def _claim(*, at: datetime) -> ModelFetch | None:
    free = Q(held_until=None) | Q(held_until__lt=at)
    for fetch in ModelFetch.objects.filter(free, state__in=FETCH_OPEN).order_by("asked_at")[:5]:
        rows = ModelFetch.objects.filter(free, pk=fetch.pk, state__in=FETCH_OPEN)
        if rows.update(state=FetchState.FETCHING, held_until=at + HELD_FOR):
            return fetch
    return None


def _end(fetch: ModelFetch, state: FetchState, *, reason: str = "", weights: str = "") -> None:
    with trail.recording():
        rows = ModelFetch.objects.filter(pk=fetch.pk, state__in=FETCH_OPEN)
        if not rows.update(
            state=state, reason=reason[:300], weights_sha256=weights, ended_at=timezone.now(), held_until=None
        ):
            return
        verb = Verb.MODEL_FETCHED if state is FetchState.DONE else Verb.MODEL_FETCH_FAILED
        _record(verb, fetch, reason=reason, weights=weights)
    _tell(fetch)


def _record(verb: Verb, fetch: ModelFetch, *, by: Principal | None = None, **more: str) -> None:
    known = {"repository": fetch.repository, "revision": fetch.revision, **more}
    trail.record(
        verb,
        brand=fetch.brand,
        target=fetch.repository,
        actor=by,
        data={name: text for name, text in known.items() if text},
    )


def _tell(fetch: ModelFetch) -> None:
    events.publish(brand_id=fetch.brand_id, name="models")
