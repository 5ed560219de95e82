"""Models as the installation knows them, and what administrators read in their licences.

A record is made with the first clip that a model makes, or when somebody reads its licence; it stays when the
model goes, since its clips do.
"""

from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from dam.accounts.models import Brand
from dam.accounts.principals import Principal
from dam.audit import trail
from dam.audit.verbs import Verb
from dam.core import errors
from dam.rights.model_licences import standings, terms, verdicts
from dam.rights.model_licences.models import ModelReading, ModelRecord, ModelStanding
from dam.rights.model_licences.terms import LicenceTerms
from dam.rights.model_licences.verdicts import Verdict

LONGEST_NOTE = 2000


class ReadingRefused(errors.Refused):
    """`read_already` where one holds, `gone` where it was ended meanwhile, `too_long`."""

    code = "reading_refused"


@dataclass(frozen=True)
class Answer:
    """What a model's licence means for one brand, with what is known of the licence."""

    record: ModelRecord | None
    licence: str
    terms: LicenceTerms | None
    verdict: Verdict
    reading: ModelReading | None = None


def answer(brand: Brand, *, weights_sha256: str, licence: str) -> Answer:
    """For a model by its weights; `licence` is what its folder says, for one that no record is of yet."""
    record = ModelRecord.objects.filter(weights_sha256=weights_sha256).first() if weights_sha256 else None
    if record is None:
        known = terms.find(licence)
        found = verdicts.verdict(licence, known, country=brand.country, revenue=brand.revenue)
        return Answer(None, licence, known, found)
    return answer_of(record, brand)


def answer_of(record: ModelRecord, brand: Brand) -> Answer:
    reading = standings.reading_for(record, brand)
    return Answer(
        record,
        record.licence,
        terms.find(record.licence),
        standings.verdict_of(record, brand, reading),
        reading,
    )


def read(
    record: ModelRecord, *, cleared: bool, everywhere: bool, note: str, brand: Brand | None, by: Principal
) -> ModelReading:
    """Record what an administrator of the installation read in its licence, for one brand or (None) for all.

    It changes what every clip that the model made may do. Raises ReadingRefused, PermissionDenied.
    """
    standings.require_installation_admin(by)
    if len(note) > LONGEST_NOTE:
        raise ReadingRefused(
            _("Write at most %(most)s characters.") % {"most": LONGEST_NOTE}, code="too_long"
        )
    with trail.recording():
        ModelRecord.objects.select_for_update(no_key=True).get(pk=record.pk)
        try:
            with transaction.atomic():
                made = ModelReading.objects.create(
                    model=record, brand=brand, cleared=cleared, everywhere=everywhere, note=note, by=by.user
                )
        except IntegrityError as there:
            raise ReadingRefused(
                _("Someone has recorded an answer for this already. Withdraw that first."),
                code="read_already",
            ) from there
        _told(Verb.MODEL_LICENCE_READ, made, by=by)
        standings.refresh(record)
    return made


def end(record: ModelRecord, reading_id: int, *, by: Principal) -> ModelReading:
    """Take an answer back: from now on the licence's own terms count again. Raises ReadingRefused."""
    standings.require_installation_admin(by)
    with trail.recording():
        ModelRecord.objects.select_for_update(no_key=True).get(pk=record.pk)
        reading = ModelReading.objects.filter(model=record, pk=reading_id, ended_at=None).first()
        if reading is None:
            raise ReadingRefused(_("This answer was withdrawn already."), code="gone")
        reading.ended_at, reading.ended_by = timezone.now(), by.user
        reading.save(update_fields=["ended_at", "ended_by"])
        _told(Verb.MODEL_READING_ENDED, reading, by=by)
        standings.refresh(record)
    return reading


def _told(verb: Verb, reading: ModelReading, *, by: Principal) -> None:
    """In the brand it is about, else in each that has clips made with the model; and where it was done."""
    about = Q(pk=by.brand.pk)
    if reading.brand_id is not None:
        about |= Q(pk=reading.brand_id)
    else:
        about |= Q(pk__in=ModelStanding.objects.filter(model=reading.model).values("brand"))
    for brand in Brand.objects.filter(about, deleted_at=None).order_by("pk"):
        trail.record(
            verb,
            brand=brand,
            target=str(reading.model),
            actor=by,
            data={
                "weights": reading.model.weights_sha256,
                "licence": reading.model.licence,
                "cleared": reading.cleared,
                "everywhere": reading.everywhere,
                # What was written about one brand's contract is no other brand's to read.
                **({} if reading.brand_id not in (None, brand.pk) else {"note": reading.note}),
                "all_brands": reading.brand_id is None,
            },
        )
