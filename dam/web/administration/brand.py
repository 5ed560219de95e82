"""Administration → Brand: its look, where it is, what its clips are usually cleared for, what is kept."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from django.utils.module_loading import import_string
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from dam.access import brand_logos, brand_settings
from dam.accounts import times
from dam.accounts.capabilities import Capability
from dam.accounts.models import Brand, DataMining, PromptDisclosure, ReleasePrompts, ReviewerDisclosure, Theme
from dam.rights import aigc, defaults, reminder_days, territories
from dam.rights.countries import NAMES
from dam.rights.model_licences.verdicts import REVENUES
from dam.rights.policy import Use
from dam.web import edited_meanwhile
from dam.web.decorators import BrandRequest, requires
from dam.web.usage_status import USES
from dam.web.whole_text import WholeTextForm

PAGE = {"area": "administration", "section": "brand"}
# What a shorter time would delete: by name, where it lives above. Each is called with the brand and the
# moment before which things go.
WOULD_GO = {
    "trash_days": "dam.ingest.retention.expired_trash",
    "failed_job_days": "generation.retention.expired_jobs",
    "unfinished_upload_days": "dam.ingest.retention.expired_uploads",
}


def _days(label: Any, help_text: Any, *, required: bool = False) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        help_text=help_text,
        required=required,
        min_value=1,
        max_value=brand_settings.MOST_DAYS,
        widget=forms.NumberInput(attrs={"class": "days"}),
    )


def _minutes(label: Any, help_text: Any) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        help_text=help_text,
        required=False,
        min_value=0,
        max_value=brand_settings.MOST_MINUTES,
        widget=forms.NumberInput(attrs={"class": "days"}),
    )


def _uses() -> list[tuple[str, str]]:
    """Asked for each form: a capital letter makes a text of what was to be translated later."""
    return [(use.value, capfirst(str(USES[use.value]))) for use in Use]


class BrandForm(WholeTextForm):
    revision = forms.IntegerField(min_value=0, widget=forms.HiddenInput())
    name = forms.CharField(label=gettext_lazy("Name"), max_length=brand_settings.LONGEST_NAME)
    accent_hue = forms.IntegerField(
        label=gettext_lazy("Accent colour"),
        min_value=0,
        max_value=359,
        help_text=gettext_lazy(
            "This page shows it. Lightness is set so that text stays readable with every hue."
        ),
        widget=forms.NumberInput(attrs={"type": "range", "class": "hue", "data-hue": True}),
    )
    time_zone = forms.ChoiceField(
        label=gettext_lazy("Time zone"),
        required=False,
        help_text=gettext_lazy("Last days of use, due dates and share links end at midnight there."),
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language"),
        required=False,
        help_text=gettext_lazy("For people who haven't chosen one of their own."),
    )
    prompt_disclosure = forms.ChoiceField(
        label=gettext_lazy("Prompts in Content Credentials"),
        choices=PromptDisclosure.choices,
        help_text=gettext_lazy(
            "What a signed file says about the prompt that made it. Counts for new takes."
        ),
    )
    release_prompts = forms.ChoiceField(
        label=gettext_lazy("Prompts in releases"),
        choices=ReleasePrompts.choices,
        help_text=gettext_lazy(
            "Words of prompts that a clip was signed with, in its own Content Credentials or in those of "
            "what it was made from. The master keeps them. Counts for new releases."
        ),
    )
    reviewer_disclosure = forms.ChoiceField(
        label=gettext_lazy("Reviewers in Content Credentials"),
        choices=ReviewerDisclosure.choices,
        help_text=gettext_lazy(
            "What a release says about the people who approved it, to everyone who has a copy. A name that "
            "left with a file can't be taken back. Counts for new releases."
        ),
    )
    data_mining = forms.ChoiceField(
        label=gettext_lazy("Data mining and training"),
        choices=DataMining.choices,
        help_text=gettext_lazy(
            "What signed files allow, in their Content Credentials and in IPTC metadata. Counts for files "
            "that are signed from now on."
        ),
    )
    aigc_producer = forms.CharField(
        label=gettext_lazy("Producer code in China"),
        required=False,
        max_length=aigc.LONGEST_CODE,
        help_text=gettext_lazy(
            "Released clips made by AI then carry the metadata field AIGC that China's labelling rules "
            "(GB 45438-2025) ask for. Enter the code that the company was given. Empty: no such field. "
            "Counts for new files."
        ),
    )
    country = forms.ChoiceField(
        label=gettext_lazy("Company's country"),
        required=False,
        help_text=gettext_lazy(
            "Some licences of models aren't given in every country. This one is asked for."
        ),
    )
    revenue = forms.ChoiceField(
        label=gettext_lazy("Company's yearly revenue"),
        required=False,
        help_text=gettext_lazy(
            "With all affiliates. Some licences of models are given up to a yearly revenue only."
        ),
    )
    released_details = forms.BooleanField(
        label=gettext_lazy("Write details into released files"),
        required=False,
        help_text=gettext_lazy(
            "Description, tags, rights holder, licence and restrictions, as IPTC metadata for other "
            "programs. Title, clearance and origin are always written. Counts for new releases."
        ),
    )
    watermarks = forms.TypedChoiceField(
        label=gettext_lazy("Invisible watermarks"),
        choices=[
            ("on", gettext_lazy("In takes and download formats")),
            ("off", gettext_lazy("None")),
        ],
        coerce=lambda chosen: chosen == "on",
        help_text=gettext_lazy(
            "Copies that lost their Content Credentials are then known again on the verify page, also when "
            "they were encoded anew, resized or cropped. Brightness changes by a few levels, hardly where "
            "the picture is smooth. Uploaded files are never changed. Counts for new takes and files."
        ),
    )
    uses = forms.MultipleChoiceField(
        label=gettext_lazy("Uses"),
        required=False,
        choices=_uses,
        widget=forms.CheckboxSelectMultiple(),
    )
    territories = forms.CharField(
        label=gettext_lazy("Territories"),
        required=False,
        max_length=2000,
        help_text=gettext_lazy("Worldwide, EU, or country names or codes, separated by commas."),
    )
    valid_days = _days(
        gettext_lazy("Days of use"), gettext_lazy("Counted from the approval. Empty: without an end.")
    )
    reminder_days = forms.CharField(
        label=gettext_lazy("Reminders before a clearance ends"),
        required=False,
        max_length=60,
        help_text=gettext_lazy(
            "Days before the end, such as “30, 7, 1”. People who made or submitted the clip, and those who "
            "may share it, are told. Empty: no reminders."
        ),
    )
    trash_days = _days(
        gettext_lazy("Trash"),
        gettext_lazy(
            "Days after which clips in the trash are deleted for good. Empty: never. "
            "Clips that were ever released, or are in review, always stay."
        ),
    )
    failed_job_days = _days(
        gettext_lazy("Failed and cancelled takes"), gettext_lazy("Days until they are deleted. Empty: never.")
    )
    unfinished_upload_days = _days(
        gettext_lazy("Unfinished uploads"),
        gettext_lazy("Days that an interrupted upload can be continued."),
        required=True,
    )
    take_minutes = _minutes(
        gettext_lazy("Minutes of all takes in a month"),
        gettext_lazy("Once they are used, nothing more is generated until the next month. Empty: no limit."),
    )
    person_take_minutes = _minutes(
        gettext_lazy("Minutes of each person's takes in a month"),
        gettext_lazy("Takes that are running or queued by then are still made. Empty: no limit."),
    )
    allowed_domains = forms.CharField(
        label=gettext_lazy("Mail domains"),
        required=False,
        help_text=gettext_lazy(
            "Only people with addresses of these domains can be invited or join by the company's sign-in. "
            "Empty: anyone can be invited. Who is a member already stays."
        ),
        widget=forms.Textarea(attrs={"rows": 2, "placeholder": "example.com"}),
    )

    guest_reviews = forms.BooleanField(
        label=gettext_lazy("People outside can be asked to review"),
        required=False,
        help_text=gettext_lazy(
            "People who send clips to review or decide on them can then share one with someone outside, by a "
            "link for that person alone that always ends. Switched off, every such link stops at once."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        since = ("release_prompts", "reviewer_disclosure", "data_mining", "country", "revenue", "watermarks")
        later = [name for name in since if name not in self.data]
        if self.is_bound and later:
            # A page that was opened before there was this: it stays as it is.
            sent: MultiValueDict[str, Any] = MultiValueDict()
            sent.update(self.data)
            for name in later:
                sent[name] = self.initial[name]
            self.data = sent
        zone: Any = self.fields["time_zone"]
        zone.choices = [("", settings.TIME_ZONE), *((name, name) for name in times.names())]
        language: Any = self.fields["language"]
        language.choices = [("", _("The browser's")), *settings.LANGUAGES]
        country: Any = self.fields["country"]
        names = sorted((str(_(name)), code) for code, name in NAMES.items())
        country.choices = [("", _("Not stated")), *((code, name) for name, code in names)]
        revenue: Any = self.fields["revenue"]
        revenue.choices = [("", _("Not stated")), *((each.value, _(said)) for each, said in REVENUES.items())]

    def clean_territories(self) -> tuple[str, ...]:
        try:
            return territories.parse(self.cleaned_data["territories"])
        except territories.UnknownTerritory as problem:
            raise forms.ValidationError(problem.message) from problem

    def clean_reminder_days(self) -> str:
        try:
            return reminder_days.written(reminder_days.read(self.cleaned_data["reminder_days"]))
        except reminder_days.ReminderDaysRefused as problem:
            raise forms.ValidationError(problem.message) from problem

    def clean_allowed_domains(self) -> list[str]:
        try:
            return brand_settings.domains(self.cleaned_data["allowed_domains"])
        except brand_settings.SettingRefused as problem:
            raise forms.ValidationError(problem.message) from problem

    @property
    def values(self) -> dict[str, Any]:
        """The brand's columns, of what was sent."""
        data = dict(self.cleaned_data)
        data.pop("revision")
        rights = defaults.DefaultRights(
            uses=tuple(data.pop("uses")),
            territories=tuple(data.pop("territories")),
            days=data.pop("valid_days"),
        )
        return {**data, "default_rights": rights.kept()}


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Capability.MANAGE_BRAND)
def brand(request: BrandRequest) -> HttpResponse:
    form = BrandForm(request.POST if request.method == "POST" else None, initial=_initial(request.brand))
    changed: list[Any] = []
    going: list[str] = []
    if request.method == "POST" and form.is_valid():
        going = _going(request.brand, form.values, at=timezone.now())
        if not going or request.POST.get("sure") == "yes":
            try:
                done = brand_settings.save(
                    request.brand,
                    by=request.principal,
                    revision=form.cleaned_data["revision"],
                    **form.values,
                )
            except brand_settings.SettingRefused as refused:
                form.add_error(refused.field, refused.message)
            except brand_settings.BrandChanged as problem:
                form.add_error(None, problem.message)
                changed = problem.events
                edited_meanwhile.take_revision(form, problem.revision)
            else:
                messages.success(request, _("Settings saved.") if done else _("Nothing was changed."))
                return redirect("brand", request.brand.slug)
    context = {**PAGE, "form": form, "changed": changed, "going": going if form.is_valid() else []}
    context |= {
        "logos": _logos(request.brand),
        "most_mb": brand_logos.MOST_BYTES // 1024**2,
        "most_side": brand_logos.MOST_SIDE,
    }
    return render(request, "administration/brand.html", context, status=422 if form.errors or going else 200)


