"""Django's mail backend of the installation: each mail leaves as the environment or the page says now."""

from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from dam.accounts import mail_answers, mail_senders
from dam.accounts.mail_answers import Answer
from dam.accounts.mail_senders import Outgoing


class SendingFailed(OSError):
    """A mail did not leave; `answer` says why."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.sentence)
        self.answer = answer


class EmailBackend(BaseEmailBackend):
    def send_messages(self, messages: Sequence[EmailMessage]) -> int:
        return send_by(mail_senders.current(), messages)


def send_by(given: Outgoing | None, messages: Sequence[EmailMessage]) -> int:
    """Send by this, and by nothing else. Raises SendingFailed."""
    try:
        return mail_senders.connection(given).send_messages(list(messages)) or 0
    except Exception as problem:
        raise SendingFailed(_answer(problem, given)) from problem


def _answer(problem: Exception, given: Outgoing | None) -> Answer:
    if given is None:
        return mail_answers.describe(problem)
    return mail_answers.describe(problem, host=given.host, port=given.port, sender=given.sender)
