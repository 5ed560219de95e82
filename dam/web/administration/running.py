"""Storage and jobs: how the brand's work stands, and to installation administrators how everything does."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from dam.accounts.capabilities import Capability
from dam.core import queues, storage, workers
from dam.ingest import filling, missing, step_specs, waiting
from dam.operations import backups, expiring, sizes, stored, troubles
from dam.operations.fsck import looking
from dam.web import times
from dam.web.decorators import BrandRequest, requires
from dam.web.htmx import is_fragment

PAGE = 30
MOST_PEOPLE = 20
# What takes used of machines: they live above.
TAKES = "generation.quotas"
OLD_BACKUP = timedelta(days=2)
SECTION = {"area": "administration", "section": "administration-running"}


@require_safe
@requires(Capability.MANAGE_BRAND)
def running(request: BrandRequest) -> HttpResponse:
    """The whole page, or as a fragment one of the parts that change by the minute."""
    if is_fragment(request, target="fills"):
        return render(request, "administration/_fills.html", _fills(request))
    context = {**SECTION, **_now(request)}
    if is_fragment(request, target="now"):
        return render(request, "administration/_running_now.html", context)
    context |= _fills(request)
    kept = stored.of(request.brand)
    context |= {
        "kept": kept,
        "total": stored.total(kept),
        "growth": sizes.growth(request.brand, now=stored.total(kept).bytes),
        "rights": expiring.rights_ending(request.principal, timezone.now()),
        "machine_time": import_string(f"{TAKES}.total")(request.brand, at=timezone.now()),
        "machine_time_of": import_string(f"{TAKES}.by_person")(
            request.brand, at=timezone.now(), most=MOST_PEOPLE
        ),
    }
    if request.principal.runs_installation:
        context |= _installation()
    return render(request, "administration/running.html", context)


@require_safe
@requires(Capability.MANAGE_BRAND)
def failed(request: BrandRequest) -> HttpResponse:
    """Steps that failed, of one name where the address says which."""
    name = request.GET.get("step", "")
    name = name if step_specs.find(name) else ""
    after = times.place(request.GET.get("after", ""))
    shown, following = troubles.failed_page(
        request.brand, name=name, after=troubles.Place(*after) if after else None, most=PAGE
    )
    context = {
        **SECTION,
        "kinds": troubles.failed_kinds(request.brand),
        "name": name,
        "steps": shown,
        "next": str(following) if following else "",
    }
    return render(request, "administration/failed_steps.html", context)


@require_POST
@requires(Capability.MANAGE_BRAND)
def retry_failed(request: BrandRequest, name: str) -> HttpResponse:
    """Run every failed step of this name again."""
    count = troubles.retry_all(request.brand, name, by=request.principal)
    text = ngettext(
        "%(count)d step will run again.", "%(count)d steps will run again, in turn with other work.", count
    )
    messages.success(request, text % {"count": count})
    return redirect("administration-failed", brand_slug=request.brand.slug)


@require_POST
@requires(Capability.MANAGE_BRAND)
def fill(request: BrandRequest, kind: str) -> HttpResponse:
    """Have this kind of rendition made of all clips that lack it."""
    try:
        filling.start(request.brand, kind, by=request.principal)
        messages.success(request, _("Clips without one get it now, a few at a time."))
    except missing.NoSuchKind as unknown:
        raise Http404 from unknown
    except filling.FillUnderWay as refused:
        messages.info(request, str(refused))
    return redirect("administration-running", brand_slug=request.brand.slug)


@require_POST
@requires(Capability.MANAGE_BRAND)
def stop_fill(request: BrandRequest, kind: str) -> HttpResponse:
    if filling.stop(request.brand, kind, by=request.principal, at=timezone.now()):
        messages.success(request, _("Stopped. What workers were asked for already is still made."))
    else:
        messages.info(request, _("That had ended already."))
    return redirect("administration-running", brand_slug=request.brand.slug)


def _fills(request: BrandRequest) -> dict[str, Any]:
    filled = filling.of(request.brand)
    return {"filled": filled, "filling": any(each.is_under_way for each in filled)}


def _now(request: BrandRequest) -> dict[str, Any]:
    at = timezone.now()
    everything = request.principal.runs_installation
    brand = None if everything else request.brand
    queue = troubles.waiting(brand)
    found: dict[str, Any] = {
        "at": at,
        "kinds": troubles.failed_kinds(request.brand),
        "steps": troubles.running(brand),
        "stuck": troubles.stuck(at, brand),
        "waiting": queue,
        "waits": waiting.of(queue),
        "rows": len(queue) if len(queue) >= troubles.MOST_WAITING else 0,
        "everything": everything,
    }
    if everything:
        known, spoke = queues.all_of_them(), workers.known()
        served = {queue for worker in spoke or () for queue in worker.queues}
        found |= {
            "queues": [(queue, queue.name in served) for queue in known] if known is not None else None,
            "workers": spoke,
        }
    return found


def _installation() -> dict[str, Any]:
    at = timezone.now()
    total = sum(stored.total(kept).bytes for kept in stored.of_all().values())
    growing = sizes.growth(None, now=total)
    free = storage.free()
    last = backups.last()
    return {
        "all_bytes": total,
        "all_growth": growing,
        "database_bytes": sizes.database_bytes(),
        "disk_free": free,
        "days_left": sizes.days_left(free, growing),
        "backup": last,
        "backup_is_old": last is not None and at - last.made_at > OLD_BACKUP,
        "check": backups.last_check(),
        "files_check": looking.last(),
        "certificates": [(each, each.is_due(at), each.is_over(at)) for each in expiring.of_installation(at)],
    }
