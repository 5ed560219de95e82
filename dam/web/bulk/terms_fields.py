"""Consents and the first day of use in the form of a bulk edit."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from dam.accounts import times
from dam.accounts.capabilities import Capability
from dam.accounts.principals import Principal
from dam.bulk import terms
from dam.core.errors import Refused
from dam.rights import consents
from dam.rights.consents import Said
from dam.rights.models import ConsentKind
from dam.web.day_field import DayField, begins, ends

KEEP, ADD, WITHDRAW, SET, LIFT = "", "add", "withdraw", "set", terms.LIFT
CONSENT = ("consent-do", "consent-kind", "consent-name", "consent-covers", "consent-until", "consent-reason")
FIRST_DAY = ("first-day-do", "first-day", "first-day-reason")


class TermsFields:
    """Inputs of a form: for consents, and for legal reviewers from when clips may be used."""

    def __init__(self, form: forms.Form, *, by: Principal, initial: Mapping[str, Any]) -> None:
        self.form, self.zone = form, times.of_brand(by.brand)
        self.sets_days = by.can(Capability.DECIDE_LEGAL)
        self.consent: tuple[str, ...] = ()
        self.withdrawn: tuple[str, ...] = ()
        self.first_day, self.reason = "", ""
        self._consents(initial)
        if self.sets_days:
            self._first_day(initial)
        for name in self.names:
            form.fields[name].unmarked = True  # type: ignore[attr-defined]

    @property
    def names(self) -> tuple[str, ...]:
        return (*CONSENT, *(FIRST_DAY if self.sets_days else ()))

    def consent_rows(self) -> list[forms.BoundField]:
        return [self.form[name] for name in CONSENT]

    def first_day_rows(self) -> list[forms.BoundField]:
        return [self.form[name] for name in FIRST_DAY] if self.sets_days else []

    @property
    def is_open(self) -> bool:
        """Whether something is filled in, or wrong."""
        ways = ("consent-do", "first-day-do") if self.sets_days else ("consent-do",)
        return any(self.form[name].value() for name in ways) or any(
            self.form[name].errors for name in self.names
        )

    def _consents(self, initial: Mapping[str, Any]) -> None:
        added, withdrawn = initial.get("consent") or (), initial.get("withdrawn") or ()
        kind, name, covers, until = added or (*(withdrawn[:2] or ("", "")), "", "")
        day = datetime.fromisoformat(until).astimezone(self.zone).date() if until else None
        ways = [(KEEP, _("Keep")), (ADD, _("Add a consent")), (WITHDRAW, _("Withdraw a consent"))]
        fields: dict[str, forms.Field] = {
            "consent-do": forms.ChoiceField(
                label=_("Consents"), required=False, choices=ways, initial=ADD if added else WITHDRAW
            ),
            "consent-kind": forms.ChoiceField(
                label=_("Kind of consent"), required=False, choices=ConsentKind.choices, initial=kind
            ),
            "consent-name": forms.CharField(
                label=_("Whose consent"),
                required=False,
                initial=name,
                help_text=_("The person, or the owner of the place, the music or the trademark."),
            ),
            "consent-covers": forms.CharField(
                label=_("What it covers"),
                required=False,
                initial=covers,
                help_text=_("For example: social media in Europe, no retouching of the face."),
            ),
            "consent-until": DayField(
                label=_("Last day of the consent"), required=False, initial=day, help_text=ends(self.zone)
            ),
            "consent-reason": forms.CharField(
                label=_("Reason for withdrawing it"),
                required=False,
                initial=withdrawn[2] if withdrawn else "",
                help_text=_("Who withdrew it, and how you learned of it."),
            ),
        }
        if not added and not withdrawn:
            fields["consent-do"].initial = KEEP
        self.form.fields.update(fields)

    def _first_day(self, initial: Mapping[str, Any]) -> None:
        kept = initial.get("first_day") or ""
        day = datetime.fromisoformat(kept).astimezone(self.zone).date() if kept not in ("", LIFT) else None
        ways = [(KEEP, _("Keep")), (SET, _("Set to")), (LIFT, _("Let clips be used at once"))]
        fields: dict[str, forms.Field] = {
            "first-day-do": forms.ChoiceField(
                label=_("First day of use"),
                required=False,
                choices=ways,
                initial=kept if kept in ("", LIFT) else SET,
                help_text=_("Of approved clips. Clips that aren't approved get theirs with the approval."),
            ),
            "first-day": DayField(
                label=_("First day"), required=False, initial=day, help_text=begins(self.zone)
            ),
            "first-day-reason": forms.CharField(
                label=_("Reason for another first day"),
                required=False,
                initial=initial.get("first_day_reason") or "",
                help_text=_("Kept in the ledger of decisions and in the activity log."),
            ),
        }
        self.form.fields.update(fields)

    def read(self, given: Mapping[str, Any]) -> None:
        """What was chosen; what can't be stands as an error beside its input."""
        self._read_consent(given)
        if self.sets_days:
            self._read_first_day(given)

    def _read_consent(self, given: Mapping[str, Any]) -> None:
        way = given.get("consent-do") or KEEP
        name, reason = given.get("consent-name") or "", given.get("consent-reason") or ""
        kind, covers = given.get("consent-kind") or "", given.get("consent-covers") or ""
        if way == KEEP:
            if name:
                self.form.add_error("consent-do", _("Choose what to do with the consent."))
            return
        if not name:
            self.form.add_error("consent-name", _("Say whose consent it is."))
            return
        day = given.get("consent-until")
        until = times.end_of_day(day, self.zone) if day else None
        try:
            said = consents.clean(Said(kind, name, covers, until))
        except Refused as refused:
            self.form.add_error(
                "consent-name" if len(name) > consents.LONGEST["name"] else "consent-covers", refused.message
            )
            return
        if way == ADD:
            self.consent = (said.kind, said.name, said.covers, until.isoformat() if until else "")
            return
        try:
            self.withdrawn = (said.kind, said.name, consents.clean_reason(reason))
        except Refused as refused:
            self.form.add_error("consent-reason", refused.message)

    def _read_first_day(self, given: Mapping[str, Any]) -> None:
        way, day = given.get("first-day-do") or KEEP, given.get("first-day")
        reason = given.get("first-day-reason") or ""
        if way == KEEP:
            if day:
                self.form.add_error("first-day-do", _("Choose what to do with the day."))
            return
        if way == SET and not day:
            self.form.add_error("first-day", _("Choose the day."))
        if not reason:
            self.form.add_error("first-day-reason", _("Enter a reason."))
        if way == SET and day and reason:
            self.first_day = times.start_of_day(day, self.zone).isoformat()
        elif way == LIFT and reason:
            self.first_day = LIFT
        self.reason = reason if self.first_day else ""
