"""Traces for OpenTelemetry, where OPENTELEMETRY is set and its packages are installed; else nothing at all.

Where to, and how much, its own variables say (OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_TRACES_SAMPLER …).
"""

import logging
import os
from collections.abc import Callable
from importlib import import_module
from typing import Any

from django.conf import settings

log = logging.getLogger(__name__)

# Each by itself: what isn't installed is left out.
INSTRUMENTATIONS = (
    ("opentelemetry.instrumentation.django", "DjangoInstrumentor"),
    ("opentelemetry.instrumentation.celery", "CeleryInstrumentor"),
    ("opentelemetry.instrumentation.psycopg", "PsycopgInstrumentor"),
)
MISSING = "OPENTELEMETRY is set, but %s isn't installed: no traces. docs/operations.md names the packages."


def start(load: Callable[[str], Any] = import_module) -> tuple[str, ...]:
    """Have this process send traces; what is traced. Called before Django makes its handler."""
    if not settings.OPENTELEMETRY:
        return ()
    try:
        trace = load("opentelemetry.trace")
        sdk, export = load("opentelemetry.sdk.trace"), load("opentelemetry.sdk.trace.export")
        otlp = load("opentelemetry.exporter.otlp.proto.http.trace_exporter")
    except ImportError as missing:
        log.warning(MISSING, missing.name or "a package")
        return ()
    os.environ.setdefault("OTEL_SERVICE_NAME", "reelproof")
    provider = sdk.TracerProvider()
    provider.add_span_processor(export.BatchSpanProcessor(otlp.OTLPSpanExporter()))
    trace.set_tracer_provider(provider)
    started = []
    for module, name in INSTRUMENTATIONS:
        try:
            instrumentation = getattr(load(module), name)
        except ImportError:
            continue
        instrumentation().instrument()
        started.append(name)
    return tuple(started)
