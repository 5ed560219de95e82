"""Changing a brand's settings: told with before and after, and nobody overwrites what they haven't seen."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from dam.accounts import languages, times
from dam.accounts.capabilities import Capability
from dam.accounts.models import Brand, DataMining, PromptDisclosure, ReleasePrompts, ReviewerDisclosure
from dam.accounts.principals import Principal
from dam.audit import trail
from dam.audit.models import Event
from dam.audit.verbs import Verb
from dam.core import errors, foreign_text
from dam.rights import aigc, reminder_days
from dam.rights.countries import NAMES
from dam.rights.model_licences import standings
from dam.rights.model_licences.verdicts import Revenue

FIELDS = (
    *("name", "accent_hue", "time_zone", "language", "prompt_disclosure", "released_details"),
    *(
        "release_prompts",
        "reviewer_disclosure",
        "data_mining",
        "aigc_producer",
        "country",
        "revenue",
        "watermarks",
    ),
    *(
        "review_stages",
        "default_rights",
        "reminder_days",
        "trash_days",
        "failed_job_days",
        "unfinished_upload_days",
        "take_minutes",
        "person_take_minutes",
        "allowed_domains",
    ),
    "guest_reviews",
)
LONGEST_NAME = 80
MOST_DAYS = 3650
MOST_DOMAINS = 100
MOST_MINUTES = 1_000_000  # 23 machines, day and night
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")


class SettingRefused(errors.Refused):
    """A value that the brand can't have; `field` says which."""

    code = "setting_refused"

    def __init__(self, field: str, message: str) -> None:
        self.field = field
        super().__init__(message)


class BrandChanged(errors.Refused):
    """Somebody changed the settings since they were read: `events` are what they did, oldest first."""

    code = "brand_edited_meanwhile"

    def __init__(self, events: list[Event], *, revision: int) -> None:
        self.events, self.revision = events, revision
        super().__init__(_("Someone else changed these settings while you were editing them."))


def save(brand: Brand, *, by: Principal, revision: int, **values: Any) -> dict[str, list[Any]]:
    """Change the given settings of a brand as it was at `revision`; each changed field before and after.

    Raises BrandChanged, SettingRefused, PermissionDenied.
    """
    by.require(Capability.MANAGE_BRAND, brand=brand)
    unknown = values.keys() - set(FIELDS)
    if unknown:
        raise TypeError(f"A brand has no settings {', '.join(sorted(unknown))}.")
    with trail.recording():
        row = Brand.objects.select_for_update(no_key=True).get(pk=brand.pk)
        if row.revision != revision:
            raise BrandChanged(_since(row, revision), revision=row.revision)
        given = {field: _checked(field, value) for field, value in values.items()}
        changes = {field: [getattr(row, field), value] for field, value in given.items()}
        changes = {field: pair for field, pair in changes.items() if pair[0] != pair[1]}
        if not changes:
            return {}
        for field, (_before, after) in changes.items():
            setattr(row, field, after)
        row.revision += 1
        row.save(update_fields=[*changes, "revision"])
        data = {field: [_told(field, each) for each in pair] for field, pair in changes.items()}
        trail.record(
            Verb.BRAND_EDITED,
            brand=row,
            target=row.name,
            actor=by,
            data={"revision": row.revision, **data},
            at=timezone.now(),
        )
    for field in (*changes, "revision"):
        setattr(brand, field, getattr(row, field))
    if changes.keys() & {"country", "revenue"}:
        # By itself: it waits for whoever adds clips, and they for the row of the brand. Should it be missed,
        # it is done within the hour.
        with trail.recording():
            standings.refresh_brand(row)
    return changes


