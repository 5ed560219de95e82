"""What an edit changed, in sentences for people: fields by their names, codes as what they stand for."""

from collections.abc import Callable, Mapping
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop
from django.utils.translation import ngettext

from dam.accounts import roles
from dam.accounts.capabilities import PHRASES
from dam.accounts.models import DataMining, PromptDisclosure, ReleasePrompts, ReviewerDisclosure
from dam.audit.models import Event
from dam.audit.verbs import Verb
from dam.captions import languages
from dam.catalog.models import AssetKind, DeclaredOrigin
from dam.core.language import number
from dam.custom_fields import shown, values
from dam.custom_fields.definitions import Field, Kind, Option
from dam.rights import territories
from dam.rights.preset_terms import Period
from dam.web.prompt_rule_labels import SUBJECTS, VERDICTS
from dam.web.rights_presets import PERIODS
from dam.web.usage_status import USES

# Their data has fields with what they held before and after.
EDITS = (
    Verb.ASSET_EDITED,
    Verb.COLLECTION_EDITED,
    Verb.ROLE_EDITED,
    Verb.FIELD_EDITED,
    Verb.TAG_EDITED,
    Verb.TAG_RENAMED,
    Verb.BRAND_EDITED,
    Verb.BRAND_LOGO_CHANGED,
    Verb.MEMBER_RENAMED,
    Verb.MEMBER_ROLE_CHANGED,
    Verb.GROUP_CHANGED,
    Verb.QUESTION_EDITED,
    Verb.TEMPLATE_EDITED,
    Verb.RIGHTS_PRESET_EDITED,
    Verb.PROMPT_RULE_EDITED,
    Verb.BRAND_KIT_CHANGED,
)

# Their data may name the preset of terms that filled them in.
BY_PRESET = (
    Verb.ASSET_EDITED,
    Verb.REVIEW_APPROVED_IN_PART,
    Verb.REVIEW_APPROVED_STAGE,
    Verb.REVIEW_APPROVED,
)

# Their data says in which language, and of which version.
CAPTIONED = (Verb.CAPTIONS_ADDED, Verb.CAPTIONS_CHANGED, Verb.CAPTIONS_REMOVED, Verb.CAPTIONS_RESTORED)

# Their data says how many clips, and of one alone which.
COUNTED = (Verb.COLLECTION_CLIPS_ADDED, Verb.COLLECTION_CLIPS_REMOVED, Verb.COLLECTION_CLIPS_MOVED)

# Their data has the reason that was given.
REASONED = (Verb.ASSET_HELD, Verb.ASSET_HOLD_LIFTED, Verb.DISCLOSURE_WAIVED, Verb.RELEASE_EMBARGO_CHANGED)

# The words of the product itself among what edits hold.
RECORDED_IN_ENGLISH = frozenset({"role", "capabilities"})
with translation.override("en"):  # a brand's own role may be called by any other word of the catalogue
    OF_THE_PRODUCT = frozenset(map(str, (*roles.NAMES.values(), *PHRASES.values())))

# What an edit names, as its page calls it.
FIELDS = {
    "title": noop("Title"),
    "description": noop("Description"),
    "version_note": noop("What changed"),
    "tags": noop("Tags"),
    "licence": noop("Licence"),
    "rights_holder": noop("Rights holder"),
    "restriction": noop("Restriction"),
    "credit_line": noop("Credit line"),
    "exclusivity": noop("Exclusivity"),
    "channels": noop("Channels and media"),
    "audience": noop("Audience"),
    "uses": noop("Uses"),
    "territories": noop("Territories"),
    "period": noop("Period of use"),
    "length": noop("Length of the period"),
    "until": noop("Last day of use"),
    "declared_origin": noop("Declared origin"),
    "focus": noop("Focus point"),
    "poster": noop("Poster"),
    "cover": noop("Cover"),
    "dates": noop("Days of the campaign"),
    "name": noop("Name"),
    "spellings": noop("Other spellings"),
    "prefix": noop("Words before the prompt"),
    "suffix": noop("Words after the prompt"),
    "negative": noop("Not to be shown"),
    "palette": noop("Palette"),
    "presets": noop("Shapes"),
    "references": noop("Reference images"),
    "subject": noop("What it names"),
    "verdict": noop("What happens"),
    "reason": noop("Reason"),
    "role": noop("Role"),
    "language": noop("Language"),
    "time_zone": noop("Time zone"),
    "capabilities": noop("Capabilities"),
    "synonyms": noop("Synonyms"),
    "broader": noop("Broader tag"),
    "tag": noop("Tag"),
    "help": noop("Help text"),
    "words": noop("Question"),
    "source": noop("Source"),
    "rule": noop("Rule"),
    "by_hand": noop("Can be chosen by hand"),
    "together": noop("Clips of a set can be approved together"),
    "place": noop("Place"),
    "stops": noop("Answering No stops the approval"),
    "required": noop("Required"),
    "evidence": noop("Evidence"),
    "in_filters": noop("Shown in filters"),
    "clip_kinds": noop("Kinds of clip"),
    "default": noop("Default"),
    "depends_on": noop("Depends on"),
    "options": noop("Options"),
    "logo": noop("Logo"),
    "logo_dark": noop("Logo on dark pages"),
    "accent_hue": noop("Accent colour"),
    "prompt_disclosure": noop("Prompts in Content Credentials"),
    "released_details": noop("Details in released files"),
    "watermarks": noop("Invisible watermarks"),
    "release_prompts": noop("Prompts in releases"),
    "reviewer_disclosure": noop("Reviewers in Content Credentials"),
    "data_mining": noop("Data mining and training"),
    "aigc_producer": noop("Producer code in China"),
    "country": noop("Company's country"),
    "revenue": noop("Company's yearly revenue"),
    "review_stages": noop("Stages of a review"),
    "default_rights": noop("Rights that approvals begin with"),
    "reminder_days": noop("Reminders before a clearance ends"),
    "trash_days": noop("Days in the trash"),
    "failed_job_days": noop("Days that failed takes are kept"),
    "unfinished_upload_days": noop("Days that unfinished uploads are kept"),
    "take_minutes": noop("Minutes of machine time a month"),
    "person_take_minutes": noop("Minutes of machine time a month for each person"),
    "allowed_domains": noop("Mail domains"),
    "guest_reviews": noop("People outside can be asked to review"),
}

