"""The download presets of a brand: which there are, and changing them. Each change is an event."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TypeVar

from django.db import IntegrityError, transaction
from django.db.models import F, Max, QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from dam.accounts import languages
from dam.accounts.capabilities import Capability
from dam.accounts.models import Brand
from dam.accounts.principals import Principal
from dam.audit import trail
from dam.audit.verbs import Verb
from dam.core import errors, foreign_text, places
from dam.core.language import noop
from dam.media import presets as media_presets
from dam.media.presets import Captions, Medium, Recipe, Shape
from provenance.downloads.models import DownloadPreset
from provenance.downloads.shipped import SHIPPED

T = TypeVar("T")
MOST = 50  # of one brand
LONGEST_NAME = 60


class PresetRefused(errors.Refused):
    """The preset can't be kept like this; `field` says what is wrong with it, if it is one."""

    code = "preset_refused"

    def __init__(self, message: str, *, field: str = "") -> None:
        self.field = field
        super().__init__(message)


class PresetChanged(errors.Refused):
    """Somebody else has changed the preset since it was read."""

    code = "preset_changed"
    message = noop("Someone else changed this preset while you were editing it.")


def of(brand: Brand) -> QuerySet[DownloadPreset]:
    """Those that are offered, in order. A brand that never had any gets the shipped ones."""
    rows = DownloadPreset.objects.filter(brand=brand, deleted_at=None)
    if not DownloadPreset.objects.filter(brand=brand).exists():
        _ship(brand)
    return rows


def add(*, by: Principal, name: str, recipe: Recipe) -> DownloadPreset:
    """Raises PresetRefused, PermissionDenied."""
    by.require(Capability.MANAGE_BRAND)
    name = _name(name)
    check(recipe)
    with trail.recording():
        there = of(by.brand)
        _require_room(there)
        last = there.aggregate(last=Max("position"))["last"] or 0
        preset = _keep_name(
            lambda: DownloadPreset.objects.create(
                brand=by.brand, name=name, recipe=recipe.to_json(), position=last + 1
            )
        )
        _record(Verb.PRESET_CREATED, preset, by=by, data=recipe.to_json())
    return preset


def change(preset: DownloadPreset, *, by: Principal, revision: int, name: str, recipe: Recipe) -> None:
    """Raises PresetRefused, PresetChanged, PermissionDenied. Files made before stay what they were."""
    by.require(Capability.MANAGE_BRAND, brand=preset.brand)
    name = _name(name)
    check(recipe)
    before = {"name": preset.name, **preset.recipe}
    after = {"name": name, **recipe.to_json()}
    changed = {key: [before.get(key), after[key]] for key in after if before.get(key) != after[key]}
    if not changed and preset.deleted_at is None:
        return
    with trail.recording():
        rows = DownloadPreset.objects.filter(pk=preset.pk, revision=revision, deleted_at=None)
        done = _keep_name(lambda: rows.update(name=name, recipe=recipe.to_json(), revision=F("revision") + 1))
        if not done:
            raise PresetChanged
        preset.name = name
        _record(Verb.PRESET_EDITED, preset, by=by, data=changed)


def delete(preset: DownloadPreset, *, by: Principal, at: datetime | None = None) -> None:
    """No longer offered; `restore` brings it back. Raises PermissionDenied."""
    by.require(Capability.MANAGE_BRAND, brand=preset.brand)
    with trail.recording():
        rows = DownloadPreset.objects.filter(pk=preset.pk, deleted_at=None)
        if rows.update(deleted_at=at or timezone.now()):
            _record(Verb.PRESET_DELETED, preset, by=by)


def _require_room(there: QuerySet[DownloadPreset]) -> None:
    if there.count() >= MOST:
        raise PresetRefused(_("A brand can have %(most)s presets. Delete one first.") % {"most": MOST})


def restore(preset: DownloadPreset, *, by: Principal) -> None:
    """Raises PresetRefused where another one has taken its name or there are too many, PermissionDenied."""
    by.require(Capability.MANAGE_BRAND, brand=preset.brand)
    with trail.recording():
        rows = DownloadPreset.objects.filter(pk=preset.pk, deleted_at__isnull=False)
        _require_room(of(preset.brand))
        if _keep_name(lambda: rows.update(deleted_at=None)):
            _record(Verb.PRESET_RESTORED, preset, by=by)


def move(preset: DownloadPreset, *, by: Principal, up: bool) -> None:
    """One place up or down among those that are offered. Raises PermissionDenied."""
    by.require(Capability.MANAGE_BRAND, brand=preset.brand)
    with transaction.atomic():
        rows = places.renumbered(of(preset.brand).select_for_update(), preset.pk, up=up)
        DownloadPreset.objects.bulk_update(rows, ["position"])


def check(recipe: Recipe) -> None:
    """Raises PresetRefused for what its format can't have."""
    spec = recipe.spec
    if recipe.most_kbps is not None and not spec.capped:
        raise PresetRefused(_("This format has no bitrate to limit."), field="most_kbps")
    if recipe.loudness is not None and spec.medium not in (Medium.VIDEO, Medium.SOUND):
        raise PresetRefused(_("This format has no sound."), field="loudness")
    if spec.medium is Medium.SOUND:
        _require_no_picture(recipe)
    if recipe.captions is Captions.TRACK and not spec.captions:
        raise PresetRefused(
            _("This format has no track for captions. Draw them into the picture instead."), field="captions"
        )
    if recipe.captions is not Captions.NONE and spec.medium is Medium.STILL:
        raise PresetRefused(_("A still picture has no captions."), field="captions")
    if len(recipe.label) > media_presets.LONGEST_LABEL:
        raise PresetRefused(
            _("A label has at most %(most)s characters.") % {"most": media_presets.LONGEST_LABEL},
            field="label",
        )


def _require_no_picture(recipe: Recipe) -> None:
    asked = {
        "shape": recipe.shape is not Shape.ORIGINAL,
        "longest_side": recipe.longest_side is not None,
        "label": bool(recipe.label),
        "captions": recipe.captions is not Captions.NONE,
    }
    if field := next((name for name, given in asked.items() if given), ""):
        raise PresetRefused(_("This format has no picture."), field=field)


def _ship(brand: Brand) -> None:
    """The shipped ones, by names in the brand's language. Two at once make them once."""
    with translation.override(brand.language if languages.known(brand.language) else "en"):
        DownloadPreset.objects.bulk_create(
            [
                DownloadPreset(
                    brand=brand, shipped=which, name=_(name), recipe=recipe.to_json(), position=place
                )
                for place, (which, name, recipe) in enumerate(SHIPPED)
            ],
            ignore_conflicts=True,
        )


def _name(text: str) -> str:
    name = " ".join(foreign_text.neutral(text).split())
    if not name or len(name) > LONGEST_NAME:
        raise PresetRefused(
            _("Enter a name of at most %(most)s characters.") % {"most": LONGEST_NAME}, field="name"
        )
    return name


def _keep_name(write: Callable[[], T]) -> T:
    try:
        with transaction.atomic():
            return write()
    except IntegrityError:
        raise PresetRefused(
            _("Another preset has this name. Choose a different one."), field="name"
        ) from None


def _record(
    verb: Verb, preset: DownloadPreset, *, by: Principal, data: Mapping[str, object] | None = None
) -> None:
    trail.record(
        verb, brand=preset.brand, target=preset.name, actor=by, data={"preset": preset.pk, **(data or {})}
    )
