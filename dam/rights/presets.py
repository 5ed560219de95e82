"""A brand's presets of terms: what an approval or a statement of rights usually grants, under a name.

They fill in forms, which stay to be changed; they decide nothing. Each change is an event.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
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
from dam.core import errors, foreign_text, locks, places
from dam.core.language import noop
from dam.rights import preset_terms, statements
from dam.rights.models import RightsPreset
from dam.rights.policy import Use
from dam.rights.preset_terms import MOST_DAYS, MOST_MONTHS, Period, PresetTerms
from dam.rights.statements import Statements

T = TypeVar("T")
MOST = 50  # of one brand
LONGEST_NAME = 80  # characters

# To begin with: name, terms, and the restriction in the language of the brand.
SHIPPED = (
    (
        noop("Web worldwide, one year"),
        PresetTerms((Use.WEB.value,), ("worldwide",), Period.MONTHS, 12),
        "",
    ),
    (
        noop("Social media in the EU, 6 months"),
        PresetTerms((Use.SOCIAL.value,), ("EU",), Period.MONTHS, 6),
        noop("Not for paid advertising."),
    ),
    (
        noop("Internal, without an end"),
        PresetTerms((Use.INTERNAL.value,), ("worldwide",), Period.UNLIMITED),
        "",
    ),
)


class PresetRefused(errors.Refused):
    """The preset can't be kept like this; `field` says what is wrong with it, if it is one."""

    code = "rights_preset_refused"

    def __init__(self, message: str, *, field: str = "") -> None:
        self.field = field
        super().__init__(message)


class PresetChanged(errors.Refused):
    """Somebody else has changed or deleted the preset since it was read."""

    code = "rights_preset_changed"
    message = noop("Someone else changed this preset while you were editing it.")


@dataclass(frozen=True)
class Chosen:
    """The preset that a decision or a statement was filled in with, and whether that was changed then."""

    number: int
    revision: int
    name: str
    changed: bool

    def kept(self) -> dict[str, object]:
        """As the ledger and events keep it: the preset may be another one later."""
        return asdict(self)


def of(brand: Brand) -> QuerySet[RightsPreset]:
    """Those that are offered, in order."""
    return RightsPreset.objects.filter(brand=brand, deleted_at=None)


def terms_of(preset: RightsPreset) -> PresetTerms:
    return preset_terms.read(preset.terms)


def chosen(preset: RightsPreset, *, changed: bool) -> Chosen:
    return Chosen(preset.pk, preset.revision, preset.name, changed)


def add(*, by: Principal, name: str, terms: PresetTerms) -> RightsPreset:
    """Last of the brand's. Raises PresetRefused, PermissionDenied."""
    by.require(Capability.MANAGE_BRAND)
    name, terms = _name(name), _checked(terms)
    with trail.recording():
        _hold(by.brand)
        _require_room(by.brand)
        return _create(name, terms, by=by)


def ship(*, by: Principal) -> int:
    """Add those that come with the product, in the brand's language; a name that is taken is left out.

    How many were added. Raises PresetRefused, PermissionDenied.
    """
    by.require(Capability.MANAGE_BRAND)
    language = by.brand.language
    with trail.recording(), translation.override(language if languages.known(language) else "en"):
        _hold(by.brand)
        taken = set(of(by.brand).values_list("name", flat=True))
        wanted = [(_(name), terms, rule) for name, terms, rule in SHIPPED if _(name) not in taken]
        _require_room(by.brand, wanted=len(wanted))
        for name, terms, rule in wanted:
            _create(name, replace(terms, stated=Statements(restriction=_(rule) if rule else "")), by=by)
    return len(wanted)


def change(preset: RightsPreset, *, by: Principal, revision: int, name: str, terms: PresetTerms) -> None:
    """What was decided by it before stays. Raises PresetRefused, PresetChanged, PermissionDenied."""
    by.require(Capability.MANAGE_BRAND, brand=preset.brand)
    name, terms = _name(name), _checked(terms)
    before = {"name": preset.name, **preset.terms}
    after = {"name": name, **terms.kept()}
    changed = {
        key: [before.get(key, _nothing(after, key)), after.get(key, _nothing(before, key))]
        for key in dict.fromkeys((*before, *after))
        if before.get(key) != after.get(key)
    }
    if not changed and preset.deleted_at is None:
        return
    with trail.recording():
        rows = RightsPreset.objects.filter(pk=preset.pk, revision=revision, deleted_at=None)
        done = _keep_name(lambda: rows.update(name=name, terms=terms.kept(), revision=F("revision") + 1))
        if not done:
            raise PresetChanged
        preset.name = name
        _record(Verb.RIGHTS_PRESET_EDITED, preset, by=by, data=changed)


