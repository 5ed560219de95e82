"""A brief for tests."""

from fractions import Fraction

from generation.briefs import Brief

BRIEF = Brief(
    prompt="A red ball bouncing on a table",
    seed=7,
    takes=1,
    frames=17,
    width=128,
    height=80,
    frame_rate=Fraction(16),
    steps=8,
    guidance=3.0,
)
