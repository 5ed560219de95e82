"""Small words of the templates: pictures, times, lengths, initials."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from functools import lru_cache
from typing import Any

from django import template
from django.contrib.messages.storage.base import Message
from django.forms import BaseForm
from django.forms.boundfield import BoundField
from django.template import Context
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dam.accounts import times
from dam.accounts.models import Brand
from dam.audit.models import Event
from dam.catalog.models import AssetKind, Rendition, Version
from dam.core import bundled_words, failures, language, storage
from dam.custom_fields import values
from dam.ingest import step_specs
from dam.ingest.models import Step, StepState
from dam.media import loudness as measured
from dam.media import specs
from dam.search.encoders import recommended
from dam.search.facets import Input
from dam.search.query import Chip
from dam.search.results import Moment
from dam.web import audit_changes, audit_labels, icons, listing, saved, timecode, trash
from dam.web import static as static_files
from dam.web.collections import undoing
from dam.web.collections.undoing import Undo

register = template.Library()
UNDO_VERSION = "undo-version="  # in the extra tags of a message: the version that was the newest before
UNDO_IMPORT = "undo-import="  # in the extra tags of a message: the import that its Undo takes back

# So near to midnight hours say more than "yesterday" or "tomorrow".
FEW_HOURS = timedelta(hours=6)


# As people who make video write them; FFmpeg's own name for the rest.
CODECS = {
    "h264": "H.264",
    "hevc": "H.265 (HEVC)",
    "av1": "AV1",
    "vp8": "VP8",
    "vp9": "VP9",
    "prores": "ProRes",
    "dnxhd": "DNxHD",
    "mpeg1video": "MPEG-1",
    "mpeg2video": "MPEG-2",
    "mpeg4": "MPEG-4",
    "mjpeg": "Motion JPEG",
    "gif": "GIF",
    "webp": "WebP",
    "ffv1": "FFV1",
    "dvvideo": "DV",
    "aac": "AAC",
    "mp3": "MP3",
    "ac3": "AC-3",
    "eac3": "E-AC-3",
    "alac": "ALAC",
    "flac": "FLAC",
    "opus": "Opus",
    "vorbis": "Vorbis",
}


@register.filter
def codec(name: str) -> str:
    """A codec by the name people know: `h264` is H.264, `pcm_s16le` PCM."""
    return "PCM" if name.startswith("pcm_") else CODECS.get(name, name)


@register.simple_tag
def icon(name: str, size: int = 16, label: str = "") -> SafeString:
    """A Lucide picture. Without a label it is decoration, and screen readers skip it."""
    return _drawn(name, size, label)


@lru_cache(maxsize=2000)  # a page has hundreds, and each is written from its tree
def _drawn(name: str, size: int, label: str) -> SafeString:
    said = {"role": "img", "aria-label": label} if label else {"aria-hidden": "true"}
    if name.endswith(("-left", "-right")):  # forward and back, which a page from right to left has turned
        said["class"] = "turns"
    return SafeString(icons.draw(name, size=size, **said))


@register.simple_tag
def module(path: str) -> SafeString:
    """{% module "dam/js/main.js" %}: the script, and what it imports asked for in the same breath."""
    hint = '<link rel="modulepreload" href="{}" />'
    preloads = format_html_join("", hint, ((static(each),) for each in static_files.imports(path)))
    return format_html('{}<script type="module" src="{}"></script>', preloads, static(path))


@register.simple_tag(takes_context=True)
def rendition_url(context: Context, version: Version | None, kind: str) -> str:
    """{% rendition_url version "poster" %}: an address of its own for each picture that a rendition has had.

    Else a page that stays open would go on showing the one it knows. Reads `version.renditions`.
    """
    if version is None:  # a take that isn't made yet
        return ""
    return address_of_rendition(context["brand"], version, kind)


def address_of_rendition(brand: Brand, version: Version, kind: str) -> str:
    address = reverse("file", args=[brand.slug, version.pk, kind])
    rendition = version.rendition_by_kind.get(kind)
    return f"{address}?of={rendition.sha256[:12]}" if rendition else address


@register.simple_tag
def direct_uploads() -> bool:
    return storage.takes_parts()


@register.simple_tag
def recommended_encoders() -> dict[str, object]:
    """Full encoders worth a try: .models and .source, of what they find by their makers' figures."""
    return {"models": recommended.MODELS, "source": recommended.SOURCE}


@register.simple_tag
def ago(at: datetime | None, *, now: datetime | None = None) -> SafeString:
    """<time>: relative up to a week, else the date; the exact time on hover."""
    if at is None:
        return SafeString("")
    local = timezone.localtime(at)
    exact = f"{date_format(local, 'DATE_FORMAT')}, {local:%H:%M:%S} {local.tzname()}"
    return format_html('<time datetime="{}" title="{}">{}</time>', at.isoformat(), exact, since(at, now=now))


