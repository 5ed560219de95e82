"""Static files named by their content, so that browsers may keep them for ever."""

from django.contrib.staticfiles.storage import HashedFilesMixin
from whitenoise.storage import CompressedManifestStaticFilesStorage

_, IMPORTS = HashedFilesMixin._js_module_import_aggregation_patterns  # type: ignore[attr-defined]


class ModuleStaticFilesStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Rewrites the imports inside our ES modules too: a module must not import an older one from a cache.

    Django's own switch for this reads every script, and those of other packages import what they don't bring.
    """

    patterns = (*HashedFilesMixin.patterns, ("dam/js/*.js", IMPORTS))
