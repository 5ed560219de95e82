"""What a released file says of itself to programs that read IPTC metadata, and what it keeps to itself."""

import json
import re
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from types import SimpleNamespace

import av
import pytest
from django.conf import settings
from django.utils import timezone

from dam.accounts.models import DataMining
from dam.catalog.models import AssetKind, DeclaredOrigin, Origin, Version
from dam.core import storage
from dam.media import runner, xmp_packet
from dam.media.embedded_metadata import XMP, EmbeddedMetadata
from dam.media.errors import FileRefused
from dam.rights.models import RightsRecord
from provenance.downloads import preset_files, presets
from provenance.downloads import worker as downloads
from provenance.manifests import claims, verify
from provenance.manifests.claims import NamedModel
from provenance.manifests.validation_codes import State
from provenance.releases import file_metadata, release_file
from tests import sound_factory, still_factory
from tests.release_factory import case_of, sign, waiting
from tests.review_factory import Case

pytestmark = pytest.mark.django_db

DETAILS = {
    "description": "For the summer.",
    "licence": "Stock 12",
    "rights_holder": "Ada",
    "restriction": "No TV.",
    "credit_line": "© Northwind / Ada",
}


def with_details(case: Case, *, wanted: bool) -> Case:
    case.brand.released_details = wanted
    case.brand.save()
    asset = case.version.asset
    asset.title, asset.description = "Bottle turning", DETAILS["description"]
    asset.save()
    asset.tags.create(brand=case.brand, name="glass")
    return case


def released(case: Case) -> tuple[EmbeddedMetadata, list[str], State]:
    """What the released file says, the actions that its manifest names, and whether that holds."""
    case.approve_all()
    release = sign(case.version)
    assert release.state == "ready", release.reason
    with storage.local_copy(release.storage_key) as path:
        report = verify.check(path)
        assert report.active is not None
        return runner.probe(path).embedded, [each.code for each in report.active.actions], report.state


def test_a_released_clip_says_what_its_manifest_says(generated: Path) -> None:
    case = with_details(case_of(generated), wanted=False)
    said, actions, state = released(case)
    assert state is State.TRUSTED
    assert actions == ["c2pa.opened", "c2pa.edited.metadata", "c2pa.published"]  # of the release alone
    assert said.texts["title"] == "Bottle turning"
    assert said.texts["usage"] == f"Cleared by {case.brand.name} for web, in the EU, with no end date."
    assert said.texts["source_type"] == "trainedAlgorithmicMedia"
    assert said.texts["ai_system"] == "previz-dit"
    # The brand didn't say that more may leave.
    assert said.keywords == ()
    assert not said.texts.keys() & {"description", "copyright", "ai_prompt"}


def test_details_leave_where_the_brand_wants_it(generated: Path) -> None:
    case = with_details(case_of(generated), wanted=True)
    case.approve_all()
    rights = {name: DETAILS[name] for name in ("licence", "rights_holder", "restriction", "credit_line")}
    RightsRecord.objects.filter(version=case.version).update(**rights)
    release = sign(case.version)
    with storage.local_copy(release.storage_key) as path:
        said = runner.probe(path).embedded
    assert said.keywords == ("glass",)
    assert said.texts["credit"] == "© Northwind / Ada"
    assert said.texts["description"] == "For the summer."
    assert said.texts["copyright"] == "Ada"
    assert said.texts["usage"].endswith("no end date.\nLicence: Stock 12\nNo TV.")


def case_with(path: Path, kind: AssetKind) -> Case:
    case = case_of(path, suffix=path.suffix)
    Version.objects.filter(pk=case.version.pk).update(kind=kind)
    case.version.refresh_from_db()
    return with_details(case, wanted=False)


@pytest.mark.parametrize("suffix", ["jpg", "webp", "avif", "tiff"])
def test_a_picture_says_it_too(tmp_path: Path, suffix: str) -> None:
    path = still_factory.still(tmp_path / f"logo.{suffix}")
    said, actions, state = released(case_with(path, AssetKind.STILL))
    assert (said.texts["title"], state) == ("Bottle turning", State.TRUSTED)
    assert "c2pa.edited.metadata" in actions


def test_a_drawing_says_it_too_and_is_released_as_one(tmp_path: Path) -> None:
    path = tmp_path / "logo.svg"
    rect = '<rect width="20" height="20" fill="#c00"/>'
    path.write_text(f'<svg xmlns="http://www.w3.org/2000/svg" width="40" height="30">{rect}</svg>')
    case = case_with(path, AssetKind.STILL)
    said, actions, state = released(case)
    assert (said.texts["title"], state) == ("Bottle turning", State.TRUSTED)
    assert "c2pa.edited.metadata" in actions
    assert case.version.releases.get().storage_key.endswith(".svg")


