"""Every way out: a file leaves for a use and a country only with the label that is needed there."""

import io
import json
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from dam.access import share_links
from dam.accounts import principals
from dam.accounts.capabilities import Capability, Role
from dam.accounts.principals import Member
from dam.audit.models import Event
from dam.catalog.models import AssetKind, Origin, Version
from dam.core import storage
from dam.rights.models import RightsRecord
from dam.rights.policy import Use
from provenance.downloads import labelled, preset_files
from provenance.downloads.models import FileState, PresetFile
from provenance.models import Release
from tests import release_factory
from tests.factories import ApprovedVersionFactory, member
from tests.unit.dam.media.test_probe import INFO

CONTENT = bytes(range(256)) * 8
REAL = {"looks_real": True, "artistic": False, "performer": False, "waived": []}
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.filterwarnings("ignore:StreamingHttpResponse must consume asynchronous"),
]


@pytest.fixture
def version(tmp_path: Path) -> Version:
    """An AI clip that looks real, released worldwide for the web, social media and internal use."""
    made: Version = ApprovedVersionFactory.create(
        asset__title="Summer", media_info=INFO.to_json(), origin=Origin.GENERATED
    )
    RightsRecord.objects.filter(version=made).update(
        disclosure=REAL, uses=["web", "social", "internal"], territories=["worldwide"]
    )
    path = tmp_path / "content"
    path.write_bytes(CONTENT)
    release_factory.ready(made, stored=storage.put(path, brand_id=made.brand_id, suffix=".mp4"))
    return made


def client_of(version: Version, role: Role = Role.VIEWER) -> Client:
    client = Client()
    client.force_login(member(version.brand, role).user)
    return client


def release(version: Version, client: Client, query: str = "?use=other&territory=worldwide") -> Any:
    return client.get(reverse("release-file", args=[version.brand.slug, version.pk]) + query)


def page(version: Version, client: Client, query: str = "?use=other&territory=worldwide") -> str:
    address = reverse("asset-downloads", args=[version.brand.slug, version.asset_id])
    answer = client.get(address + query)
    assert answer.status_code == 200
    return str(answer.content.decode())


def asked_for(version: Version, client: Client, **place: str) -> PresetFile:
    """The labelled release, as the page asks for it."""
    client.post(reverse("download-make", args=[version.brand.slug, version.pk, 0]), place)
    return PresetFile.objects.latest("created_at")


def made(file: PresetFile) -> PresetFile:
    """As a worker leaves it."""
    kept = Release.objects.get(version=file.version)
    PresetFile.objects.filter(pk=file.pk).update(
        state=FileState.READY, sha256=kept.sha256, size=kept.size, storage_key=kept.storage_key,
        content_type="video/mp4", carries=[each["key"] for each in file.recipe["notices"]],
    )  # fmt: skip
    file.refresh_from_db()
    return file


def fetch(file: PresetFile, client: Client, query: str = "") -> Any:
    return client.get(reverse("download-file", args=[file.brand.slug, file.pk]) + query)


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("", 302),  # to the question
        ("?use=web", 302),
        ("?territory=CH", 302),
        ("?use=other&territory=worldwide", 403),
        ("?use=web&territory=worldwide", 403),
        ("?use=web&territory=DE", 403),
        ("?use=web&territory=EU", 403),
        ("?use=other&territory=CN", 403),
        ("?use=web&territory=CH", 200),
        ("?use=other&territory=US", 200),
        ("?use=internal&territory=worldwide", 200),
        ("?use=internal&territory=DE", 200),
    ],
)
def test_the_release_itself_leaves_only_for_where_no_label_is_needed(
    version: Version, query: str, status: int
) -> None:
    assert release(version, client_of(version), query).status_code == status


def test_the_refusal_names_the_label(version: Version) -> None:
    answer = release(version, client_of(version), "?use=web&territory=CN")
    assert "For use in China this clip must carry the label “AI生成”" in answer.content.decode()
    assert not Event.objects.filter(verb="release.downloaded").exists()


def test_what_was_never_asked_goes_on_as_before(version: Version) -> None:
    RightsRecord.objects.filter(version=version).update(disclosure=None)
    assert release(version, client_of(version)).status_code == 200
    assert "must carry a label" not in page(version, client_of(version))


