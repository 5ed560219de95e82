"""What people send from the review pages."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dam.accounts import times as zones
from dam.core import language
from dam.core.lazily import lazy
from dam.rights import consent_documents, presets, territories
from dam.rights.defaults import DefaultRights
from dam.rights.disclosure import Disclosed
from dam.rights.models import RightsPreset
from dam.rights.policy import Use
from dam.rights.preset_terms import PresetTerms
from dam.rights.presets import Chosen
from dam.rights.statements import Statements
from dam.web import rights_presets, stated_fields, usage_status
from dam.web.day_field import DayField, begins, ends
from dam.web.rights_presets import PresetFields
from dam.web.whole_text import WholeTextForm
from provenance.review import checklist, comments, disclosing, drawings
from provenance.review.asking import Seen
from provenance.review.checklist import Answer, Choice, Document, Evidence, Question
from provenance.review.drawings import Drawing
from provenance.review.policies import Clearance
from provenance.web.sent_files import SentFilesField

WORLDWIDE, EU, COUNTRIES = "worldwide", "EU", "countries"
LONGEST_PROOF = 20_000  # characters
ANSWERS = [
    (Choice.YES.value, lazy("Yes")),
    (Choice.NO.value, lazy("No")),
    (Choice.NOT_APPLICABLE.value, lazy("Doesn't apply")),
]
_LABELS = {
    Evidence.OPTIONAL: lazy("Evidence, where there is some"),
    Evidence.NEEDED: lazy("Evidence, needed for Yes"),
}
PLACES = {WORLDWIDE: lazy("Worldwide"), EU: lazy("European Union"), COUNTRIES: lazy("Specific countries")}


class SeenForm(WholeTextForm):
    """What its page showed of what is decided on: the content, and where the review stood (asking.Seen)."""

    sha256 = forms.CharField(required=False, widget=forms.HiddenInput())
    stage = forms.IntegerField(required=False, widget=forms.HiddenInput())
    approvals = forms.IntegerField(required=False, widget=forms.HiddenInput())

    @property
    def seen(self) -> Seen | None:
        """Once it was cleaned; None where it doesn't say."""
        stage, approvals = (self.cleaned_data.get(name) for name in ("stage", "approvals"))
        return None if stage is None or approvals is None else Seen(stage, approvals)


