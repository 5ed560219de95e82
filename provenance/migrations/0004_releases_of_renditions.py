"""What earlier versions kept as a rendition of kind "release" becomes releases; files and their names stay.

Approved and signed for the approval that holds: ready. Signed for one that holds no more: withdrawn, found
also by the events of signings whose row was replaced. Approved and not signed: failed where that is what
the trail says last, else to be signed, which recovery sees to.
"""

from typing import Any

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps
from django.utils import timezone


def make_releases(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    rendition = apps.get_model("dam", "Rendition")
    review = apps.get_model("provenance", "Review")
    event = apps.get_model("dam", "Event")
    signed = {each.version_id: each for each in rendition.objects.filter(kind="release")}
    reviews = review.objects.filter(state__in=["approved", "revoked"]).select_related("version")
    concerned = set(signed) | set(reviews.values_list("version_id", flat=True))
    for version in apps.get_model("dam", "Version").objects.filter(pk__in=concerned).order_by("created_at"):
        passages = list(reviews.filter(version=version).order_by("closed_at"))
        told = list(
            event.objects.filter(
                brand_id=version.brand_id,
                asset_id=version.asset_id,
                verb__in=["review.approved", "release.signed", "release.failed", "release.revoked"],
            ).order_by("sequence")
        )
        _of_version(apps, version, passages=passages, file=signed.get(version.pk), told=told)


def _of_version(apps: StateApps, version: Any, *, passages: list[Any], file: Any, told: list[Any]) -> None:
    release = apps.get_model("provenance", "Release")
    by_id = {str(passage.pk): passage for passage in passages}
    holds = next((each for each in reversed(passages) if each.state == "approved"), None)
    if version.approval != "approved":
        holds = None
    kept = by_id.get(str(file.details.get("review", ""))) if file else None
    if file and kept is None and passages:
        kept = holds or passages[-1]
    reasons = {
        str(each.data.get("review", "")): str(each.data.get("reason", ""))
        for each in told
        if each.verb == "release.revoked"
    }
    for each in told:  # signings whose rendition a later one replaced
        passage = by_id.get(str(each.data.get("review", "")))
        sha256 = str(each.data.get("sha256", ""))
        if each.verb == "release.signed" and passage and sha256 and not (file and sha256 == file.sha256):
            release.objects.create(
                **_facts(version, passage),
                state="withdrawn",
                reason=reasons.get(str(passage.pk), ""),
                created_at=each.at,
                signed_at=each.at,
                ended_at=passage.closed_at or each.at,
                sha256=sha256,
            )
    if file and kept:
        ready = holds is not None and kept.pk == holds.pk
        row = release.objects.create(
            **_facts(version, kept),
            state="ready" if ready else "withdrawn",
            reason="" if ready else reasons.get(str(kept.pk), ""),
            created_at=file.created_at,
            signed_at=_signed_at(file, told),
            ended_at=None if ready else (kept.closed_at or timezone.now()),
            sha256=file.sha256,
            size=file.size,
            content_type=file.content_type,
            storage_key=file.storage_key,
        )
        apps.get_model("provenance", "ManifestRecord").objects.filter(rendition=file).update(
            rendition=None, release=row
        )
        file.delete()
    if holds is not None and not (file and kept and kept.pk == holds.pk):
        words = [each for each in told if each.verb != "release.revoked"]
        failed = bool(words) and words[-1].verb == "release.failed"
        release.objects.create(
            **_facts(version, holds),
            state="failed" if failed else "signing",
            reason=str(words[-1].data.get("reason") or "Signing failed.") if failed else "",
            created_at=holds.closed_at or timezone.now(),
            ended_at=words[-1].at if failed else None,
        )
    _keep_facts(apps, version)


def _facts(version: Any, passage: Any) -> dict[str, Any]:
    last = passage.decisions.filter(kind="approve").order_by("-stage").first()
    return {
        "brand_id": version.brand_id,
        "asset_id": version.asset_id,
        "version_id": version.pk,
        "review_id": passage.pk,
        "uses": last.uses if last else [],
        "territories": last.territories if last else [],
        "valid_until": last.valid_until if last else None,
        "master_sha256": passage.content_sha256,
    }


def _signed_at(file: Any, told: list[Any]) -> Any:
    """A rendition that was made again kept the date of the first: the event has the right one."""
    dates = [
        each.at for each in told if each.verb == "release.signed" and each.data.get("sha256") == file.sha256
    ]
    return dates[-1] if dates else file.created_at


def _keep_facts(apps: StateApps, version: Any) -> None:
    """The columns that dam reads: nobody sees a file whose approval holds no more."""
    newest = (
        apps.get_model("provenance", "Release").objects.filter(version_id=version.pk).order_by("-pk").first()
    )
    apps.get_model("dam", "Version").objects.filter(pk=version.pk).update(
        release=newest.state if newest else ""
    )
    asset = apps.get_model("dam", "Asset").objects.filter(pk=version.asset_id)
    if newest and newest.state == "ready":
        asset.update(released_id=version.pk)
    else:
        asset.filter(released_id=version.pk).update(released=None)


class Migration(migrations.Migration):
    dependencies = [("provenance", "0003_release"), ("dam", "0004_latest_and_released")]
    operations = [migrations.RunPython(make_releases, migrations.RunPython.noop)]
