"""Mail that isn't sent is kept where nobody else reads it, and in no log."""

from pathlib import Path
from typing import Any

import pytest
from django.core.mail import EmailMessage, get_connection

from dam.core import mail_files


def test_a_mail_becomes_a_file_for_its_own_account_alone(
    tmp_path: Path, settings: Any, capfd: pytest.CaptureFixture[str]
) -> None:
    settings.EMAIL_FILE_PATH = tmp_path / "mail"
    message = EmailMessage("Reset", "https://reelproof.example.com/accounts/", to=["ada@example.com"])
    with get_connection(mail_files.BACKEND) as connection:
        assert connection.send_messages([message, message]) == 2
    files = list((tmp_path / "mail").iterdir())
    assert [file.stat().st_mode & 0o777 for file in files] == [0o600, 0o600]
    assert (tmp_path / "mail").stat().st_mode & 0o777 == 0o700
    assert "https://reelproof.example.com/accounts/" in files[0].read_text()
    assert "reelproof.example.com" not in "".join(capfd.readouterr())