class SignedForm(WholeTextForm):
    """What is signed in a person's name: by their password again, or in its place by what their authenticator
    answered (dam/web/passkey_proofs.py)."""

    password = forms.CharField(
        label=gettext_lazy("Your password"),
        required=False,
        strip=False,
        max_length=4096,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    passkey = forms.CharField(required=False, max_length=LONGEST_PROOF, widget=forms.HiddenInput())


class QuestionFields:
    """A question of the checklist in an approval: choice, note, the revision that was read, and evidence
    where that is asked for.

    The page always has the revision that it shows, also where an older one was sent.
    """

    def __init__(
        self,
        form: "ApproveForm",
        question: Question,
        given: Document | None = None,
        *,
        documents: bool = True,
    ) -> None:
        self.form, self.question, self.given = form, question, given
        parts = ("choice", "note", "read", "evidence", "document", "without")
        self.names = {part: f"question_{question.number}_{part}" for part in parts}
        form.fields[self.names["choice"]] = forms.ChoiceField(
            label=question.words, choices=ANSWERS, widget=forms.RadioSelect(), required=False
        )
        form.fields[self.names["note"]] = forms.CharField(
            label=lazy("Note"), required=False, widget=forms.Textarea(attrs={"rows": 2})
        )
        form.fields[self.names["read"]] = forms.IntegerField(required=False, widget=forms.HiddenInput())
        if question.evidence:
            form.fields[self.names["evidence"]] = forms.CharField(
                label=_LABELS[question.evidence],
                required=False,
                help_text=lazy("A link, or where it's filed."),
            )
            form.fields[self.names["evidence"]].unmarked = True  # type: ignore[attr-defined]
        if question.evidence and documents:
            form.fields[self.names["document"]] = forms.FileField(
                label=lazy("Or a document"), required=False, help_text=_document_help(self.given)
            )
            form.fields[self.names["document"]].unmarked = True  # type: ignore[attr-defined]

    @property
    def choice(self) -> forms.BoundField:
        return self.form[self.names["choice"]]

    @property
    def note(self) -> forms.BoundField:
        return self.form[self.names["note"]]

    @property
    def evidence(self) -> forms.BoundField | None:
        return self.form[self.names["evidence"]] if self.question.evidence else None

    @property
    def document(self) -> forms.BoundField | None:
        name = self.names["document"]
        return self.form[name] if name in self.form.fields else None

    @property
    def answer(self) -> Answer:
        given = self.form.cleaned_data
        choice, read = given.get(self.names["choice"]), given.get(self.names["read"])
        return Answer(
            question=self.question.number,
            revision=-1 if read is None else read,
            choice=Choice(choice) if choice else None,
            note=given.get(self.names["note"]) or "",
            evidence=given.get(self.names["evidence"]) or "",
            document=self.given,
        )

    def clean(self) -> None:
        refusal = checklist.refuse_answer(self.question, self.answer)
        if refusal is not None:
            field = "evidence" if refusal.code in ("no_evidence", "long_evidence") else "choice"
            self.form.add_error(self.names[field], refusal.sentence)


def _document_help(given: Document | None) -> str:
    most = {"most": consent_documents.MOST_BYTES // 1024**2}
    told = _("PDF, JPEG, PNG or TIFF, up to %(most)s MB.") % most
    return told + " " + _("It takes the place of the one there is.") if given else told


class DisclosureFields:
    """The questions about disclosure in a form: yes or no to each. `suggested`: what was answered before."""

    def __init__(self, form: forms.Form, suggested: Disclosed | None = None) -> None:
        self.form, self.suggested = form, suggested
        for name, words in disclosing.QUESTIONS.items():
            form.fields[f"disclosure_{name}"] = forms.ChoiceField(
                label=words, choices=ANSWERS[:2], widget=forms.RadioSelect(), required=False
            )

    @property
    def rows(self) -> list[tuple[forms.BoundField, str]]:
        """Each field, and what was answered before in a word; nothing is chosen by that."""
        return [(self.form[f"disclosure_{name}"], self._before(name)) for name in disclosing.QUESTIONS]

    def _before(self, name: str) -> str:
        if self.suggested is None:
            return ""
        return str(ANSWERS[0 if getattr(self.suggested, name) else 1][1])

    @property
    def answers(self) -> Disclosed | None:
        """Once the form was cleaned; None while one is missing."""
        given = {name: self.form.cleaned_data.get(f"disclosure_{name}") for name in disclosing.QUESTIONS}
        return disclosing.read({name: choice == Choice.YES for name, choice in given.items() if choice})

    def clean(self) -> None:
        for name in disclosing.QUESTIONS:
            if not self.form.cleaned_data.get(f"disclosure_{name}"):
                self.form.add_error(f"disclosure_{name}", _("Answer this question."))


class ApproveForm(SignedForm, SeenForm):
    """What an approval clears, and the password again.

    `given` are the documents that were kept already, by question; without `documents` none can be given.
    `before` is what the earlier stage cleared, `usual` what the brand's approvals begin with, `offered` the
    presets that can fill it in. What such a one states beside the clearance is stated with the approval,
    unless the reviewer leaves it out; `stated` is what is stated now, None where they can't change that.
    """

    played = forms.CharField(required=False, widget=forms.HiddenInput())
    uses = forms.MultipleChoiceField(
        label=lazy("Uses"),
        widget=forms.CheckboxSelectMultiple(),
        error_messages={"required": lazy("Choose at least one use.")},
    )
    where = forms.ChoiceField(
        label=lazy("Territories"),
        widget=forms.RadioSelect(),
        error_messages={
            "required": lazy("Choose where the clip can be used: worldwide, the EU or specific countries.")
        },
    )
    countries = forms.CharField(
        label=lazy("Countries"),
        required=False,
        max_length=2000,
        help_text=lazy("Country names or two-letter codes, separated by commas."),
        widget=forms.TextInput(attrs={"placeholder": lazy("Germany, Austria, CH")}),
    )
    embargo_until = DayField(label=lazy("First day of use"), required=False)
    valid_until = DayField(label=lazy("Last day of use"), required=False)
    comment = forms.CharField(
        label=lazy("Comment"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(
        self,
        *args: Any,
        before: Clearance | None = None,
        usual: DefaultRights | None = None,
        zone: ZoneInfo | None = None,
        questions: Sequence[Question] = (),
        given: Mapping[int, Document] | None = None,
        documents: bool = True,
        asks_disclosure: bool = False,
        suggested: Disclosed | None = None,
        offered: Sequence[RightsPreset] = (),
        stated: Statements | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.zone, self.before = zone or zones.of_brand(None), before
        self.presets = PresetFields(self, offered) if offered else None
        self.also = self._also(stated) if stated is not None else []
        if self.also:
            self.fields["state_too"] = forms.BooleanField(
                label=lazy("State this on the Rights tab too"), required=False, initial=True
            )
        self.disclosure = DisclosureFields(self, suggested) if asks_disclosure else None
        self.questions = tuple(
            QuestionFields(self, question, (given or {}).get(question.number), documents=documents)
            for question in questions
        )
        self.fields["valid_until"].help_text = ends(self.zone)
        self.fields["embargo_until"].help_text = begins(self.zone)
        uses = before.uses if before else tuple(use.value for use in Use)
        self.fields["uses"].choices = [(use, capfirst(str(usage_status.USES[use]))) for use in uses]  # type: ignore[attr-defined]
        places = [place for place in PLACES if before is None or _offered(place, before)]
        self.fields["where"].choices = [(place, PLACES[place]) for place in places]  # type: ignore[attr-defined]
        if before is None and usual is not None:
            self._begin_with(usual)
        if before is not None:
            self.fields["where"].initial = places[0]
            self.fields["uses"].initial = before.uses
            if places == [COUNTRIES]:
                self.fields["countries"].initial = territories.typed(before.territories)
            if before.valid_until is not None:
                self.fields["valid_until"].initial = before.valid_until.astimezone(self.zone).date()
            if before.embargo_until is not None and before.embargo_until > timezone.now():
                self.fields["embargo_until"].initial = before.embargo_until.astimezone(self.zone).date()

    def _begin_with(self, usual: DefaultRights) -> None:
        """What the brand usually clears, for the reviewer to change."""
        self.fields["uses"].initial = usual.uses
        for name, value in _where(usual.territories).items() if usual.territories else ():
            self.fields[name].initial = value
        self.fields["valid_until"].initial = usual.last_day(zones.today_in(self.zone))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        where = cleaned.get("where")
        if where in (WORLDWIDE, EU):
            cleaned["territories"] = (where,)
        elif where == COUNTRIES and "countries" not in self.errors:
            try:
                cleaned["territories"] = territories.parse(cleaned.get("countries", ""))
            except territories.UnknownTerritory as error:
                self.add_error("countries", str(error))
            else:
                if not cleaned["territories"]:
                    self.add_error("countries", _("Enter at least one country."))
        if self.presets is not None:
            self.presets.clean()
        for fields in self.questions:
            fields.clean()
        if self.disclosure is not None:
            self.disclosure.clean()
        return cleaned

    def filled_in(self, preset: RightsPreset, *, today: date) -> dict[str, Any]:
        """The `initial` by which it begins with this preset's terms, as far as the earlier stage allows."""
        terms, before = presets.terms_of(preset), self.before
        filled = rights_presets.choice(preset) | {"state_too": True}
        if terms.uses:
            filled["uses"] = [use for use in terms.uses if before is None or use in before.uses]
        if terms.territories:
            filled |= _where(
                territories.meet((terms.territories, before.territories)) if before else terms.territories
            )
        if terms.period:
            ends = [terms.last_day(today)]
            if before is not None and before.valid_until is not None:
                ends.append(before.valid_until.astimezone(self.zone).date())
            filled["valid_until"] = min((end for end in ends if end is not None), default=None)
        return filled

    @property
    def chosen(self) -> Chosen | None:
        """The preset that filled it in, once the form was cleaned."""
        preset = self.presets.chosen if self.presets is not None else None
        if preset is None:
            return None
        terms, given = presets.terms_of(preset), self.cleaned_data
        changed = (
            bool(terms.uses and set(terms.uses) != set(given["uses"]))
            or bool(terms.territories and set(terms.territories) != set(given["territories"]))
            or bool(terms.period and terms.last_day(zones.today_in(self.zone)) != given["valid_until"])
        )
        return presets.chosen(preset, changed=changed)

    @property
    def stating(self) -> PresetTerms | None:
        """What is stated with the approval, once the form was cleaned."""
        preset = self.presets.chosen if self.presets is not None else None
        return presets.terms_of(preset) if preset and self.cleaned_data.get("state_too") else None

    def _also(self, now: Statements) -> list[tuple[str, str, str]]:
        """Of what the preset states: label, text and, where it stands in its place, what is stated now."""
        preset = self.presets.filler if self.presets is not None else None
        if preset is None:
            return []
        terms = presets.terms_of(preset)
        there, wanted = asdict(now), asdict(terms.filled(now))
        return [
            (str(label), wanted[name], there[name])
            for name, label in stated_fields.LABELS.items()
            if wanted[name] != there[name]
        ]

    @property
    def words(self) -> str:
        """What it clears as it stands in the form, in the words of js/review.js; empty while that is open."""
        chosen = self["uses"].value() or ()
        uses = [
            language.midsentence(str(usage_status.USES[Use(use)]))
            for use, _label in self.fields["uses"].choices  # type: ignore[attr-defined]
            if use in chosen
        ]
        countries = str(self["countries"].value() or "").strip()
        places = {WORLDWIDE: _("worldwide"), EU: _("in the EU"), COUNTRIES: ""}
        if countries:
            places[COUNTRIES] = _("in %(countries)s") % {"countries": countries}
        where = places.get(self["where"].value() or "", "")
        try:
            first, last = (_day_in(self, name) for name in ("embargo_until", "valid_until"))
        except ValueError:
            return ""
        if not uses or not where:
            return ""
        if first:
            where = _("%(place)s, from %(day)s") % {"place": where, "day": first}
        parts = {"uses": language.listed(uses), "where": where, "day": last}
        if not last:
            return _("for %(uses)s, %(where)s, with no end date") % parts
        return _("for %(uses)s, %(where)s, until %(day)s") % parts

    @property
    def takes_documents(self) -> bool:
        return any(fields.document for fields in self.questions)

    @property
    def answers(self) -> tuple[Answer, ...]:
        """Of the checklist, once the form was cleaned."""
        return tuple(fields.answer for fields in self.questions)

    @property
    def disclosed(self) -> Disclosed | None:
        """Of an AI clip, once the form was cleaned."""
        return self.disclosure.answers if self.disclosure is not None else None


def _day_in(form: forms.Form, name: str) -> str:
    """What the field of a day has now, in words; empty of none. Raises ValueError."""
    value = form[name].value() if name in form.fields else None
    if not value:
        return ""
    return language.day(value if isinstance(value, date) else date.fromisoformat(str(value)))


def _where(places: Sequence[str]) -> dict[str, str]:
    """The fields that say these territories; of none, countries that are to be entered."""
    folded = territories.folded(places)
    if folded in ((WORLDWIDE,), (EU,)):
        return {"where": folded[0], "countries": ""}
    return {"where": COUNTRIES, "countries": territories.typed(folded)}


def _offered(place: str, before: Clearance) -> bool:
    return place == COUNTRIES or territories.covers(before.territories, place)


class AnswerForm(SeenForm):
    """Changes requested, or rejected: say why."""

    played = forms.CharField(required=False, widget=forms.HiddenInput())
    comment = forms.CharField(
        label=lazy("Comment for the creator"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": lazy("Add a comment so the creator knows what to change.")},
    )


class SignedAnswerForm(SignedForm, AnswerForm):
    """The same for the law, which is signed as an approval is."""


class RevokeForm(SignedForm):
    reason = forms.CharField(
        label=lazy("Reason"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": lazy("Enter a reason. It's kept in the activity log.")},
    )


class CommentForm(WholeTextForm):
    body = forms.CharField(
        label=lazy("Comment"),
        max_length=comments.LONGEST,
        widget=forms.Textarea(
            attrs={"rows": 2, "placeholder": lazy("Write a comment"), "data-comment-box": True}
        ),
        required=False,
    )
    drawing = forms.CharField(
        required=False,
        strip=False,
        widget=forms.Textarea(
            attrs={"data-drawing": True, "hidden": True, "aria-hidden": "true", "rows": False, "cols": False}
        ),
    )
    attachments = SentFilesField()
    at_frame = forms.BooleanField(label=lazy("At this frame"), required=False, initial=True)
    frame = forms.IntegerField(
        min_value=0, required=False, widget=forms.HiddenInput(attrs={"data-frame-field": True})
    )
    over_range = forms.BooleanField(label=lazy("Over this range"), required=False)
    end_frame = forms.IntegerField(
        min_value=0, required=False, widget=forms.HiddenInput(attrs={"data-end-field": True})
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if (
            "frame" in self.errors or "end_frame" in self.errors
        ):  # they are hidden, and their errors with them
            self.add_error("body", _("This clip doesn't have that frame."))
        return cleaned

    def place(self) -> tuple[int | None, int | None]:
        """First and last frame of what the comment is on; None for the whole clip, and for no range."""
        if self.cleaned_data["over_range"] and self.cleaned_data["end_frame"] is not None:
            return self.cleaned_data["frame"], self.cleaned_data["end_frame"]
        return (self.cleaned_data["frame"] if self.cleaned_data["at_frame"] else None), None

    def clean_drawing(self) -> Drawing | None:
        try:
            return drawings.read(self.cleaned_data["drawing"])
        except drawings.DrawingRefused as refused:
            self.add_error("body", str(refused))
            return None