@pytest.mark.parametrize(("territory", "status"), [("worldwide", 403), ("DE", 403), ("CH", 200)])
def test_a_guest_gets_it_only_for_where_no_label_is_needed(
    version: Version, territory: str, status: int
) -> None:
    link, _secret = share_links.create(
        by=member(version.brand, Role.LIBRARIAN), guest="Agency", assets=[version.asset],
        last_day=timezone.localdate() + timedelta(days=1),
        capabilities=(Capability.VIEW, Capability.DOWNLOAD_RELEASE), use=Use.WEB, territory=territory,
    )  # fmt: skip
    client = Client()
    session = client.session
    session[principals.OPENED] = {str(version.brand_id): link.pk}
    session.save()
    assert release(version, client).status_code == status


def test_the_page_asks_where_and_says_what_the_file_shows(version: Version) -> None:
    client = client_of(version)
    shown = page(version, client)
    assert "say where you will use it" in shown
    assert "Labelled release" in shown
    for words in ("AI-generated", "AI生成", "AI 생성"):
        assert f"the label “{words}” at the top right" in shown
    german = page(version, client, "?use=web&territory=Germany")
    assert "The picture shows the label “KI-generiert” at the top right, throughout." in german
    assert "AI生成" not in german
    swiss = page(version, client, "?use=web&territory=CH")
    assert "No label is needed there." in swiss
    assert "Labelled release" not in swiss
    assert "?use=web&amp;territory=CH" in swiss
    assert "isn&#x27;t a known country" in page(version, client, "?use=web&territory=Atlantis")


def test_the_clip_s_page_leads_there(version: Version) -> None:
    client = client_of(version)
    address = reverse("asset", args=[version.brand.slug, version.asset_id])
    shown = client.get(address).content.decode()
    assert "For some uses and countries it must carry a label." in shown
    assert reverse("release-file", args=[version.brand.slug, version.pk]) not in shown
    RightsRecord.objects.filter(version=version).update(
        disclosure={**REAL, "looks_real": False}, territories=["EU"]
    )
    assert "Download release" in client.get(address).content.decode()


def test_a_labelled_file_is_asked_for_with_the_words_of_its_country(version: Version) -> None:
    file = asked_for(version, client_of(version), use="web", territory="FR")
    assert [each["words"] for each in file.recipe["notices"]] == ["Généré par IA"]
    again = asked_for(version, client_of(version), use="social", territory="FR")
    assert again == file  # one file for everybody who needs the same
    assert asked_for(version, client_of(version), territory="CN") != file


def test_a_labelled_file_leaves_for_where_its_label_is_enough(version: Version) -> None:
    client = client_of(version)
    file = made(asked_for(version, client, use="web", territory="FR"))
    for query, status in (
        ("?use=web&territory=FR", 200), ("?use=other&territory=DE", 200), ("?use=web&territory=CH", 200),
        ("?use=web&territory=CN", 403), ("", 302), ("?use=other&territory=worldwide", 403),
    ):  # fmt: skip
        assert fetch(file, client, query).status_code == status
    event = Event.objects.filter(verb="release.downloaded").earliest("sequence")
    assert (event.data["use"], event.data["territory"]) == ("web", "FR")
    assert f"{reverse('download-file', args=[version.brand.slug, file.pk])}?use=web&amp;territory=FR" in page(
        version, client, "?use=web&territory=FR"
    )


def test_one_with_all_labels_leaves_for_everywhere(version: Version) -> None:
    client = client_of(version)
    file = made(asked_for(version, client))
    for use, place in (("other", "worldwide"), ("web", "CN"), ("web", "KR"), ("social", "IN")):
        assert fetch(file, client, f"?use={use}&territory={place}").status_code == 200


def test_a_file_of_a_worker_that_knew_no_labels_is_made_again(version: Version) -> None:
    client = client_of(version)
    file = made(asked_for(version, client, territory="FR"))
    PresetFile.objects.filter(pk=file.pk).update(carries=[])
    assert fetch(file, client, "?use=web&territory=FR").status_code == 403
    assert reverse("download-file", args=[version.brand.slug, file.pk]) not in page(
        version, client, "?use=web&territory=FR"
    )
    anew = asked_for(version, client, territory="FR")
    assert (anew != file, anew.state) == (True, "waiting")