@pytest.mark.parametrize("suffix", ["wav", "mp3"])
def test_sound_says_it_too(tmp_path: Path, suffix: str) -> None:
    path = sound_factory.tone(tmp_path / f"jingle.{suffix}", seconds=0.5)
    said, actions, state = released(case_with(path, AssetKind.SOUND))
    assert (said.texts["title"], said.sources["title"], state) == ("Bottle turning", XMP, State.TRUSTED)
    assert "c2pa.edited.metadata" in actions


def test_the_packet_before_is_not_among_the_bytes_of_a_signed_tiff(tmp_path: Path) -> None:
    old = xmp_packet.write({"title": "Secret working title"})
    path = still_factory.still(tmp_path / "logo.tiff", tiffinfo={700: old})
    case = case_with(path, AssetKind.STILL)
    case.approve_all()
    release = sign(case.version)
    with storage.local_copy(release.storage_key) as signed:
        content = signed.read_bytes()
    assert (content.count(b"Secret"), content.count(b"<rdf:RDF")) == (0, 1)


def test_where_there_is_no_place_for_it_the_file_is_released_without(tmp_path: Path) -> None:
    path = sound_factory.tone(tmp_path / "jingle.mp3", seconds=0.5)
    content = path.read_bytes()
    size = sum(byte << shift for byte, shift in zip(content[6:10], (21, 14, 7, 0), strict=True))
    path.write_bytes(b"ID3\2\0\0" + bytes(4) + content[10 + size :])  # a tag as of 1998, with nothing in it
    said, actions, state = released(case_with(path, AssetKind.SOUND))
    assert (said.texts, state) == ({}, State.TRUSTED)
    assert actions == ["c2pa.opened", "c2pa.published"]


@pytest.mark.parametrize("shipped", ["small", "gif", "avif"])
def test_a_download_in_another_format_says_it_too(generated: Path, shipped: str) -> None:
    case = with_details(case_of(generated), wanted=False)
    with storage.local_copy(case.version.storage_key) as path:
        info = runner.probe(path)
    Version.objects.filter(pk=case.version.pk).update(
        media_info=info.to_json(), frame_count=info.frame_count, duration_ms=info.duration_ms
    )
    released(case)
    version = Version.objects.select_related("asset", "brand", "rights").get(pk=case.version.pk)
    small = preset_files.request(version, presets.of(case.brand).get(shipped=shipped), by=case.creator)
    downloads.run(str(small.pk))
    small.refresh_from_db()
    with storage.local_copy(small.storage_key) as path:
        said, report = runner.probe(path).embedded, verify.check(path)
    assert (said.texts["title"], report.state) == ("Bottle turning", State.TRUSTED)
    assert report.active is not None
    assert report.active.actions[-1].code == "c2pa.edited.metadata"