def _logos(brand: Brand) -> list[dict[str, Any]]:
    """The one for dark pages is offered once there is one for light pages."""
    titles = {Theme.LIGHT: _("Logo on light pages"), Theme.DARK: _("Logo on dark pages")}
    shown = titles if Theme.LIGHT in brand.logos else {Theme.LIGHT: _("Logo")}
    return [
        {"theme": theme.value, "title": title, "digest": brand.logos.get(theme, "")}
        for theme, title in shown.items()
    ]


def _initial(brand: Brand) -> dict[str, Any]:
    rights = defaults.read(brand.default_rights)
    return {
        **{field: getattr(brand, field) for field in brand_settings.FIELDS},
        "revision": brand.revision,
        "watermarks": "on" if brand.watermarks else "off",
        "uses": rights.uses,
        "territories": territories.typed(rights.territories),
        "valid_days": rights.days,
        "allowed_domains": "\n".join(brand.allowed_domains),
    }


def _going(brand: Brand, values: dict[str, Any], *, at: datetime) -> list[str]:
    """What shorter times would delete at the next sweep, in sentences."""
    counts = {}
    for field, name in WOULD_GO.items():
        before, after = getattr(brand, field), values[field]
        if after is not None and (before is None or after < before):
            counts[field] = import_string(name)(brand, before=at - timedelta(days=after)).count()
    sentences = {
        "trash_days": lambda n: ngettext(
            "%(count)s clip in the trash will be deleted for good.",
            "%(count)s clips in the trash will be deleted for good.",
            n,
        ),
        "failed_job_days": lambda n: ngettext(
            "%(count)s failed or cancelled take will be deleted.",
            "%(count)s failed or cancelled takes will be deleted.",
            n,
        ),
        "unfinished_upload_days": lambda n: ngettext(
            "%(count)s unfinished upload will be deleted.",
            "%(count)s unfinished uploads will be deleted.",
            n,
        ),
    }
    return [sentences[field](count) % {"count": count} for field, count in counts.items() if count]
