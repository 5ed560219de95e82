"""What the verify page says of two files that somebody compares: the headline, times, picture and facts."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from dam.core import language
from dam.core.lazily import lazy
from dam.media.copy_changes import Grade, Pictures
from dam.media.probe import MediaInfo
from dam.media.time_mapping import Piece
from dam.web.comparison import Fact
from dam.web.templatetags import ui_tags
from provenance.manifests import public_comparisons
from provenance.manifests.public_checks import PublicCheck

FINE_MS = 100  # frames that lie nearer tell tenths of a second
SHOWN = 0.02  # of a side: bars that are smaller aren't told
NAMES = ("A", "B")
PLACES = {
    "top-left": lazy("at the top left"),
    "top": lazy("at the top"),
    "top-right": lazy("at the top right"),
    "left": lazy("on the left"),
    "middle": lazy("in the middle"),
    "right": lazy("on the right"),
    "bottom-left": lazy("at the bottom left"),
    "bottom": lazy("at the bottom"),
    "bottom-right": lazy("at the bottom right"),
}


@dataclass(frozen=True)
class Headline:
    icon: str
    tone: str
    title: str
    sentence: str
    signature: str = ""


@dataclass(frozen=True)
class Part:
    """What one file shows of the other's picture, in hundredths of its sides."""

    left: int
    top: int
    width: int
    height: int
    sentence: str


@dataclass(frozen=True)
class Compared:
    headline: Headline
    times: tuple[str, ...] = ()
    pieces: tuple[tuple[str, str], ...] = ()
    picture: tuple[str, ...] = ()
    part: Part | None = None
    notes: tuple[str, ...] = ()
    facts: tuple[Fact, ...] = ()
    offset_ms: int = 0  # of the second: how much later it shows what the first does
    speed: float = 1.0  # how much faster the second plays


def of(found: Mapping[str, Any], checks: Sequence[PublicCheck], *, exact: bool) -> Compared:
    """`found` is what a worker found of the files; `exact` says that both decode to the same pictures."""
    looked = found["looked"]
    infos = [MediaInfo.from_json(each["info"]) if each["info"] else None for each in looked]
    facts = tuple(_facts(infos, checks))
    if checks[0].sha256 == checks[1].sha256:
        words = _("They have the same bytes: nothing differs but perhaps their names.")
        return Compared(Headline("equal", "ok", _("Both are the same file"), words), facts=facts)
    notes = tuple(_notes(looked))
    if any(info is None or info.has_audio for info in infos):
        notes = (*notes, _("Sound wasn't compared."))
    changes = found["changes"]
    if changes is None or changes["pictures"] == Pictures.UNKNOWN:
        words = (
            _("Too little is to be seen in one of them: it's blank, or of one colour.")
            if changes
            else _("Only files with pictures that can be read here are compared.")
        )
        headline = Headline("circle-question-mark", "warn", _("Their pictures can't be compared"), words)
        return Compared(headline, notes=notes, facts=facts)
    if changes["pictures"] == Pictures.OTHER:
        words = _(
            "Nothing of one was found in the other. What shows less than a third of the picture, was turned, "
            "or was changed a great deal isn't found."
        )
        headline = Headline("circle-slash", "", _("No common pictures found"), words)
        return Compared(headline, notes=notes, facts=facts)
    until = (looked[0]["until_ms"], looked[1]["until_ms"])
    return _alike(changes, infos, facts=facts, notes=notes, until=until, exact=exact)


def _alike(
    changes: Mapping[str, Any],
    infos: Sequence[MediaInfo | None],
    *,
    facts: tuple[Fact, ...],
    notes: tuple[str, ...],
    until: tuple[int | None, int | None],
    exact: bool,
) -> Compared:
    pieces = [Piece(**each) for each in changes["pieces"]]
    lengths = tuple(info.duration_ms if info else 0 for info in infos)
    times, cut = _times(changes, pieces, (lengths[0], lengths[1]), until=until)
    part = _part(changes)
    picture = tuple(_picture(changes, infos))
    if exact:
        headline = Headline(
            "equal", "ok", _("Exactly the same pictures"),
            _("Each picture of one is bit for bit in the other, in another file."),
        )  # fmt: skip
    elif changes["pictures"] == Pictures.SETTING:
        words = _(
            "As a whole they show the same. What moves in one wasn't found for sure in the other: hardly "
            "anything moves, they're two takes of one setting, or one was changed a great deal."
        )
        headline = Headline("circle-question-mark", "warn", _("They look alike, but may be two takes"), words)
    elif cut or part or picture:
        headline = Headline(
            "git-compare", "info", _("The same pictures, changed"),
            _("What one shows is in the other, with the differences below. They are estimated from samples."),
        )  # fmt: skip
    else:
        headline = Headline(
            "copy", "ok", _("The same pictures, encoded anew"),
            _("Nothing but what encoding changes was found in the samples that were compared."),
        )  # fmt: skip
    first = pieces[0] if pieces else Piece(0, 0, 0, 0)
    ratio = 1 / (changes["speed"] or 1)
    return Compared(
        headline,
        times=times,
        pieces=tuple(_spans(piece, changes["exact_ms"]) for piece in pieces) if len(pieces) > 1 else (),
        picture=picture,
        part=part,
        notes=notes,
        facts=facts,
        offset_ms=round(first.two_start - ratio * first.one_start),
        speed=changes["speed"],
    )


