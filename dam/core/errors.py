"""The base of everything that is refused, for pages, commands and programs alike. Pure.

A named exception beside the function that raises it derives from `Refused` and sets its `code`; pages show
the message, commands end with it, and the API answers problem details with both. What is not a `Refused`
is a fault of ours.
"""

from dam.core.language import gettext, noop


class Refused(Exception):
    """What was asked for can't be done, for a reason that people can read.

    `code` is a word for programs that never changes, `message` a sentence for people that says what
    happened and how to go on, `title` a few words above it. A class sets them, and an instance may.
    """

    code = "refused"
    title = ""
    message = noop("This can't be done right now.")

    def __init__(self, message: str = "", *, code: str = "", title: str = "") -> None:
        self.message = gettext(str(message or self.message))
        self.code = code or self.code
        self.title = gettext(str(title or self.title)) if title or self.title else ""
        super().__init__(self.message)


class TooMany(Refused):
    """As many are under way, or were asked for, as may be: trying later helps."""

    code = "too_many"


class Away(Exception):
    """Something that work needs doesn't answer, which says nothing about the work: it is put back.

    `words` are a sentence for people that says what; the exception's own are for the log.
    """

    words = noop("A service that this needs was unavailable.")


class NoRoom(Refused):
    """There is no room on a disk, or in the part of it that may be used."""

    code = "disk_full"