def test_answers_that_change_later_count_for_files_there_are(version: Version) -> None:
    client = client_of(version)
    RightsRecord.objects.filter(version=version).update(disclosure={**REAL, "artistic": True})
    file = made(asked_for(version, client, territory="FR"))
    assert file.carries == ["eu_brief"]
    assert fetch(file, client, "?use=web&territory=FR").status_code == 200
    RightsRecord.objects.filter(version=version).update(disclosure=REAL)
    assert fetch(file, client, "?use=web&territory=FR").status_code == 403


def test_the_labelled_release_is_nothing_where_no_label_is_needed(version: Version) -> None:
    address = reverse("download-make", args=[version.brand.slug, version.pk, 0])
    assert client_of(version).post(address, {"territory": "CH"}).status_code == 404


def zipped(version: Version, by: Member, **fields: str) -> tuple[list[str], dict[str, Any]]:
    client = Client()
    client.force_login(by.user)
    answer = client.post(
        reverse("download-zip", args=[by.brand.slug]),
        {"asset": [str(version.asset_id)], "use": "other", "territory": "worldwide", **fields},
    )
    whole = zipfile.ZipFile(io.BytesIO(b"".join(answer)))
    return whole.namelist(), json.loads(whole.read("contents.json"))


def test_a_zip_holds_labelled_files_or_says_why_not(version: Version) -> None:
    viewer = member(version.brand, Role.VIEWER)
    client = Client()
    client.force_login(viewer.user)
    names, told = zipped(version, viewer, territory="FR")
    assert names == ["contents.csv", "contents.json"]
    assert told["not_included"][0]["reason"] == "This format hasn't been made yet."
    chosen = {"asset": [str(version.asset_id)], "territory": "France", "make": "1"}
    answer = client.post(reverse("selection-download", args=[version.brand.slug]), chosen)
    assert answer.status_code == 200
    made(PresetFile.objects.get())
    names, told = zipped(version, viewer, territory="FR")
    assert names[0] == "Summer (Labelled release).mp4"
    names, told = zipped(version, viewer, territory="CH")
    assert names[0] == "Summer.mp4"
    names, told = zipped(version, viewer)
    assert names == ["contents.csv", "contents.json"]


def test_an_image_is_labelled_and_sound_is_not(version: Version) -> None:
    Version.objects.filter(pk=version.pk).update(kind=AssetKind.STILL)
    version.refresh_from_db()
    client = client_of(version)
    assert "Labelled release" in page(version, client, "?use=web&territory=FR")
    assert asked_for(version, client, territory="FR").recipe["format"] == "png"
    Version.objects.filter(pk=version.pk).update(kind=AssetKind.SOUND)
    assert "Sound can&#x27;t show a label." in page(version, client, "?use=web&territory=FR")


def test_asking_again_keeps_the_place(version: Version) -> None:
    answer = client_of(version).post(
        reverse("download-make", args=[version.brand.slug, version.pk, 0]), {"use": "web", "territory": "FR"}
    )
    sent = parse_qs(urlsplit(answer.headers["Location"]).query)
    assert (sent["use"], sent["territory"]) == (["web"], ["FR"])


def test_no_query_for_each_clip(version: Version, django_assert_max_num_queries: Any) -> None:
    found = Version.objects.select_related("asset", "brand", "rights", "inherited").get(pk=version.pk)
    with django_assert_max_num_queries(0):
        needed = labelled.required(found, use=None, territory="FR", at=timezone.now())
        assert labelled.notices(needed, territory="FR")


def test_the_rows_of_presets_carry_the_label_too(version: Version) -> None:
    client = client_of(version)
    page(version, client)
    preset = version.brand.download_presets.get(shipped="square")
    address = reverse("download-make", args=[version.brand.slug, version.pk, preset.pk])
    client.post(address, {"territory": "DE"})
    file = PresetFile.objects.get()
    assert [each["words"] for each in file.recipe["notices"]] == ["KI-generiert"]
    assert preset_files.shows(file)