def _times(
    changes: Mapping[str, Any],
    pieces: Sequence[Piece],
    lengths: tuple[int, int],
    *,
    until: tuple[int | None, int | None],
) -> tuple[tuple[str, ...], bool]:
    """What is said of times, and whether one has what the other hasn't, or another speed.

    `until` is how far each was looked at, where that isn't its end: of the rest nothing is said.
    """
    exact_ms = changes["exact_ms"]
    if changes["at_ms"] is not None:
        words = _("The image is to be seen in the video at about %(time)s.")
        return (words % {"time": _clock(changes["at_ms"], exact_ms)},), True
    if not all(lengths):
        return (), False
    if not changes["timed"]:
        return (
            _("Which times belong together can't be told: hardly anything moves, or it's in another order."),
        ), False
    said = []
    spans = (
        [(piece.one_start, piece.one_end) for piece in pieces],
        [(piece.two_start, piece.two_end) for piece in pieces],
    )
    gaps = [_gaps(spans[side], until[side] or lengths[side], exact_ms) for side in (0, 1)]
    whole = [until[side] is None and not gaps[side] for side in (0, 1)]
    missing = gaps[0] if until[1] is None else []  # may be in what wasn't looked at
    added = gaps[1] if until[0] is None else []
    if all(whole):
        said.append(_("All of A is in B, from beginning to end, and B has nothing else."))
    elif whole[0]:
        said.append(_("All of A is in B."))
    elif whole[1]:
        said.append(_("All of B is in A."))
    if len(pieces) == 1 and not all(whole):
        one, two = _spans(pieces[0], exact_ms)
        said.append(_("A from %(one)s is B from %(two)s.") % {"one": one, "two": two})
    if missing:
        said.append(_("Missing in B: %(spans)s.") % {"spans": _listed(missing, lengths[0], "A", exact_ms)})
    if added:
        said.append(_("Only in B: %(spans)s.") % {"spans": _listed(added, lengths[1], "B", exact_ms)})
    starts = [piece.two_start for piece in pieces]
    if starts != sorted(starts):
        said.append(_("The pieces stand in another order in B."))
    speed = changes["speed"]
    faster = abs(speed - 1) >= 0.01
    if faster:
        words = _("B plays %(times)s times as fast as A.")
        said.append(words % {"times": language.number(round(speed, 2))})
    return tuple(said), bool(missing or added or faster or starts != sorted(starts))


def _gaps(spans: Sequence[tuple[int, int]], length: int, exact_ms: int) -> list[tuple[int, int]]:
    """What no span has, as far as that can be told."""
    least, at, found = max(3 * exact_ms, 250), 0, []
    for start, end in sorted(spans):
        if start - at > least:
            found.append((at, start))
        at = max(at, end)
    if length - at > least:
        found.append((at, length))
    return found


def _listed(spans: Sequence[tuple[int, int]], length: int, name: str, exact_ms: int) -> str:
    said = []
    for start, end in spans:
        span = f"{_clock(start, exact_ms)}–{_clock(end, exact_ms)}"
        if start == 0:
            words = _("%(span)s, the beginning of %(name)s")
        elif end >= length:
            words = _("%(span)s, the end of %(name)s")
        else:
            words = _("%(span)s, in the middle of %(name)s")
        said.append(words % {"span": span, "name": name})
    return "; ".join(said)


def _spans(piece: Piece, exact_ms: int) -> tuple[str, str]:
    return (
        f"{_clock(piece.one_start, exact_ms)}–{_clock(piece.one_end, exact_ms)}",
        f"{_clock(piece.two_start, exact_ms)}–{_clock(piece.two_end, exact_ms)}",
    )


def _clock(ms: int, exact_ms: int) -> str:
    """2400 → "0:02.4", where frames lie near enough to tell tenths."""
    if exact_ms > FINE_MS:
        return ui_tags.duration(ms)
    tenths = round(ms / 100)
    sign = language.figure("0.5").strip("05")
    return f"{ui_tags.duration(tenths // 10 * 1000)}{sign}{tenths % 10}"


def _part(changes: Mapping[str, Any]) -> Part | None:
    if not changes["shows_less"]:
        return None
    left, top, right, bottom = (round(100 * side) for side in changes["cut"])
    sides = [
        words % {"percent": percent}
        for percent, words in (
            (left, _("%(percent)s%% on the left")),
            (top, _("%(percent)s%% at the top")),
            (right, _("%(percent)s%% on the right")),
            (bottom, _("%(percent)s%% at the bottom")),
        )
        if percent
    ]
    less, more = ("A", "B") if changes["shows_less"] == 1 else ("B", "A")
    words = _("%(less)s shows a part of the picture of %(more)s. Cut off: about %(sides)s.")
    sentence = words % {"less": less, "more": more, "sides": language.listed(sides)}
    return Part(left, top, 100 - left - right, 100 - top - bottom, sentence)


