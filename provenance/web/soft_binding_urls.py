"""C2PA's Soft Binding Resolution API, outside any brand."""

from django.urls import URLPattern, path

from provenance.web import soft_binding_api

urlpatterns: list[URLPattern] = [
    path("matches/byBinding", soft_binding_api.by_binding, name="soft-binding-by-binding"),
    path("matches/byContent", soft_binding_api.by_content, name="soft-binding-by-content"),
    path("matches/byReference", soft_binding_api.by_reference, name="soft-binding-by-reference"),
    path("manifests/<str:manifest_id>", soft_binding_api.manifest, name="soft-binding-manifest"),
    path("services/supportedAlgorithms", soft_binding_api.algorithms, name="soft-binding-algorithms"),
]
