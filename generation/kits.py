"""A brand's kit as it is kept: read for briefs, changed by those who run the brand, each change an event.

A take keeps the words that were added to its prompt (GenerationJob.kit), so that what is made like it later
has the same, whatever the kit says by then.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from dam.accounts.capabilities import Capability
from dam.accounts.models import Brand
from dam.accounts.principals import Principal
from dam.audit import trail
from dam.audit.verbs import Verb
from dam.catalog.models import AssetKind
from dam.core import errors
from dam.core.language import gettext as _
from dam.core.language import noop
from dam.models import Asset, Version
from dam.rights.visibility import shown, visible_assets
from generation import kit_words
from generation.briefs import Brief
from generation.kit_words import Colour, KitRefused, KitWords, Preset
from generation.models import BrandKit, GenerationJob

MOST_REFERENCES = 12
NOTHING = KitWords()
WORDS = ("prefix", "suffix", "negative")


class KitChanged(errors.Refused):
    """Somebody else has changed the kit since it was read."""

    code = "brand_kit_changed"
    message = noop(
        "Someone else just changed the brand kit. Open it as it is now: what you typed comes back where no "
        "one else changed the same field."
    )


@dataclass(frozen=True)
class KitWish:
    """A kit as somebody wants it; palette and presets as they were typed, one on each line."""

    prefix: str = ""
    suffix: str = ""
    negative: str = ""
    palette: str = ""
    presets: str = ""


@dataclass(frozen=True)
class Kit:
    words: KitWords = NOTHING
    palette: tuple[Colour, ...] = ()
    presets: tuple[Preset, ...] = ()
    images: tuple[UUID, ...] = ()
    """The clips that are its reference images, whether they are still there or not."""


def of(brand: Brand) -> Kit:
    """The brand's kit as it is now; an empty one where it has none."""
    row = BrandKit.objects.filter(brand=brand).first()
    return _read(row) if row is not None else Kit()


def words_of(kept: Mapping[str, Any] | None) -> KitWords | None:
    """What was added, out of what a take or a batch keeps; None where nothing was."""
    if not kept:
        return None
    return KitWords(**{name: str(kept.get(name, "")) for name in WORDS}, revision=kept.get("revision", 0))


def of_job(job: GenerationJob) -> KitWords | None:
    """What the kit added to this take's prompt, as it was then."""
    return words_of(job.kit)


def kept(brief: Brief) -> dict[str, Any]:
    """What GenerationJob.kit keeps of a brief."""
    return {"typed": brief.typed, **asdict(brief.kit)} if brief.kit is not None else {}


def change(wish: KitWish, *, by: Principal, revision: int) -> None:
    """`revision` is that of the kit that was read. Raises KitRefused, KitChanged, PermissionDenied."""
    by.require(Capability.MANAGE_BRAND)
    wanted = _checked(wish)
    with trail.recording():
        row = _locked(by.brand)
        if row.revision != revision:
            raise KitChanged
        changed = {
            name: [_said(getattr(row, name)), _said(value)]
            for name, value in wanted.items()
            if getattr(row, name) != value
        }
        if not changed:
            return
        BrandKit.objects.filter(pk=row.pk).update(**wanted, revision=revision + 1)
        _record(by, **changed)


def references(kit: Kit, *, by: Principal) -> list[Version]:
    """The reference images that this person sees, with their clips and renditions. Two queries, or none."""
    if not kit.images:
        return []
    clips = visible_assets(by).filter(pk__in=kit.images, **{f"{shown(by)}__kind": AssetKind.STILL.value})
    versions = Version.objects.filter(pk__in=list(clips.values_list(shown(by), flat=True)))
    found = {each.asset_id: each for each in versions.select_related("asset").prefetch_related("renditions")}
    return [found[key] for key in kit.images if key in found]


def add_reference(asset: Asset, *, by: Principal) -> None:
    """An image of the library that briefs may begin with. Twice is once.

    Raises KitRefused, PermissionDenied.
    """
    by.require(Capability.MANAGE_BRAND, brand=asset.brand)
    if asset.latest is None or asset.latest.kind != AssetKind.STILL:
        raise KitRefused(_("Choose an image."))
    with trail.recording():
        row = _locked(by.brand)
        if str(asset.pk) in row.references:
            return
        kept = row.references
        if len(kept) >= MOST_REFERENCES:  # what is deleted or in the trash makes room: nobody can remove it
            there = set(visible_assets(by).filter(pk__in=kept).values_list("pk", flat=True))
            kept = [each for each in kept if UUID(each) in there]
        if len(kept) >= MOST_REFERENCES:
            raise KitRefused(
                _("A brand kit can have %(most)s reference images. Remove one first.")
                % {"most": MOST_REFERENCES}
            )
        BrandKit.objects.filter(pk=row.pk).update(references=[*kept, str(asset.pk)])
        _record(by, references=[[], [asset.title]])


def remove_reference(asset: Asset, *, by: Principal) -> None:
    """One that isn't there is no mistake. Raises PermissionDenied."""
    by.require(Capability.MANAGE_BRAND, brand=asset.brand)
    with trail.recording():
        row = _locked(by.brand)
        kept = [each for each in row.references if each != str(asset.pk)]
        if kept == row.references:
            return
        BrandKit.objects.filter(pk=row.pk).update(references=kept)
        _record(by, references=[[asset.title], []])


def _locked(brand: Brand) -> BrandKit:
    """The brand's row, which others wait for until the end of the transaction."""
    BrandKit.objects.get_or_create(brand=brand)
    return BrandKit.objects.select_for_update(no_key=True).get(brand=brand)


def _record(by: Principal, **changed: Any) -> None:
    trail.record(Verb.BRAND_KIT_CHANGED, brand=by.brand, target=by.brand.name, actor=by, data=changed)


def _read(row: BrandKit) -> Kit:
    return Kit(
        words=KitWords(row.prefix, row.suffix, row.negative, row.revision),
        palette=tuple(Colour(**each) for each in row.palette),
        presets=tuple(Preset(**each) for each in row.presets),
        images=tuple(map(UUID, row.references)),
    )


def _checked(wish: KitWish) -> dict[str, Any]:
    """The columns, cleaned. Raises KitRefused."""
    return {
        "prefix": kit_words.words(wish.prefix, field="prefix", most=kit_words.LONGEST_WORDS),
        "suffix": kit_words.words(wish.suffix, field="suffix", most=kit_words.LONGEST_WORDS),
        "negative": kit_words.words(wish.negative, field="negative", most=kit_words.LONGEST_NEGATIVE),
        "palette": [asdict(each) for each in kit_words.colours(wish.palette.splitlines())],
        "presets": [asdict(each) for each in kit_words.presets(wish.presets.splitlines())],
    }


def _said(value: Any) -> Any:
    """What the log says of a column: words as they are, colours and shapes as they are typed."""
    if not isinstance(value, list):
        return value
    return [str(Colour(**each) if "hex" in each else Preset(**each)) for each in value]