_STAGES = {"brand": noop("Brand review"), "legal": noop("Legal review")}
_EVIDENCE = {"may": noop("Can be given"), "needed": noop("Needed for Yes")}
_RIGHTS = {"uses": noop("Uses"), "territories": noop("Territories"), "days": noop("Days from the approval")}


def of(event: Event) -> tuple[str, ...]:
    """In sentences, one a field; of a legal hold why, of a collection's clips how many."""
    if event.verb in REASONED:
        return (_("Reason: %(reason)s") % {"reason": event.data.get("reason", "")},)
    if event.verb == Verb.VERSION_ADDED:
        return tuple(_version(event.data))
    if event.verb in COUNTED:
        return (_clips(event.data),)
    if event.verb in CAPTIONED:
        return (_captions(event.data),)
    if event.verb not in EDITS:
        return tuple(_preset(event))
    # Beside the fields the data may say what kind of principal it was (dam.audit.trail).
    pairs = sorted((name, pair) for name, pair in event.data.items() if isinstance(pair, list))
    changed = (_change(name, before, after) for name, (before, after) in pairs)
    handed_over = (_("It has another owner"),) if event.data.get("handed_over") else ()
    return (*changed, *handed_over, *_own_fields(event), *_people(event), *_preset(event))


def _version(data: Mapping[str, Any]) -> list[str]:
    """Of a new version which one it restores, and what was said of the change."""
    told = []
    if "restored" in data:
        told.append(_("Version %(number)s restored") % {"number": data["restored"]})
    if "note" in data:
        told.append(_("What changed: %(note)s") % {"note": data["note"]})
    return told


def _preset(event: Event) -> list[str]:
    """Which preset of terms it was filled in with, and whether that was changed."""
    preset = event.data.get("preset")
    if event.verb not in BY_PRESET or not isinstance(preset, dict):
        return []
    words = _("From the preset “%(name)s”, changed") if preset["changed"] else _("From the preset “%(name)s”")
    return [words % {"name": preset["name"]}]


def _clips(data: Mapping[str, Any]) -> str:
    if title := data.get("clip"):
        return _quote(title, "clip")
    count = data.get("clips", 0)
    return ngettext("%(count)s clip", "%(count)s clips", count) % {"count": number(count)}


def _captions(data: Mapping[str, Any]) -> str:
    words = _("%(language)s, version %(number)s")
    return words % {"language": languages.name(data["language"]), "number": data["number"]}


def _own_fields(event: Event) -> list[str]:
    """Of a clip the fields of its brand, as they were called. Of people only that they were named."""
    recorded = event.data.get(values.RECORDED)
    if event.verb != Verb.ASSET_EDITED or not isinstance(recorded, dict):
        return []
    return [
        _("%(field)s: %(before)s → %(after)s")
        % {"field": each["title"], "before": _own(each, "before"), "after": _own(each, "after")}
        for each in recorded.values()
    ]


def _own(recorded: Mapping[str, Any], side: str) -> str:
    kind, value = Kind(recorded["kind"]), tuple(recorded[side])
    if kind is Kind.PERSON and value:
        return _("a person")
    options = tuple(Option(0, key, label) for key, label in recorded.get("labels", {}).items())
    field = Field(0, "", recorded["title"], kind, options=options)
    return _quote(", ".join(shown.texts(field, value)), "")


def _people(event: Event) -> list[str]:
    """Of a group who came and went, which is recorded in numbers: no name that would have to be erased."""
    if event.verb != Verb.GROUP_CHANGED:
        return []
    added, removed = event.data.get("added", 0), event.data.get("removed", 0)
    told = []
    if added:
        told.append(ngettext("%(count)d person added", "%(count)d people added", added) % {"count": added})
    if removed:
        told.append(
            ngettext("%(count)d person removed", "%(count)d people removed", removed) % {"count": removed}
        )
    return told


