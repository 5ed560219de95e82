"""What people read of a failure that is kept with a step, a job or a release: a sentence of ours.

Never what a program printed: no traceback, no path of the server, no name of an exception. Those go to the
worker's log, under a reference that the sentence ends with.
"""

import logging
import re
import secrets

from dam.core import kept_sentences
from dam.core.errors import Refused
from dam.core.language import gettext, noop
from dam.core.lazily import lazy

log = logging.getLogger(__name__)

LONGEST = 300  # characters, as the columns have them
UNFORESEEN = lazy(
    "Something went wrong on the server. Try again, or give your administrator this reference: {}."
)
KEPT_BEFORE = lazy("Something went wrong on the server. Try again or contact your administrator.")
_AGAIN = noop("Reelproof will try again automatically.")  # follows what happened
# Words that only programs use.
_PRINTED = re.compile(
    r"Traceback|File \"|\[Errno|\b[A-Za-z_.]*(?:Error|Exception|Warning)\b(?!\.\s|\.$| [a-z])|errno"
    r"|(?<![\w/<])/(?:[\w.+-]+/)+[\w.+-]*|[A-Za-z]:\\|\bfile:|0x[0-9a-fA-F]{4,}|\w\(\)|::"
    r"|<[\w.]+ (?:object|at) |\n"
)


def sentence(problem: BaseException, *, of: str, worded: tuple[type[BaseException], ...] = ()) -> str:
    """The words to keep for people; `of` says in the log what failed.

    Quoted are refusals and `worded`, what has a message for people without being one.
    """
    if isinstance(problem, (Refused, *worded)) and is_plain(str(problem)):
        return str(problem)[:LONGEST]
    reference = secrets.token_hex(4)
    log.error("%s failed, reference %s: %r", of, reference, problem, exc_info=problem)
    return UNFORESEEN.format(reference)


def shown(kept: str) -> str:
    """What pages show of words kept with a failure, perhaps by an earlier release that kept anything."""
    kept = str(kept)
    if not kept:
        return ""
    if not is_plain(kept):
        return gettext(KEPT_BEFORE)
    return kept_sentences.said(kept)


def is_plain(text: str) -> bool:
    """Whether it reads as a sentence for people, and not as something that a program printed."""
    return bool(text.strip()) and not _PRINTED.search(text)