def _picture(changes: Mapping[str, Any], infos: Sequence[MediaInfo | None]) -> Iterator[str]:
    if changes["mirrored"]:
        yield _("B is mirrored.")
    one, two = infos
    if one is not None and two is not None and (one.width, one.height) != (two.width, two.height):
        words = _("B has %(two)s pixels instead of %(one)s.")
        yield words % {"one": f"{one.width} × {one.height}", "two": f"{two.width} × {two.height}"}
    for name, bars, other in zip(NAMES, changes["bars"], changes["bars"][::-1], strict=True):
        if bars[1] + bars[3] - other[1] - other[3] > SHOWN:
            yield _("%(name)s has black bars at the top and bottom.") % {"name": name}
        if bars[0] + bars[2] - other[0] - other[2] > SHOWN:
            yield _("%(name)s has black bars on the left and right.") % {"name": name}
    stretch = changes["stretch"]
    if stretch > 1:
        yield _("B is stretched: %(percent)s%% too wide.") % {"percent": round(100 * (stretch - 1))}
    elif stretch < 1:
        yield _("B is squeezed: %(percent)s%% too narrow.") % {"percent": round(100 * (1 - stretch))}
    grade = Grade(**changes["grade"])
    if grade.changed and (how := _graded(grade)):
        yield _("Beside A, B is %(how)s.") % {"how": language.listed(how)}
    if changes["changed"]:
        places = language.listed([str(PLACES[name]) for name in changes["changed"]])
        sentence = _("Something else is to be seen %(places)s, such as a logo or captions.")
        yield sentence % {"places": places}
    if one is not None and two is not None and one.frame_count > 1 < two.frame_count:
        rates = [ui_tags.fps(info.frame_rate) for info in (one, two)]
        if abs(one.frame_rate / two.frame_rate - 1) > 0.002:
            yield _("B has %(two)s instead of %(one)s.") % {"one": rates[0], "two": rates[1]}


def _graded(grade: Grade) -> list[str]:
    said: list[str] = []
    if abs(grade.brightness) > 5:
        said.append(_("brighter") if grade.brightness > 0 else _("darker"))
    if not 0.92 < grade.contrast < 1.09:
        said.append(_("higher in contrast") if grade.contrast > 1 else _("lower in contrast"))
    if grade.saturation < 0.2:
        return [*said, _("without colour")]
    if not 0.85 < grade.saturation < 1.18:
        said.append(_("more colourful") if grade.saturation > 1 else _("less colourful"))
    if abs(grade.warmth) > 5:
        said.append(_("warmer") if grade.warmth > 0 else _("cooler"))
    if abs(grade.tint) > 4:
        said.append(_("greener") if grade.tint > 0 else _("more magenta"))
    return said


def _notes(looked: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for name, each in zip(NAMES, looked, strict=True):
        said = {
            public_comparisons.NO_PICTURES: _("%(name)s has no pictures, only sound."),
            public_comparisons.UNREAD: _("The pictures of %(name)s can't be read here."),
            public_comparisons.TOO_LONG: _("Decoding the pictures of %(name)s took too long."),
        }.get(each["problem"])
        if said:
            yield said % {"name": name}
        if each["until_ms"] is not None:
            words = (
                _("Only the first %(time)s of %(name)s was compared: the rest can't be decoded.")
                if each["problem"] == public_comparisons.DAMAGED
                else _("Only the first %(time)s of %(name)s was compared: decoding the rest took too long.")
            )
            yield words % {"name": name, "time": ui_tags.duration(each["until_ms"])}


def _facts(infos: Sequence[MediaInfo | None], checks: Sequence[PublicCheck]) -> Iterator[Fact]:
    rows = [_facts_of(info, check) for info, check in zip(infos, checks, strict=True)]
    for (title, one), (_title, two) in zip(*rows, strict=True):
        if one or two:
            yield Fact(title, one, two)


def _facts_of(info: MediaInfo | None, check: PublicCheck) -> list[tuple[str, str]]:
    moves = info is not None and info.frame_count > 1
    heard = ""
    if info is not None and info.audio_codec:
        heard = f"{ui_tags.codec(info.audio_codec)}, {language.number(info.audio_rate)} Hz"
    return [
        (_("Length"), ui_tags.duration(info.duration_ms) if info and info.duration_ms else ""),
        (_("Frames"), language.number(info.frame_count) if info and moves else ""),
        (_("Resolution"), f"{info.width} × {info.height}" if info and info.width else ""),
        (_("Frame rate"), ui_tags.fps(info.frame_rate) if info and moves else ""),
        (_("Format"), info.container if info else ""),
        (_("Video codec"), ui_tags.codec(info.video_codec) if info and moves else ""),
        (_("Audio"), heard),
        (_("File size"), filesizeformat(check.size)),
    ]
