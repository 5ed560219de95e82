"""What people state of rights as fields of forms: one for each statement, called as on the tab of rights."""

from django import forms

from dam.core.lazily import lazy
from dam.rights import statements
from dam.web.whole_text import WholeTextForm

LABELS = {
    "licence": lazy("Licence"),
    "rights_holder": lazy("Rights holder"),
    "credit_line": lazy("Credit line"),
    "exclusivity": lazy("Exclusivity"),
    "channels": lazy("Channels and media"),
    "audience": lazy("Audience"),
    "restriction": lazy("Restriction"),
}


class StatedForm(WholeTextForm):
    licence = forms.CharField(
        required=False, label=LABELS["licence"], help_text=lazy("Its name and number, or where it's filed.")
    )
    rights_holder = forms.CharField(required=False, label=LABELS["rights_holder"])
    credit_line = forms.CharField(
        required=False,
        label=LABELS["credit_line"],
        help_text=lazy("What must be printed with it. For example: © Northwind, photo: Ada Example."),
    )
    exclusivity = forms.CharField(
        required=False,
        label=LABELS["exclusivity"],
        help_text=lazy("For example: exclusive for soft drinks until the end of 2027."),
    )
    channels = forms.CharField(
        required=False,
        label=LABELS["channels"],
        help_text=lazy("For example: own website and Instagram, no print."),
    )
    audience = forms.CharField(
        required=False, label=LABELS["audience"], help_text=lazy("For example: adults only.")
    )
    restriction = forms.CharField(
        required=False, label=LABELS["restriction"], help_text=lazy("For example: not for paid advertising.")
    )

    @property
    def stated(self) -> list[forms.BoundField]:
        return [self[name] for name in statements.LONGEST]
