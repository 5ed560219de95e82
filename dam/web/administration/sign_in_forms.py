"""Forms of Administration → Sign-in. A secret is taken and never shown again."""

import re
from typing import Any

import requests
from cryptography import x509
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dam.accounts import roles
from dam.accounts.capabilities import Role
from dam.accounts.models import Brand
from dam.scim.models import ScimToken
from dam.sso import discovery, fetching
from dam.sso.models import CompanyDomain, GroupRule, SignInProvider
from dam.web.whole_text import WholeText, WholeTextForm

DOMAIN = re.compile(r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}")
GROUPS_HELP = gettext_lazy(
    "The claim or attribute that lists a person's groups, such as groups or roles.app."
)


def role_choices() -> list[tuple[str, str]]:
    return [(role.value, str(roles.NAMES[role])) for role in Role]


class ProviderForm(WholeText, forms.ModelForm):  # type: ignore[type-arg]
    """What both kinds have in common."""


class OpenIDForm(ProviderForm):
    client_secret = forms.CharField(
        label=gettext_lazy("Client secret"),
        required=False,
        max_length=1000,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )

    class Meta:
        model = SignInProvider
        fields = [
            "name",
            "issuer",
            "client_id",
            "client_secret",
            "groups_claim",
            "vouches_for_addresses",
            "enabled",
        ]
        labels = {
            "name": gettext_lazy("Name"),
            "issuer": gettext_lazy("Issuer"),
            "client_id": gettext_lazy("Client ID"),
            "groups_claim": gettext_lazy("Groups claim"),
            "vouches_for_addresses": gettext_lazy("Take addresses of its domains as verified"),
            "enabled": gettext_lazy("Show it on the sign-in page"),
        }
        help_texts = {
            "name": gettext_lazy("What the button says after “Sign in with”."),
            "issuer": gettext_lazy("The provider's address. Its discovery document is looked up below it."),
            "groups_claim": GROUPS_HELP,
            "vouches_for_addresses": gettext_lazy(
                "Only for a provider that doesn't send email_verified and lets no one choose their own "
                "address, such as Microsoft Entra ID for a single organisation."
            ),
        }

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self.fields["issuer"].required = self.fields["client_id"].required = True
        if self.instance.client_secret:
            self.fields["client_secret"].help_text = _("Leave empty to keep the current one.")
        self.initial["client_secret"] = ""

    def clean_issuer(self) -> str:
        """A provider that answers now, under this very name."""
        issuer: str = self.cleaned_data["issuer"].strip().removesuffix(discovery.WELL_KNOWN).rstrip("/")
        try:
            fetching.require(issuer)
            discovery.fetch(issuer)
        except (fetching.NotAllowed, discovery.NotFound) as problem:
            raise ValidationError(str(problem)) from problem
        except requests.RequestException as problem:
            raise ValidationError(
                _("This address can't be reached from here, or is in a private network.")
            ) from problem
        return issuer

    def clean_client_secret(self) -> str:
        return str(self.cleaned_data["client_secret"] or self.instance.client_secret)


class SAMLForm(ProviderForm):
    class Meta:
        model = SignInProvider
        fields = ["name", "entity_id", "sign_in_url", "certificate", "groups_claim", "enabled"]
        labels = {
            "name": gettext_lazy("Name"),
            "entity_id": gettext_lazy("Entity ID of the identity provider"),
            "sign_in_url": gettext_lazy("Sign-in address (HTTP-Redirect)"),
            "certificate": gettext_lazy("Signing certificate"),
            "groups_claim": gettext_lazy("Groups attribute"),
            "enabled": gettext_lazy("Show it on the sign-in page"),
        }
        help_texts = {
            "name": gettext_lazy("What the button says after “Sign in with”."),
            "certificate": gettext_lazy("PEM, as the identity provider's metadata has it."),
            "groups_claim": GROUPS_HELP,
        }

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        for name in ("entity_id", "sign_in_url", "certificate"):
            self.fields[name].required = True

    def clean_sign_in_url(self) -> str:
        try:
            return fetching.require(self.cleaned_data["sign_in_url"].strip())
        except fetching.NotAllowed as problem:
            raise ValidationError(str(problem)) from problem

    def clean_certificate(self) -> str:
        """PEM, also where only the letters between its first and last line were copied."""
        typed: str = self.cleaned_data["certificate"].strip()
        letters = "".join(typed.split("-----")[2] if typed.startswith("-----") else typed).split()
        pem = "\n".join(("-----BEGIN CERTIFICATE-----", *letters, "-----END CERTIFICATE-----"))
        try:
            x509.load_pem_x509_certificate(pem.encode())
        except ValueError as problem:
            raise ValidationError(_("This isn't a certificate in PEM.")) from problem
        return pem


class DomainForm(WholeText, forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = CompanyDomain
        fields = ["domain", "only_company_sign_in"]
        labels = {
            "domain": gettext_lazy("Domain"),
            "only_company_sign_in": gettext_lazy("No passwords"),
        }

    def __init__(self, *args: Any, slug: str, **named: Any) -> None:
        super().__init__(*args, **named)
        self.instance.provider = slug

    def clean_domain(self) -> str:
        domain: str = self.cleaned_data["domain"].strip().lower().removeprefix("@").rstrip(".")
        try:
            domain = domain.encode("idna").decode()
        except UnicodeError:
            domain = ""
        if not DOMAIN.fullmatch(domain):
            raise ValidationError(_("Enter a domain, such as example.com."))
        return domain


class RuleForm(WholeText, forms.ModelForm):  # type: ignore[type-arg]
    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=role_choices)

    class Meta:
        model = GroupRule
        fields = ["group", "brand", "role"]
        labels = {"group": gettext_lazy("Group"), "brand": gettext_lazy("Brand")}

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        same = GroupRule.objects.filter(
            provider=self.instance.provider, group=found.get("group", ""), brand=found.get("brand")
        )
        if same.exists():
            raise ValidationError(_("There is a rule for this group and brand already."))
        return found


class ScimTokenForm(WholeTextForm):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=ScimToken.LONGEST_NAME)
    role = forms.ChoiceField(label=gettext_lazy("Role of people without a group"), choices=role_choices)

    def __init__(self, *args: Any, brand: Brand, **named: Any) -> None:
        super().__init__(*args, **named)
        self.brand = brand
