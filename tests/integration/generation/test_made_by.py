"""Which model made a clip is recorded with it, and of clips of before by the migration and by catching up."""

from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from dam.accounts.capabilities import Role
from dam.accounts.principals import Member
from dam.catalog.models import Approval, Version
from dam.models import ApprovedBefore, MadeWith, ModelRecord, ModelStanding
from dam.rights import making
from dam.rights.model_licences import standings
from dam.rights.models import InheritedTerms, Relation
from generation import made_by, runner
from generation.generators import loading
from generation.models import GenerationJob
from tests.factories import ApprovedVersionFactory, VersionFactory, member
from tests.integration.generation.models import FakeGenerator, write_card

pytestmark = pytest.mark.django_db


class Unlicensed(FakeGenerator):
    identity = replace(FakeGenerator.identity, licence="", weights_sha256="cd" * 32, name="Found it")


def ran(job: GenerationJob, generator: FakeGenerator, path: Path, settings: Any, monkeypatch: Any) -> Version:
    settings.STORAGE, settings.SCRATCH_DIR = str(path / "storage"), path / "scratch"
    monkeypatch.setattr(loading, "load", lambda folder: generator)
    version = runner.make(job.pk)
    assert version is not None
    return version


def test_a_take_records_the_model_that_made_it(
    job: GenerationJob, tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    version = ran(job, FakeGenerator(), tmp_path, settings, monkeypatch)
    model = MadeWith.objects.get(version=version).model
    assert (str(model), model.licence, model.family) == ("Test model 1", "Apache-2.0", "WanPipeline")
    assert not InheritedTerms.objects.exists()


def test_a_take_of_a_model_without_a_licence_is_not_for_release(
    job: GenerationJob, tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    version = ran(job, Unlicensed(), tmp_path, settings, monkeypatch)
    assert InheritedTerms.objects.get(version=version).stopped


def of_before(job: GenerationJob, version: Version, **identity: str) -> None:
    GenerationJob.objects.filter(pk=job.pk).update(
        version=version,
        model={
            "name": "Found it",
            "version": "",
            "licence": "",
            "weights_sha256": "cd" * 32,
            "pipeline_class": "WanPipeline",
            "early_checkpoint": False,
            "note": "",
            **identity,
        },
    )


def fill() -> None:
    import_module("generation.migrations.0012_made_with").fill(None, connection.schema_editor())


@pytest.mark.django_db(transaction=True)
def test_clips_of_before_keep_their_approval_and_new_ones_need_a_licence(job: GenerationJob) -> None:
    approved = ApprovedVersionFactory.create(asset__brand=job.brand)
    of_before(job, approved)
    admin = member(job.brand, Role.ADMIN)
    cut = ApprovedVersionFactory.create(asset__brand=job.brand)
    making.add(cut, approved, relation=Relation.COMPONENT, by=admin)
    fill()
    fill()
    assert ModelRecord.objects.get().name == "Found it"
    assert MadeWith.objects.get().version == approved
    assert set(ApprovedBefore.objects.values_list("version_id", flat=True)) == {approved.pk, cut.pk}
    assert not InheritedTerms.objects.filter(stopped=True).exists()
    assert list(making.wrongly_kept()) == []
    Version.objects.filter(pk=approved.pk).update(approval=Approval.DRAFT)
    assert InheritedTerms.objects.get(version=approved).stopped


@pytest.mark.django_db(transaction=True)
def test_drafts_of_before_are_asked_about_and_what_the_bundled_model_made_is_as_it_was(
    job: GenerationJob, creator: Member
) -> None:
    draft = VersionFactory.create(asset__brand=job.brand)
    of_before(job, draft)
    fill()
    assert InheritedTerms.objects.get(version=draft).stopped
    assert not ApprovedBefore.objects.exists()
    of_before(job, draft, weights_sha256="ef" * 32, licence="Apache-2.0", name="previz-dit")
    MadeWith.objects.all().delete()
    making.keep_anew([draft.pk])
    fill()
    assert MadeWith.objects.get().model.name == "previz-dit"
    assert not InheritedTerms.objects.exists()
    assert {each.stops for each in ModelStanding.objects.filter(model__name="previz-dit")} == {False}


def test_what_a_worker_of_the_release_before_made_meanwhile_is_recorded_later(job: GenerationJob) -> None:
    draft = VersionFactory.create(asset__brand=job.brand)
    of_before(job, draft)
    assert made_by.catch_up(at=timezone.now()) == 1
    assert made_by.catch_up(at=timezone.now()) == 0
    assert InheritedTerms.objects.get(version=draft).stopped


def test_a_card_that_says_a_licence_later_clears_what_was_made_before(
    job: GenerationJob, tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    version = ran(job, Unlicensed(), tmp_path, settings, monkeypatch)
    settings.GENERATOR_MODEL = str(write_card(tmp_path / "model", weights_sha256="cd" * 32, licence="MIT"))
    assert made_by.fill_in() == 1
    assert made_by.fill_in() == 0
    standings.spread()
    assert not InheritedTerms.objects.filter(version=version).exists()


def test_what_an_earlier_version_made_and_approved_meanwhile_stays_approved(job: GenerationJob) -> None:
    version = ApprovedVersionFactory.create(asset__brand=job.brand)
    of_before(job, version)
    assert made_by.catch_up(at=timezone.now()) == 1
    assert MadeWith.objects.filter(version=version).exists()
    assert not InheritedTerms.objects.filter(version=version, stopped=True).exists()
