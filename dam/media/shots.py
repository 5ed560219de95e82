"""Shots: the stretches between one cut and the next. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Shot:
    """From its first picture to the next shot's, on the review timeline. Frames name it by its place."""

    start_ms: int
    end_ms: int
