"""Settings of what the processes say of themselves: log lines, metrics and traces."""

from ipaddress import ip_network

from django.core.exceptions import ImproperlyConfigured

from dam import environment as env

LOG_FORMAT = env.text("LOG_FORMAT", "text")
if LOG_FORMAT not in ("text", "json"):
    raise ImproperlyConfigured(f"LOG_FORMAT={LOG_FORMAT!r} is neither text nor json.")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"facts": {"()": "dam.core.log_context.AddFacts"}},
    "formatters": {
        "line": {
            "class": "dam.core.log_lines.Lines",
            "format": "%(asctime)s %(levelname)s %(name)s: %(message)s",
        },
        "json": {"class": "dam.core.log_lines.Json"},
    },
    # Standard error: standard output belongs to the JSON of the commands.
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "json" if LOG_FORMAT == "json" else "line",
            "filters": ["facts"],
        }
    },
    "root": {"handlers": ["console"], "level": env.text("LOG_LEVEL", "INFO")},
    # Of what was refused dam.web.refusal_log has a line that says who asked.
    "loggers": {
        "django.request": {"level": "ERROR"},
        "django.security": {"level": "CRITICAL"},  # a trace for each made-up Host header
        "django.security.csrf": {"level": "WARNING"},
        "fontTools": {"level": "WARNING"},  # else it lists the letters of what is written
        "fpdf": {"level": "ERROR"},
        # A line for each request is for programs that read logs.
        "dam.web.requests": {"level": "INFO" if LOG_FORMAT == "json" else "WARNING"},
        # uvicorn has set up its own by now; it writes like everybody else.
        "uvicorn": {"handlers": ["console"], "propagate": False},
        "uvicorn.error": {"handlers": [], "propagate": True},
    },
}

# /metrics for Prometheus: for who sends this token, or comes from one of these addresses or networks
# (10.0.0.0/8). With neither there is no such page.
METRICS_TOKEN = env.text("METRICS_TOKEN")
METRICS_FROM = env.words("METRICS_FROM")
for _network in METRICS_FROM:
    try:
        ip_network(_network, strict=False)
    except ValueError:
        raise ImproperlyConfigured(f"METRICS_FROM: {_network!r} is no address and no network.") from None
OPENTELEMETRY = env.flag("OPENTELEMETRY", default=False)  # traces, if its packages are installed
