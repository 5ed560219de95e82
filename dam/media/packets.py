"""What the packets of a file say, none of them decoded. Runs in the decoder process alone."""

from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import av
from av.container import InputContainer

from dam.media import budgets, timing
from dam.media.errors import FileRefused
from dam.media.timing import Span

MOST_FRAMES = budgets.MAX_SECONDS * int(timing.MOST_STATED_RATE)


@dataclass
class Summary:
    """What a pass over all packets showed; nothing was decoded."""

    pts: "array[int]" = field(default_factory=lambda: array("q"))  # of what is shown of the video
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


def read(container: InputContainer, video: Any | None) -> Summary:
    """One pass over the file in constant memory but for eight bytes a frame. Raises FileRefused."""
    summary = Summary()
    last = None
    packets = container.demux()
    while True:
        try:
            packet = next(packets)
        except (StopIteration, av.error.FFmpegError):
            break
        pts = packet.pts if packet.pts is not None else packet.dts
        if pts is None or packet.size == 0 or packet.time_base is None:
            continue
        start = pts * packet.time_base
        end = start + max(packet.duration or 0, 0) * packet.time_base
        summary.end = max(summary.end, end)
        if video is None or packet.stream_index != video.index:
            heard = summary.sounds.get(packet.stream_index, Span(start, end))
            summary.sounds[packet.stream_index] = Span(min(heard.start, start), max(heard.end, end))
            continue
        summary.video_packets += 1
        summary.last_byte = max(summary.last_byte, (packet.pos or 0) + packet.size)
        if len(summary.delays) < 2:
            summary.delays.add(pts - (pts if packet.dts is None else packet.dts))
        if packet.is_discard:
            summary.passed_over += bool(summary.pts)
            continue
        summary.pts.append(pts)
        if last is None or pts > last:
            last, summary.last_duration = pts, packet.duration or 0
        if len(summary.pts) > MOST_FRAMES:
            raise FileRefused("too_long")
    return summary
