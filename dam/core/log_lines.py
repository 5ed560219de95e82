"""Lines of a log. What they tell of comes from outside as well: names, what FFmpeg says of a file."""

import json
import logging
import re
from datetime import UTC, datetime

# What lets somebody in who reads it: the keys in the addresses of mailed links, and the secrets of
# dam.accounts.keys but for their beginnings, by which people tell them apart.
_KEY = re.compile(
    r"(/password/reset/key/[0-9A-Za-z]+-|/security/address/|/mail/unsubscribe/|/guest/recall/)[^/\s]+"
    r"|(\brp[a-z]_[\w-]{8})[\w-]+"
)


class Lines(logging.Formatter):
    """One entry begins at the start of a line, and nothing in it says otherwise to a reader or a terminal.

    The further lines of an entry are set in; whatever does not print is spelt out. An address is told as it
    was asked for, but without the key of a mailed link.
    """

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's name
        return super().formatMessage(record) + getattr(record, "about", "")

    def format(self, record: logging.LogRecord) -> str:
        return "\n  ".join(map(_printable, _without_keys(super().format(record)).split("\n")))


class Json(logging.Formatter):
    """One JSON object for each entry, for programs that collect logs (`LOG_FORMAT=json`)."""

    def format(self, record: logging.LogRecord) -> str:
        entry: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": _without_keys(record.getMessage()),
            **getattr(record, "facts", {}),
            **getattr(record, "fields", {}),
        }
        if record.exc_info:
            entry["error"] = _without_keys(self.formatException(record.exc_info))
        return json.dumps(entry, ensure_ascii=True, default=str)


def _without_keys(text: str) -> str:
    return _KEY.sub(lambda found: f"{found[1] or found[2]}…", text)


def _printable(line: str) -> str:
    if line.isprintable():
        return line
    return "".join(each if each.isprintable() else each.encode("unicode_escape").decode() for each in line)
