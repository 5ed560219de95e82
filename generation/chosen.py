"""Which generator a brief is for: the one chosen in it, else the brand's own, else the installation's."""

from django.utils.translation import gettext as _

from dam.accounts.models import Brand
from dam.accounts.principals import Principal
from dam.audit import trail
from dam.audit.verbs import Verb
from dam.rights.model_licences import standings
from generation import model_register
from generation.generators.base import GeneratorError
from generation.model_register import InstalledGenerator
from generation.models import DefaultGenerator


def of(brand: Brand, wanted: str = "") -> InstalledGenerator:
    """Raises GeneratorError, whose sentence says why none can run here.

    One that was chosen and is gone, or a default that is, gives way to the next.
    """
    for weights in filter(None, (wanted, default(brand))):
        found = model_register.with_weights(weights)
        if found is not None:
            return found
    return model_register.generator()


def asked(model: InstalledGenerator) -> str:
    """What a job keeps of the choice: empty for the installation's, which another may take the place of."""
    try:
        usual = model_register.generator().identity
    except GeneratorError:
        usual = None
    return "" if model.identity == usual else model.identity.weights_sha256


def default(brand: Brand) -> str:
    """The weights of the brand's own choice; empty where it has none."""
    row = DefaultGenerator.objects.filter(brand=brand).first()
    return row.weights_sha256 if row is not None else ""


def choose(brand: Brand, weights: str, *, by: Principal) -> None:
    """Have the brand's briefs begin with this generator; empty: with the installation's.

    Raises GeneratorError where it isn't installed, PermissionDenied.
    """
    standings.require_installation_admin(by)
    model = model_register.generator(weights)
    with trail.recording():
        if asked(model):
            DefaultGenerator.objects.update_or_create(brand=brand, defaults={"weights_sha256": weights})
        else:
            DefaultGenerator.objects.filter(brand=brand).delete()
        name = f"{model.identity.name} {model.identity.version}".strip() or _("Unknown")
        trail.record(Verb.MODEL_DEFAULT_CHOSEN, brand=brand, target=name, actor=by, data={"weights": weights})
