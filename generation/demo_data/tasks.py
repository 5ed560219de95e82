"""What the workers do for a demo brand that was made in a page. Each task may run twice."""

from celery import shared_task
from django.utils import timezone

from generation.demo_data import making


@shared_task(name="gpu.begin_demo")
def begin_demo() -> None:
    making.begin()


@shared_task(name="default.bring_on_demo")
def bring_on_demo() -> None:
    making.bring_on(at=timezone.now())
