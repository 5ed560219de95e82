from pathlib import Path

from dam.web.templatetags import administration

MAILS = Path(__file__).parents[4] / "templates/mail"


def test_every_mail_has_a_title_in_the_list_of_those_that_failed() -> None:
    assert {path.name.split(".")[0] for path in MAILS.glob("*.subject.txt")} == set(administration.MAILS)
