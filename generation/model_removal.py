"""Removing a fetched generator: its folder is put aside under another name, and deleted a day later.

Until then it is put back by giving it its name again. What it made stays, with the record of the model.
"""

import os
import shutil
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dam.accounts.principals import Principal
from dam.audit import trail
from dam.audit.verbs import Verb
from dam.core import errors, events
from dam.rights.model_licences import standings
from generation import model_register, states
from generation.generators import published, source
from generation.model_register import ModelKind
from generation.models import DefaultGenerator, GenerationJob, ModelFetch

KEPT_FOR = timedelta(days=1)
ASIDE = ".{name}.removed"
GOING = ".going"


class NotRemoved(errors.Refused):
    """`unknown`, `gone`, `waited_for`, `default` or `there`."""

    code = "not_removed"


def remove(repository: str, *, by: Principal) -> None:
    """Put it aside. Raises NotRemoved while takes wait for it or a brand's briefs begin with it."""
    standings.require_installation_admin(by)
    folder = _folder(repository)
    came = source.read(folder)
    if came is None:
        raise NotRemoved(_("This model isn't here."), code="gone")
    if folder.resolve() == model_register.folder(ModelKind.GENERATOR).resolve():
        words = _("The installation's settings name this model (GENERATOR_MODEL). Change them first.")
        raise NotRemoved(words, code="default")
    waiting = GenerationJob.objects.filter(generator=came.weights_sha256, state__in=states.OPEN).count()
    if waiting:
        told = ngettext(
            "%(count)s take waits for this model. Cancel it, or wait until it's done.",
            "%(count)s takes wait for this model. Cancel them, or wait until they are done.",
            waiting,
        )
        raise NotRemoved(told % {"count": waiting}, code="waited_for")
    brands = DefaultGenerator.objects.filter(weights_sha256=came.weights_sha256, brand__deleted_at=None)
    brands = brands.select_related("brand")
    names = sorted(each.brand.name for each in brands)
    if names:
        raise NotRemoved(
            _("Briefs of %(brand)s begin with this model. Choose another one for them first.")
            % {"brand": ", ".join(names[:5])},
            code="default",
        )
    try:
        with trail.recording():
            _record(Verb.MODEL_REMOVED, came, by=by)
            _put(folder, aside(folder))
    except FileNotFoundError as gone:  # pressed twice
        raise NotRemoved(_("This model isn't here."), code="gone") from gone
    except OSError as problem:
        raise NotRemoved(_("This server may not change the folder of models."), code="folder") from problem
    events.publish(brand_id=by.brand.pk, name="models")


def restore(repository: str, *, by: Principal) -> None:
    """Put it back. Raises NotRemoved where it was deleted meanwhile, or fetched anew."""
    standings.require_installation_admin(by)
    folder = _folder(repository)
    came = source.read(aside(folder))
    if came is None:
        raise NotRemoved(_("This model has been deleted since. Get it again."), code="gone")
    if (
        folder.exists()
        or ModelFetch.objects.filter(repository=repository, state__in=states.FETCH_OPEN).exists()
    ):
        raise NotRemoved(_("This model is here already, or on its way."), code="there")
    with trail.recording():
        _record(Verb.MODEL_RESTORED, came, by=by)
        aside(folder).rename(folder)
    events.publish(brand_id=by.brand.pk, name="models")


def aside(folder: Path) -> Path:
    """Where a removed one lies: a name that begins with a dot is no model's."""
    return folder.with_name(ASIDE.format(name=folder.name))


def goes_at(folder: Path) -> datetime | None:
    """When what was removed is deleted; None where nothing lies there."""
    try:
        return datetime.fromtimestamp(aside(folder).stat().st_mtime, UTC) + KEPT_FOR
    except OSError:
        return None


def purge(*, at: datetime) -> int:
    """Delete what was put aside a day ago; how many."""
    old = [each for each in published.home().glob(ASIDE.format(name="*")) if _is_over(each, at)]
    for each in old:
        each.rename(each.with_suffix(GOING))  # no one restores what is half deleted
    for each in published.home().glob(f".*{GOING}"):
        shutil.rmtree(each, ignore_errors=True)
    return len(old)


def _is_over(folder: Path, at: datetime) -> bool:
    return datetime.fromtimestamp(folder.stat().st_mtime, UTC) + KEPT_FOR <= at


def _folder(repository: str) -> Path:
    known = published.starter(repository)
    if known is None:
        raise NotRemoved(_("That model isn't on the list."), code="unknown")
    return known.folder


def _put(folder: Path, to: Path) -> None:
    if to.exists():
        shutil.rmtree(to)
    folder.rename(to)
    now = time.time()
    os.utime(to, (now, now))  # from when on it is kept


def _record(verb: Verb, came: source.Source, *, by: Principal) -> None:
    data = {"repository": came.repository, "revision": came.revision, "weights": came.weights_sha256}
    trail.record(verb, brand=by.brand, target=came.repository, actor=by, data=data)