def since(at: datetime, *, now: datetime | None = None) -> str:
    """Words for a time: "just now", "5 minutes ago", "yesterday", "in 3 days", "3 March 2026".

    Days are those of the calendar here, not spans of 24 hours: tomorrow evening is not "in 2 days".
    """
    now = now or timezone.now()
    past, length = now >= at, abs(now - at)
    days = (timezone.localdate(at) - timezone.localdate(now)).days
    if length < timedelta(seconds=45):
        return _("just now")
    if abs(days) >= 7:
        return date_format(timezone.localtime(at), "DATE_FORMAT")
    if abs(days) > 1 or (abs(days) == 1 and length >= FEW_HOURS):
        return _days(days)
    hours, minutes = divmod(round(length.total_seconds() / 60), 60)
    if hours and past:
        words = ngettext("%(count)s hour ago", "%(count)s hours ago", hours)
    elif hours:
        words = ngettext("in %(count)s hour", "in %(count)s hours", hours)
    elif past:
        words = ngettext("%(count)s minute ago", "%(count)s minutes ago", minutes)
    else:
        words = ngettext("in %(count)s minute", "in %(count)s minutes", minutes)
    return words % {"count": hours or minutes}


@register.simple_tag(takes_context=True)
def due(context: Context, at: datetime | None, *, now: datetime | None = None) -> SafeString:
    """<time> for a day something is needed by: "today", "tomorrow", "in 3 days", "3 March 2026".

    A term is a day of the brand's, wherever its reader is.
    """
    if at is None:
        return SafeString("")
    brand = context.get("brand")
    zone = times.of_brand(brand) if brand else timezone.get_current_timezone()
    days = (timezone.localdate(at, zone) - timezone.localdate(now, zone)).days
    day = date_format(timezone.localtime(at, zone), "DATE_FORMAT")
    return format_html(
        '<time datetime="{}" title="{}">{}</time>', at.isoformat(), day, _days(days) if abs(days) < 7 else day
    )


def _days(days: int) -> str:
    if days in (-1, 0, 1):
        return {-1: _("yesterday"), 0: _("today"), 1: _("tomorrow")}[days]
    if days > 0:
        return ngettext("in %(count)s day", "in %(count)s days", days) % {"count": days}
    return ngettext("%(count)s day ago", "%(count)s days ago", -days) % {"count": -days}


@register.filter
def seconds(milliseconds: int) -> str:
    """8400 → "8.400", as an address names the moment to open a clip at."""
    return f"{milliseconds / 1000:.3f}"


