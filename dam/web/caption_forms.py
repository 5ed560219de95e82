"""Forms of captions: sending a file, what is said of them, and a stretch of their words and times."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django import forms
from django.utils.translation import gettext as _

from dam.captions import languages, tracks
from dam.captions.models import CaptionTrack, TrackKind
from dam.captions.tracks import Said
from dam.core import numbers
from dam.core.language import number
from dam.core.lazily import lazy
from dam.media import caption_files
from dam.media.caption_files import Cue
from dam.web.whole_text import WholeTextForm

PAGE = 100  # captions on one page


class SaidForm(WholeTextForm):
    kind = forms.ChoiceField(
        label=lazy("Kind"), choices=TrackKind.choices, initial=TrackKind.SUBTITLES, required=False
    )
    label = forms.CharField(
        label=lazy("Name"),
        required=False,
        help_text=lazy("In the player's menu. Without one, the name of the language."),
    )

    def clean_label(self) -> str:
        label: str = self.cleaned_data["label"]
        if len(label) > tracks.LONGEST_LABEL:
            raise forms.ValidationError(
                _("A name has %(most)s characters at most.") % {"most": tracks.LONGEST_LABEL}
            )
        return label

    def said(self, language: str) -> Said:
        data = self.cleaned_data
        return Said(language, data["kind"] or TrackKind.SUBTITLES, data["label"])


class LanguageField(forms.CharField):
    """The tag of a language. Pages that have it list `languages.offered` as `caption-languages`."""

    def __init__(self) -> None:
        super().__init__(
            label=lazy("Language"),
            help_text=lazy("Its tag, such as en, de or pt-BR."),
            widget=forms.TextInput(attrs={"list": "caption-languages", "autocomplete": "off"}),
        )

    def clean(self, value: str) -> str:
        try:
            return languages.tag(super().clean(value))
        except languages.NoLanguage:
            raise forms.ValidationError(
                _("This isn't the tag of a language. Write en, de or pt-BR.")
            ) from None


class UploadForm(SaidForm):
    file = forms.FileField(label=lazy("File"))
    language = LanguageField()
    field_order = ("file", "language", "kind", "label")

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].widget.attrs["accept"] = ".srt,.vtt,text/vtt,application/x-subrip"
        most = caption_files.MOST_BYTES // 1024**2
        self.fields["file"].help_text = _("SubRip (.srt) or WebVTT (.vtt), up to %(most)s MB.") % {
            "most": most
        }

    def sent(self) -> bytes:
        """No more of it than is needed to refuse it."""
        content: bytes = self.cleaned_data["file"].read(caption_files.MOST_BYTES + 1)
        return content


class LanguageForm(WholeTextForm):
    language = LanguageField()

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, auto_id="transcript_%s", **kwargs)


@dataclass(frozen=True)
class Line:
    """One caption of the table, as it is typed; `place` in the whole, None for a new one."""

    key: str
    place: int | None
    start: str = ""
    end: str = ""
    text: str = ""
    problem: str = ""


def lines_of(track: CaptionTrack, page: int) -> list[Line]:
    """Those of a page, and an empty one."""
    first = page * PAGE
    found = tracks.cues(track)[first : first + PAGE]
    kept = [
        Line(str(at), at, caption_files.clock(start), caption_files.clock(end), text)
        for at, (start, end, text) in enumerate(found, start=first)
    ]
    return [*kept, Line("new", None)]


def typed(data: Mapping[str, str], lines: Iterable[Line]) -> list[Line]:
    """The same lines as they were sent, each with what is wrong. What wasn't sent stays as it was.

    With those that somebody else removed meanwhile, before the empty one.
    """
    *kept, new = lines
    there = {line.key for line in kept}
    sent = numbers.read_all(name.removeprefix("text-") for name in data if name.startswith("text-"))
    gone = [Line(str(place), place) for place in sorted(set(sent)) if str(place) not in there]
    return [_typed(data, line) for line in (*kept, *gone, new)]


def read(lines: Sequence[Line]) -> list[Cue]:
    """Of lines that have no problem."""
    return [
        (caption_files.milliseconds(line.start), caption_files.milliseconds(line.end), line.text)
        for line in lines
        if line.text.strip()
    ]


def _typed(data: Mapping[str, str], line: Line) -> Line:
    start, end, text = (
        data.get(f"{name}-{line.key}", was)
        for name, was in (("start", line.start), ("end", line.end), ("text", line.text))
    )
    return Line(line.key, line.place, start, end, text, _problem(start, end, text))


def _problem(start: str, end: str, text: str) -> str:
    if not text.strip():
        return ""
    try:
        times = caption_files.milliseconds(start), caption_files.milliseconds(end)
    except caption_files.NoTime:
        return _("Write both times as 00:00:05.000.")
    if times[1] <= times[0]:
        return _("It must end after it begins.")
    if len(text) > caption_files.LONGEST_TEXT:
        most = number(caption_files.LONGEST_TEXT)
        return _("A caption has %(most)s characters at most.") % {"most": most}
    return ""
