"""A brief for tests, and the job that came of it."""

from fractions import Fraction

from generation.briefs import Brief
from generation.models import GenerationJob

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


def reload(job: GenerationJob) -> GenerationJob:
    """The job as it stands now."""
    return GenerationJob.objects.get(pk=job.pk)