@register.filter
def duration(milliseconds: int | None) -> str:
    """8400 → "0:08", 3723000 → "1:02:03"; nothing for an unknown length."""
    if milliseconds is None:
        return ""
    minutes, seconds = divmod(round(milliseconds / 1000), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


@register.filter
def span(moment: Moment) -> str:
    """From when to when, or one time where they read alike: "0:04–0:06"."""
    start, end = duration(moment.start_ms), duration(moment.end_ms)
    return start if start == end else f"{start}–{end}"


@register.simple_tag(name="timecode")
def timecode_of(frame: int | None, version: Version | None) -> str:
    """{% timecode comment.frame version %} → 00:00:04:07, of a sound 0:04.2; nothing of an image."""
    if frame is None or version is None:
        return ""
    if version.kind == AssetKind.SOUND:
        return timecode.clock(frame)
    if not version.rate_numerator or not version.rate_denominator:
        return ""
    return timecode.smpte(frame, rate=Fraction(version.rate_numerator, version.rate_denominator))


@register.filter
def frame_rate(version: object) -> str:
    """24000/1001 → "23.976 fps", 25/1 → "25 fps"."""
    numerator, denominator = (getattr(version, f"rate_{part}", None) for part in ("numerator", "denominator"))
    return fps(Fraction(numerator, denominator)) if numerator and denominator else ""


def fps(rate: Fraction) -> str:
    """Fraction(24000, 1001) → "23.976 fps"."""
    places = len(f"{float(rate):.3f}".rstrip("0").rpartition(".")[2])
    return _("%(rate)s fps") % {"rate": number_format(float(rate), places, use_l10n=True)}


@register.filter
def plain_reason(reason: str) -> str:
    """Why something failed; of what earlier releases kept, nothing that a program printed."""
    return failures.shown(reason)


@register.filter
def at(found: Mapping[Any, Any], key: Any) -> Any:
    """What stands under a key that the template holds in a variable; None where nothing does."""
    return found.get(key)


@register.filter
def besides(pairs: Iterable[tuple[str, str]], inputs: Iterable[Input]) -> list[tuple[str, str]]:
    """Of what an address says, all but what stands in the inputs of a form."""
    shown = {(each.name, each.given) for each in inputs}
    return [pair for pair in pairs if pair not in shown]


@register.filter
def of_card(words: str) -> str:
    """What a model's card says."""
    return bundled_words.said(words)


@register.filter
def initials(name: str) -> str:
    """ "Ada Maria Lovelace" → "AL" """
    words = [word for word in str(name).split() if word[0].isalnum()]
    return "".join(word[0] for word in ([words[0], words[-1]] if len(words) > 1 else words)).upper() or "?"


@register.filter
def undo_at(message: Message) -> str:
    """The moment that the message's Undo takes back, as trash.undo reads it; empty without one."""
    tag = str(message.extra_tags or "")
    return tag.removeprefix(trash.UNDO) if tag.startswith(trash.UNDO) else ""


@register.filter
def undo_search(message: Message) -> str:
    """The saved search whose deletion the message's Undo takes back; empty without one."""
    tag = str(message.extra_tags or "")
    return tag.removeprefix(saved.UNDO) if tag.startswith(saved.UNDO) else ""


@register.filter
def undo_import(message: Message) -> str:
    """The import of comments that the message's Undo takes back; empty without one."""
    tag = str(message.extra_tags or "")
    return tag.removeprefix(UNDO_IMPORT) if tag.startswith(UNDO_IMPORT) else ""


@register.filter
def undo_version(message: Message) -> str:
    """The version that the message's Undo makes the newest again; empty without one."""
    tag = str(message.extra_tags or "")
    return tag.removeprefix(UNDO_VERSION) if tag.startswith(UNDO_VERSION) else ""


@register.filter
def undo_collection(message: Message) -> Undo | None:
    """What the message's Undo takes back of a collection."""
    return undoing.read(str(message.extra_tags or ""))


@register.filter
def wrong_fields(form: BaseForm) -> list[BoundField]:
    """The fields of a form that people see and that have errors, in their order."""
    return [field for field in form.visible_fields() if field.errors] if form and form.is_bound else []


@register.filter
def words(value: str) -> str:
    """ "legal_reviewer" → "legal reviewer" """
    return str(value).replace("_", " ")


@register.filter
def wording(event: Event) -> audit_labels.Wording:
    """An audit event's icon and phrase."""
    return audit_labels.word(event)


@register.simple_tag(takes_context=True)
def told(context: Context, event: Event, *, about_one: bool = False) -> SafeString:
    """An audit event as a sentence, with a link to the clip it is about, unless the page is that clip's."""
    brand = context.get("brand")
    target = format_html("{}", event.subject)
    if about_one:
        target = format_html("{}", _("this clip"))
    elif event.asset_id and brand:
        address = reverse("asset", args=[brand.slug, event.asset_id])
        target = format_html('<a href="{}">{}</a>', address, event.subject)
    parts = {"person": format_html("<b>{}</b>", event.actor_name), "target": target}
    return SafeString(escape(audit_labels.word(event).said) % parts)


@register.filter
def midsentence(title: str) -> str:
    """A title within a sentence: "Legal review" becomes "legal review", and stays as it is in German."""
    return language.midsentence(str(title))


@register.simple_tag(takes_context=True)
def term(context: Context, at: datetime) -> str:
    """The day that something ends with, where the brand is; the reader's own without a brand."""
    brand = context.get("brand")
    zone = times.of_brand(brand) if brand else timezone.get_current_timezone()
    return date_format(timezone.localtime(at, zone), "DATE_FORMAT")


@register.filter
def without_chip(query: listing.ListingQuery, chip: Chip) -> str:
    """The library's address when that part is taken out of the search box."""
    return replace(query, words=chip.without, after=None, start=0).address()


@register.filter
def changes(event: Event) -> tuple[str, ...]:
    return audit_changes.of(event)


@register.filter
def takes_back(event: Event) -> bool:
    """Whether it set a clip's own fields, which can be taken back from its history."""
    return values.undoable(event)


@register.filter
def step_title(step: Step) -> str:
    """What a processing step does, for people."""
    return step_specs.title_of(step.name)


@register.filter
def loudness(version: Version) -> str:
    """How loud its sound is, for people; empty where that isn't known."""
    return measured.words(measured.of(version.media_info))


@register.filter
def on_demand(step: Step) -> bool:
    """Whether the step was left until somebody asks for what it makes."""
    spec = step_specs.find(step.name)
    if step.state != StepState.SKIPPED or spec is None:
        return False
    return step.pk is None or not spec.on_arrival


@register.filter
def kind_title(rendition: Rendition) -> str:
    """What a file made of the master is, for people."""
    spec = specs.find(rendition.kind)
    return spec.title if spec else rendition.kind.capitalize()


@register.filter
def waited(length: float | None) -> str:
    """How long something has waited, of seconds: "12 s", "5 min", "3 h", "2 d"; "–" where nothing does."""
    if length is None:
        return "–"
    for size, unit in ((86400, "d"), (3600, "h"), (60, "min")):
        if length >= size:
            return f"{length / size:.0f} {unit}"
    return f"{length:.0f} s"


@register.filter
def seconds_ago(at: float) -> SafeString:
    """<time> for seconds since 1970."""
    return ago(datetime.fromtimestamp(at, UTC))
