"""What the packets of a file say, none of them decoded. Runs in the decoder process alone."""

from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from av.container import InputContainer

from dam.media import budgets, frames, timing
from dam.media.errors import FileRefused
from dam.media.timing import Span

LEAP = timing.STRAY_SECONDS  # of sound that one packet alone makes: it isn't believed
CLOCKED = ("mpegts", "mpeg")  # their packets alone say how long they are: sound says when pictures end
MOST_FRAMES = budgets.MAX_SECONDS * int(timing.MOST_STATED_RATE)


@dataclass
class Summary:
    """What a pass over all packets showed; nothing was decoded."""

    # Of what is shown of the video, in the order of the file; broken ones are mended (timing.mend).
    pts: "array[int]" = field(default_factory=lambda: array("q"))
    mended_pictures: int = 0  # so many of them
    mended_sounds: int = 0  # packets of sound that aren't believed
    video_packets: int = 0  # with those that are not shown
    delays: set[int] = field(default_factory=set)  # ticks from decoding to being shown, two of them at most
    last_duration: int = 0  # of the picture shown last
    passed_over: int = 0  # pictures not shown that come after some that are
    last_byte: int = 0  # where the last packet of the video ends in the file, where that is known
    end: Fraction = Fraction(0)  # where the last packet of any stream ends, seconds
    sounds: dict[int, Span] = field(default_factory=dict)

    def shown_from(self, first: int | None) -> Sequence[int]:
        """The time stamps from the first picture that can be decoded."""
        if first is None or first <= min(self.pts):
            return self.pts
        return array("q", (pts for pts in self.pts if pts >= first)) or self.pts


def read(
    container: InputContainer,
    video: Any | None,
    *,
    stated_end: Fraction | None = None,
    blanks: Sequence[tuple[Fraction, Fraction]] = (),
) -> Summary:
    """One pass over the file in constant memory but for sixteen bytes a frame. Raises FileRefused.

    `stated_end` is when everything ends by the file's own word, in seconds on its clock; `blanks` are times
    at which no picture of the video is shown (boxes.empty_edits).
    """
    summary, order = Summary(), array("q")
    last = None
    heard = {stream.index: _Heard() for stream in container.streams.audio}
    for packet in frames.demuxed(container):
        pts = packet.pts if packet.pts is not None else packet.dts
        if pts is None or packet.size == 0 or packet.time_base is None:
            continue
        start = pts * packet.time_base
        end = start + max(packet.duration or 0, 0) * packet.time_base
        if video is None or packet.stream_index != video.index:
            sound = heard.setdefault(packet.stream_index, _Heard(leap=None))
            sound.feed(start, end)
            continue
        summary.video_packets += 1
        summary.last_byte = max(summary.last_byte, (packet.pos or 0) + packet.size)
        if len(summary.delays) < 2:
            summary.delays.add(pts - (pts if packet.dts is None else packet.dts))
        if packet.is_discard:
            summary.passed_over += bool(summary.pts)
            continue
        if any(since <= start < until for since, until in blanks):
            continue
        summary.pts.append(pts)
        order.append(pts if packet.dts is None else packet.dts)
        if last is None or pts > last:
            last, summary.last_duration = pts, packet.duration or 0
        if len(summary.pts) > MOST_FRAMES:
            raise FileRefused("too_long")
    for index, sound in heard.items():
        summary.mended_sounds += sound.finish()
        if sound.span is not None:
            summary.sounds[index] = sound.span
            summary.end = max(summary.end, sound.span.end)
    if video is not None and summary.pts:
        if stated_end is None and container.format.name in CLOCKED:
            spans = [
                summary.sounds[each.index] for each in container.streams.audio if each.index in summary.sounds
            ]
            long = [span for span in spans if span.end - span.start > LEAP]
            last_ones = order[-timing.MOST_STRAY - 2 :][0] * video.time_base  # no picture stays in these
            stated_end = max((span.end for span in long), default=last_ones)
        pts_, broken = timing.mend(summary.pts, order, time_base=video.time_base, stated_end=stated_end)
        if broken:
            summary.pts, summary.mended_pictures = array("q", pts_), broken
        summary.end = max(summary.end, (max(summary.pts) + max(summary.last_duration, 0)) * video.time_base)
    return summary


@dataclass
class _Heard:
    """From where to where a stream is heard. A packet that leaps away counts once another follows it."""

    leap: Fraction | None = LEAP  # None: whatever leaps is believed, as with subtitles
    span: Span | None = None
    waiting: Span | None = None
    last: Fraction = Fraction(0)
    passed_over: int = 0

    def feed(self, start: Fraction, end: Fraction) -> None:
        if self.waiting is not None:
            if abs(start - self.last) < abs(start - self.waiting.end):
                self.passed_over += 1
            else:
                self._take(self.waiting)
            self.waiting = None
        if self.leap is not None and self.span is not None and abs(start - self.last) > self.leap:
            self.waiting = Span(start, end)
        else:
            self._take(Span(start, end))

    def finish(self) -> int:
        """How many packets weren't believed."""
        return self.passed_over + (self.waiting is not None)

    def _take(self, heard: Span) -> None:
        span = self.span or heard
        self.span = Span(min(span.start, heard.start), max(span.end, heard.end))
        self.last = heard.end