def domains(text: str) -> list[str]:
    """The mail domains that are named, separated by commas, blanks or lines. Raises SettingRefused.

    >>> domains("Example.com, @studio.example")
    ['example.com', 'studio.example']
    """
    found: dict[str, None] = {}
    for word in text.replace(",", " ").replace(";", " ").split():
        name = word.removeprefix("@").rstrip(".")
        try:
            name = name.encode("idna").decode().lower()
        except UnicodeError:
            name = ""
        labels = name.split(".")
        if len(name) > 253 or len(labels) < 2 or not all(_LABEL.fullmatch(label) for label in labels):
            raise SettingRefused(
                "allowed_domains",
                _("“%(word)s” isn't a mail domain. Write it like example.com.") % {"word": word[:80]},
            )
        found[name] = None
    if len(found) > MOST_DOMAINS:
        raise SettingRefused(
            "allowed_domains", _("At most %(most)s domains can be listed.") % {"most": MOST_DOMAINS}
        )
    return list(found)


def _since(brand: Brand, revision: int) -> list[Event]:
    later = Q(data__revision__gt=revision)
    return list(Event.objects.filter(later, brand=brand, verb=Verb.BRAND_EDITED).order_by("sequence")[:20])


def _checked(field: str, value: Any) -> Any:
    match field:
        case "name":
            name = " ".join(foreign_text.neutral(value).split())
            if not name or len(name) > LONGEST_NAME:
                raise SettingRefused(
                    field, _("Enter a name of at most %(most)s characters.") % {"most": LONGEST_NAME}
                )
            return name
        case "accent_hue" if not 0 <= value < 360:
            raise SettingRefused(field, _("Choose a hue from 0 to 359."))
        case "time_zone" if value and not times.known(value):
            raise SettingRefused(field, _("Choose a time zone of the list."))
        case "language" if value and not languages.known(value):
            raise SettingRefused(field, _("Choose a language of the list."))
        case "prompt_disclosure" if value not in PromptDisclosure.values:
            raise SettingRefused(field, _("Choose what a signed file says about the prompt."))
        case "aigc_producer" if value and not aigc.is_code(value):
            raise SettingRefused(
                field, _("Enter the code as it was given to you: letters, digits, dots, hyphens.")
            )
        case "country" if value and (value not in NAMES):
            raise SettingRefused(field, _("Choose a country of the list."))
        case "revenue" if value and value not in list(Revenue):
            raise SettingRefused(field, _("Choose a revenue of the list."))
        case "reviewer_disclosure" if value not in ReviewerDisclosure.values:
            raise SettingRefused(field, _("Choose what a release says about its reviewers."))
        case "release_prompts" if value not in ReleasePrompts.values:
            raise SettingRefused(field, _("Choose whether releases keep the words of prompts."))
        case "data_mining" if value not in DataMining.values:
            raise SettingRefused(field, _("Choose what signed files say about data mining."))
        case "reminder_days":
            try:
                return reminder_days.written(reminder_days.read(value))
            except reminder_days.ReminderDaysRefused as refused:
                raise SettingRefused(field, refused.message) from refused
        case "unfinished_upload_days" if not 1 <= value <= MOST_DAYS:
            raise SettingRefused(field, _("Choose at least one day."))
        case "take_minutes" | "person_take_minutes" if value is not None and not 0 <= value <= MOST_MINUTES:
            raise SettingRefused(
                field, _("Enter at most %(most)s minutes, or none for no limit.") % {"most": MOST_MINUTES}
            )
        case "trash_days" | "failed_job_days" if value is not None and not 1 <= value <= MOST_DAYS:
            raise SettingRefused(field, _("Choose at least one day, or none to keep everything."))
    return value


def _told(field: str, value: Any) -> Any:
    """As the activity log keeps it, and its pages show it."""
    if isinstance(value, Mapping):
        return [f"{name}: {_listed(each)}" for name, each in value.items() if each]
    if field.endswith(("_days", "_minutes")):
        return "" if value is None else value
    return value


def _listed(value: Any) -> str:
    return (
        ", ".join(map(str, value))
        if isinstance(value, Iterable) and not isinstance(value, str)
        else str(value)
    )