def delete(preset: RightsPreset, *, by: Principal, at: datetime | None = None) -> None:
    """No longer offered; `restore` brings it back. Raises PermissionDenied."""
    by.require(Capability.MANAGE_BRAND, brand=preset.brand)
    with trail.recording():
        rows = RightsPreset.objects.filter(pk=preset.pk, deleted_at=None)
        if rows.update(deleted_at=at or timezone.now(), revision=F("revision") + 1):
            _record(Verb.RIGHTS_PRESET_DELETED, preset, by=by)


def restore(preset: RightsPreset, *, by: Principal) -> None:
    """Raises PresetRefused where another one has taken its name or there are too many, PermissionDenied."""
    by.require(Capability.MANAGE_BRAND, brand=preset.brand)
    with trail.recording():
        _hold(preset.brand)
        _require_room(preset.brand)
        rows = RightsPreset.objects.filter(pk=preset.pk, deleted_at__isnull=False)
        if _keep_name(lambda: rows.update(deleted_at=None, revision=F("revision") + 1)):
            _record(Verb.RIGHTS_PRESET_RESTORED, preset, by=by)


def move(preset: RightsPreset, *, by: Principal, up: bool) -> None:
    """One place up or down among those that are offered. Raises PermissionDenied."""
    by.require(Capability.MANAGE_BRAND, brand=preset.brand)
    with transaction.atomic():
        rows = places.renumbered(of(preset.brand).select_for_update(), preset.pk, up=up)
        RightsPreset.objects.bulk_update(rows, ["position"])


def _create(name: str, terms: PresetTerms, *, by: Principal) -> RightsPreset:
    last = of(by.brand).aggregate(last=Max("position"))["last"]
    place = 0 if last is None else last + 1
    preset = _keep_name(
        lambda: RightsPreset.objects.create(brand=by.brand, name=name, terms=terms.kept(), position=place)
    )
    _record(Verb.RIGHTS_PRESET_ADDED, preset, by=by, data=terms.kept())
    return preset


def _nothing(other: Mapping[str, object], key: str) -> object:
    """In an event, beside what the other side holds."""
    return [] if isinstance(other.get(key), list) else ""


def _hold(brand: Brand) -> None:
    """Who changes how many there are waits for others of the brand who do."""
    locks.hold(f"rights presets {brand.pk}")


def _require_room(brand: Brand, *, wanted: int = 1) -> None:
    if of(brand).count() + wanted > MOST:
        raise PresetRefused(_("A brand can have %(most)s presets. Delete one first.") % {"most": MOST})


def _name(text: str) -> str:
    name = " ".join(foreign_text.neutral(text).split())
    if not name or len(name) > LONGEST_NAME:
        raise PresetRefused(
            _("Enter a name of at most %(most)s characters.") % {"most": LONGEST_NAME}, field="name"
        )
    return name


def _checked(terms: PresetTerms) -> PresetTerms:
    """With only what its period needs, each statement on one line."""
    try:
        terms = replace(terms, stated=statements.clean(terms.stated))
    except statements.TooLong as refused:
        field, problem = next(iter(refused.problems.items()))
        raise PresetRefused(problem, field=field) from refused
    counts = {Period.DAYS: MOST_DAYS, Period.MONTHS: MOST_MONTHS}
    if terms.period in counts:
        if terms.length is None or not 1 <= terms.length <= counts[terms.period]:
            raise PresetRefused(
                _("Enter a number from 1 to %(most)s.") % {"most": counts[terms.period]}, field="length"
            )
        terms = replace(terms, until=None)
    elif terms.period is Period.UNTIL:
        if terms.until is None:
            raise PresetRefused(_("Enter the last day of use."), field="until")
        terms = replace(terms, length=None)
    else:
        terms = replace(terms, length=None, until=None)
    if not terms.clears and not terms.states:
        raise PresetRefused(_("Say at least one thing that this preset fills in."))
    return terms


def _keep_name(write: Callable[[], T]) -> T:
    try:
        with transaction.atomic():
            return write()
    except IntegrityError:
        raise PresetRefused(
            _("Another preset has this name. Choose a different one."), field="name"
        ) from None


def _record(
    verb: Verb, preset: RightsPreset, *, by: Principal, data: Mapping[str, object] | None = None
) -> None:
    trail.record(
        verb, brand=preset.brand, target=preset.name, actor=by, data={"preset": preset.pk, **(data or {})}
    )
