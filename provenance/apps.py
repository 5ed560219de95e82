from django.apps import AppConfig


class ProvenanceConfig(AppConfig):
    name = "provenance"
    verbose_name = "Provenance and review"

    def ready(self) -> None:
        from dam.operations import doctor, expiring
        from provenance.manifests import expiry

        expiring.SOURCES.append(expiry.certificates)
        doctor.CHECKS.append(expiry.development_ca)
