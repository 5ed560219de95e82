from django.apps import AppConfig

from dam.core.lazily import lazy


class ProvenanceConfig(AppConfig):
    name = "provenance"
    verbose_name = lazy("Provenance and review")

    def ready(self) -> None:
        from dam.operations import doctor, expiring
        from provenance.manifests import expiry

        expiring.SOURCES.append(expiry.certificates)
        doctor.CHECKS.append(expiry.development_ca)
