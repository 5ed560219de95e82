"""Tests keep their files where no cleanup of the product looks."""

from pathlib import Path

from django.conf import settings


def test_folders_of_tests_lie_outside_the_scratch_folder(tmp_path: Path) -> None:
    assert not tmp_path.resolve().is_relative_to(settings.SCRATCH_DIR.resolve())