def _change(name: str, before: Any, after: Any) -> str:
    field = _(FIELDS[name]) if name in FIELDS else name.replace("_", " ").capitalize()
    said = _SAID.get(name, str)
    if isinstance(before, list) and isinstance(after, list):
        added = [f"+ {said(each)}" for each in after if each not in before]
        removed = [f"− {said(each)}" for each in before if each not in after]
        if added or removed:
            return _("%(field)s: %(changes)s") % {"field": field, "changes": ", ".join(added + removed)}
        before, after = (", ".join(map(said, each)) for each in (before, after))  # their order alone
    else:
        before, after = (said(each) if each not in ("", None) else "" for each in (before, after))
    return _("%(field)s: %(before)s → %(after)s") % {
        "field": field,
        "before": _quote(before, name),
        "after": _quote(after, name),
    }


def _of_product(recorded: Any) -> str:
    return _(str(recorded)) if recorded in OF_THE_PRODUCT else str(recorded)


def _origin(code: Any) -> str:
    return str(DeclaredOrigin(code).label) if code in DeclaredOrigin.values else str(code)


def _language(code: Any) -> str:
    return _(dict(settings.LANGUAGES).get(code, str(code)))


def _zone(name: Any) -> str:
    return str(name).replace("_", " ")


def _stage(name: Any) -> str:
    return _(_STAGES[name]) if name in _STAGES else str(name)


def _disclosure(value: Any) -> str:
    return str(PromptDisclosure(value).label) if value in PromptDisclosure.values else str(value)


def _reviewers(value: Any) -> str:
    return str(ReviewerDisclosure(value).label) if value in ReviewerDisclosure.values else str(value)


def _of_releases(value: Any) -> str:
    return str(ReleasePrompts(value).label) if value in ReleasePrompts.values else str(value)


def _mining(value: Any) -> str:
    return str(DataMining(value).label) if value in DataMining.values else str(value)


def _right(recorded: Any) -> str:
    """ "uses: web, social": as dam.access.brand_settings records what approvals begin with."""
    name, _colon, values = str(recorded).partition(": ")
    if name not in _RIGHTS:
        return str(recorded)
    each_said = {"uses": _use, "territories": territories.name_of}.get(name, str)
    said = ", ".join(each_said(each) for each in values.split(", "))
    return _("%(field)s: %(changes)s") % {"field": _(_RIGHTS[name]), "changes": said}


def _yes_or_no(value: Any) -> str:
    return _("Yes") if value else _("No")


def _clip_kind(code: Any) -> str:
    return str(AssetKind(code).label) if code in AssetKind.values else str(code)


def _use(code: Any) -> str:
    return str(USES.get(code, str(code).replace("_", " ")))


def _place(code: Any) -> str:
    return territories.name_of(str(code))


def _period(value: Any) -> str:
    return str(PERIODS.get(Period(value), "")) if value in _PERIODS else str(value)


def _subject(value: Any) -> str:
    return str(SUBJECTS.get(value, value))


def _verdict(value: Any) -> str:
    return str(VERDICTS.get(value, value))


def _evidence(value: Any) -> str:
    return _(_EVIDENCE[value]) if value in _EVIDENCE else str(value)


def _frame(value: Any) -> str:
    return _("frame %(frame)s") % {"frame": number(value)}


_SAID: dict[str, Callable[[Any], str]] = {
    "role": _of_product,
    "capabilities": _of_product,
    "language": _language,
    "time_zone": _zone,
    "review_stages": _stage,
    "prompt_disclosure": _disclosure,
    "release_prompts": _of_releases,
    "reviewer_disclosure": _reviewers,
    "data_mining": _mining,
    "default_rights": _right,
    "uses": _use,
    "territories": _place,
    "period": _period,
    "subject": _subject,
    "verdict": _verdict,
    "required": _yes_or_no,
    "evidence": _evidence,
    "by_hand": _yes_or_no,
    "in_filters": _yes_or_no,
    "clip_kinds": _clip_kind,
    "released_details": _yes_or_no,
    "watermarks": _yes_or_no,
    "poster": _frame,
    "declared_origin": _origin,
}

_PERIODS = frozenset(each.value for each in Period)

# What a setting without a value means.
_NOTHING = {
    "poster": noop("chosen automatically"),
    "reminder_days": noop("no reminders"),
    "trash_days": noop("kept for good"),
    "failed_job_days": noop("kept for good"),
    "take_minutes": noop("no limit"),
    "person_take_minutes": noop("no limit"),
    "evidence": noop("not asked"),
    "language": noop("as each browser asks"),
    "time_zone": noop("as the installation"),
}


def _quote(words: str, name: str) -> str:
    if not words:
        return _(_NOTHING[name]) if name in _NOTHING else _("empty")
    return _("“%(words)s”") % {"words": f"{words[:80]}{'…' if len(words) > 80 else ''}"}
