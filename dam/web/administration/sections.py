"""The pages of the administration: one table behind its menu, its overview and the palette."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from dam.accounts.capabilities import Capability
from dam.accounts.principals import Principal
from dam.core.lazily import lazy


@dataclass(frozen=True)
class Section:
    """`url_name` is reversed with the brand. Whoever has `needs`, and `needs_too`, sees it.

    What concerns every brand `of_installation` needs an installation administrator instead.
    """

    title: str | Promise
    icon: str
    url_name: str
    summary: str | Promise
    needs: Capability = Capability.MANAGE_BRAND
    needs_too: Capability | None = None
    also: str = ""  # other words that find it in the palette
    of_installation: bool = False

    def is_for(self, principal: Principal) -> bool:
        if self.of_installation:
            return principal.runs_installation
        return principal.can(self.needs) and (self.needs_too is None or principal.can(self.needs_too))


SECTIONS: tuple[Section, ...] = (
    Section(
        _("People"),
        "users",
        "people",
        _("Who works here, with which role. Invite, deactivate, hand over."),
        needs=Capability.MANAGE_PEOPLE,
        also="members invite users roles invitations",
    ),
    Section(
        _("Groups"),
        "users-round",
        "groups",
        _("People under a name, asked and told together."),
        needs=Capability.MANAGE_PEOPLE,
        also="teams people",
    ),
    Section(
        _("Storage and jobs"),
        "hard-drive",
        "administration-running",
        _("What is stored, what runs, what failed and can run again, and the last backup."),
        also=lazy("queues workers disk backup failed steps certificates health"),
    ),
    Section(
        _("Models"),
        "cpu",
        "administration-models",
        _("Which models generate, search, listen and read, and what their licences allow."),
        also=lazy("generator encoder licence re-index speech"),
        of_installation=True,
    ),
    Section(
        _("Mail"),
        "mail",
        "administration-mail",
        _("How emails leave this installation, a test, and what couldn't be sent."),
        also=lazy("email smtp server sender test bounces"),
        of_installation=True,
    ),
    Section(
        _("Brand"),
        "palette",
        "brand",
        _("Name, colour, time zone, default rights and how long things are kept."),
        also="settings accent retention trash domains disclosure language",
    ),
    Section(
        _("New brand"),
        "plus",
        "brand-new",
        _("Make another brand. People are in one brand or several."),
        also="workspace create",
        of_installation=True,
    ),
    Section(
        _("Demo brand"),
        "clapperboard",
        "demo-brand",
        _("A brand to look around in, with clips in every state."),
        also="example try tour",
        of_installation=True,
    ),
    Section(
        _("Review"),
        "badge-check",
        "review-settings",
        _("Which stages a review passes, and the checklists of those who approve."),
        also=lazy("stages approval legal checklist questions"),
    ),
    Section(
        _("Rights presets"),
        "scale",
        "rights-presets",
        _("Terms that are granted often, to fill in approvals and the Rights tab."),
        also=lazy("clearance licence territories uses terms templates"),
    ),
    Section(
        _("Brand kit"),
        "swatch-book",
        "brand-kit",
        _("Words added to every prompt, the palette, reference images and shapes for briefs."),
        also=lazy("prompt prefix suffix negative words colours palette aspect ratio style guide"),
    ),
    Section(
        _("Prompt rules"),
        "funnel",
        "prompt-rules",
        _("What prompts may not ask for, or not without a legal reviewer's waiver."),
        also=lazy("banned words policy trade marks persons waivers gate"),
    ),
    Section(
        _("Fields"),
        "list",
        "fields",
        _("What clips have besides title, description and tags: their options, order and rules."),
        needs=Capability.MANAGE_FIELDS,
        also=lazy("metadata schema custom fields options vocabulary"),
    ),
    Section(
        _("Downloads"),
        "download",
        "presets",
        _("The formats in which releases can be downloaded: size, shape, codec, sound."),
        also=lazy("presets formats renditions codecs aspect crop loudness captions"),
    ),
    Section(
        _("Tags"),
        "tag",
        "tags",
        _("The brand's vocabulary: synonyms, broader tags, renaming and merging."),
        needs=Capability.MANAGE_FIELDS,
        also=lazy("vocabulary synonyms taxonomy hierarchy merge rename keywords"),
    ),
    Section(
        _("Roles"),
        "users",
        "roles",
        _("Who can do what, and roles of your own."),
        needs=Capability.MANAGE_PEOPLE,
        also=lazy("permissions capabilities rights matrix custom"),
    ),
    Section(
        _("API"),
        "key-round",
        "administration-api",
        _("The tokens by which programs work in this brand, and ending them."),
        also=lazy("api tokens keys programs integrations"),
    ),
    Section(
        _("Sign-in"),
        "log-in",
        "sign-in",
        _("Sign in with the company, who joins which brand by it, and the directory's tokens (SCIM)."),
        also="sso oidc openid connect saml scim directory groups domains password",
        of_installation=True,
    ),
    Section(
        _("Webhooks"),
        "webhook",
        "webhooks",
        _("Tell other programs what happens here, with signed messages."),
        also="api integration events http",
    ),
    Section(
        _("Log"),
        "history",
        "administration-log",
        _("Everything that happened in this brand, and whether the record still holds."),
        needs_too=Capability.VIEW_ACTIVITY,  # as the page of everybody's activity
        also="audit trail events activity",
    ),
    Section(
        _("Searches without results"),
        "search-x",
        "searches-without-results",
        _("What people looked for and didn't find."),
        also="insights nothing found",
    ),
)


def shown_to(principal: Principal) -> list[Section]:
    return [section for section in SECTIONS if section.is_for(principal)]
