"""The page of a clip shows what is said and written in it, and why where it doesn't."""

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand
from dam.catalog.models import Version
from dam.ingest.models import Step, StepState
from dam.search import timed_texts
from dam.search.models import TimedTextKind
from dam.search.timed_texts import Line
from tests.factories import ApprovedVersionFactory, VersionFactory
from tests.integration.dam.web.conftest import SignIn


def page_of(version: Version, sign_in: SignIn, role: Role = Role.CREATOR) -> str:
    return sign_in(role).get(f"/b/northwind/assets/{version.asset_id}/").content.decode()


def settle(version: Version, name: str, state: StepState, reason: str) -> None:
    whose = {"version": version, "brand_id": version.brand_id, "user_id": version.created_by_id}
    Step.objects.create(**whose, name=name, position=0, state=state, reason=reason)


def test_each_line_seeks_the_player_to_its_frame(brand: Brand, sign_in: SignIn) -> None:
    version = VersionFactory.create(asset__brand=brand, rate_numerator=25, rate_denominator=1)
    lines = [Line(4000, 5000, "Hello <b>there</b>")]
    timed_texts.keep(version, TimedTextKind.SPOKEN, lines)
    page = page_of(version, sign_in)
    assert 'data-seek-frame="100"' in page
    assert "Hello &lt;b&gt;there&lt;/b&gt;" in page
    assert "Not read yet." in page  # on-screen text


def test_why_there_is_no_transcript_is_said(brand: Brand, sign_in: SignIn) -> None:
    version = VersionFactory.create(asset__brand=brand)
    settle(version, "speech", StepState.SKIPPED, "The clip has no sound.")
    settle(version, "written", StepState.RUNNING, "")
    page = page_of(version, sign_in)
    assert "The clip has no sound." in page
    assert "In progress." in page


def test_a_viewer_is_shown_no_empty_list(brand: Brand, sign_in: SignIn) -> None:
    version = ApprovedVersionFactory.create(asset__brand=brand)
    page = page_of(version, sign_in, Role.VIEWER)
    assert "timed-texts" not in page
    timed_texts.keep(version, TimedTextKind.WRITTEN, [Line(0, 900, "EXIT")])
    page = page_of(version, sign_in, Role.VIEWER)
    assert "EXIT" in page
    assert "Transcript" not in page