def test_there_must_be_room_for_both_copies(generated: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    release = waiting(case_of(generated).version)
    room = settings.DISK_RESERVE_BYTES + release.version.size * 3 // 2
    monkeypatch.setattr(storage, "free", lambda: None)  # where storage is no disk of ours
    monkeypatch.setattr("shutil.disk_usage", lambda _path: SimpleNamespace(free=room))
    with pytest.raises(FileRefused, match="disk"), release_file.make(release, at=timezone.now()):
        pass


def test_it_is_said_in_the_brands_language_and_its_days() -> None:
    case = Case()
    case.brand.name = "Northwind"
    case.brand.language, case.brand.time_zone = "de", "Pacific/Auckland"
    case.brand.save()
    release = waiting(
        case.version,
        uses=["web", "social"],
        territories=["DE"],
        valid_until=datetime(2026, 12, 31, 11, tzinfo=UTC),
    )
    said = file_metadata.of(release, model=None)
    assert (
        said["usage"]
        == "Von Northwind freigegeben für Web und Social Media, in Deutschland, bis 1. Januar 2027."
    )
    assert "ai_system" not in said


def test_a_release_for_nothing_is_not_said_to_be_cleared() -> None:
    assert file_metadata.of(waiting(Case().version, uses=[]), model=None)["usage"] == ""


MODEL = NamedModel(name="m", identifier="m@1")


@pytest.mark.parametrize(
    ("origin", "declared", "model", "code"),
    [
        (Origin.GENERATED, "", None, "trainedAlgorithmicMedia"),
        (Origin.UPLOADED, "", None, ""),
        # Of one whose credentials we trust in that, unless a person said otherwise.
        (Origin.UPLOADED, "", MODEL, "trainedAlgorithmicMedia"),
        (Origin.UPLOADED, DeclaredOrigin.PARTLY_GENERATED, MODEL, "compositeWithTrainedAlgorithmicMedia"),
        (Origin.UPLOADED, DeclaredOrigin.CAMERA, None, "digitalCapture"),
        (Origin.UPLOADED, DeclaredOrigin.SOFTWARE, None, "digitalCreation"),
        (Origin.UPLOADED, DeclaredOrigin.COMPOSITE, None, "composite"),
    ],
)
def test_the_origin_is_said_as_the_library_knows_it(
    origin: str, declared: str, model: NamedModel | None, code: str
) -> None:
    case = Case()
    Version.objects.filter(pk=case.version.pk).update(origin=origin, declared_origin=declared)
    case.version.refresh_from_db()
    said = file_metadata.of(waiting(case.version), model=model)
    assert str(said["source_type"]).rpartition("/")[2] == code
    assert said.get("ai_system") == (model and "m")


CODE = "001191110108MA01KP2T5U00001"


def field_in(path: Path) -> dict[str, str]:
    """China's field, as it stands in the file's XMP."""
    found = re.search(rb"<TC260:AIGC>(.*?)</TC260:AIGC>", path.read_bytes())
    assert found is not None
    read: dict[str, str] = json.loads(unescape(found[1].decode()))
    return read


def test_a_release_made_by_ai_has_chinas_field_where_the_brand_has_a_code(generated: Path) -> None:
    case = case_of(generated)
    case.brand.aigc_producer = CODE
    case.brand.save()
    case.approve_all()
    release = sign(case.version)
    assert release.state == "ready", release.reason
    with storage.local_copy(release.storage_key) as path:
        assert verify.check(path).state is State.TRUSTED
        assert field_in(path) == {
            "Label": "1",
            "ContentProducer": CODE,
            "ProduceID": case.version.pk.hex,
            "ReservedCode1": case.version.sha256,
            "ContentPropagator": CODE,
            "PropagateID": str(release.pk),
            "ReservedCode2": "",
        }


@pytest.mark.parametrize("code", ["", CODE])
def test_without_a_code_or_without_ai_there_is_no_such_field(code: str, generated: Path, plain: Path) -> None:
    case = case_of(plain if code else generated)
    case.brand.aigc_producer = code
    case.brand.save()
    case.approve_all()
    with storage.local_copy(sign(case.version).storage_key) as path:
        assert b"AIGC" not in path.read_bytes()


def test_a_download_has_chinas_field_among_its_own_tags_too(generated: Path) -> None:
    case = case_of(generated)
    case.brand.aigc_producer = CODE
    case.brand.save()
    info = runner.probe(generated)
    Version.objects.filter(pk=case.version.pk).update(
        media_info=info.to_json(), frame_count=info.frame_count, duration_ms=info.duration_ms
    )
    case.approve_all()
    sign(case.version)
    version = Version.objects.get(pk=case.version.pk)
    file = preset_files.request(version, presets.of(case.brand).get(shipped="small"), by=case.creator)
    downloads.run(str(file.pk))
    file.refresh_from_db()
    assert file.state == "ready", file.reason
    with storage.local_copy(file.storage_key) as path:
        assert verify.check(path).state is State.TRUSTED
        with av.open(str(path)) as container:
            assert json.loads(container.metadata["AIGC"]) == field_in(path)
        assert field_in(path)["ContentProducer"] == CODE


@pytest.mark.django_db
@pytest.mark.parametrize("policy", DataMining.values)
def test_what_the_brand_allows_machines_stands_in_the_metadata_and_in_the_manifest(
    policy: str, generated: Path
) -> None:
    case = case_of(generated)
    case.brand.data_mining = policy
    case.brand.save()
    case.approve_all()
    release = sign(case.version)
    with storage.local_copy(release.storage_key) as path:
        content, report = path.read_bytes(), verify.check(path)
    assert report.active is not None
    allowed = {kind for kind, use in report.active.training.items() if use == "allowed"}
    assert allowed == set(claims.MINING[policy])
    address = file_metadata.DATA_MINING[policy].encode()
    others = [each.encode() for each in file_metadata.DATA_MINING.values() if each.encode() not in address]
    assert address in content
    assert not any(each + b'"' in content or each + b"<" in content for each in others)
