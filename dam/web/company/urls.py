"""Below /accounts/: django-allauth makes links to these by their names."""

from allauth.socialaccount.providers.saml import views as of_allauth
from django.urls import path

from dam.web.company import views

urlpatterns = [
    path("company/<slug:provider_id>/login/", views.begin, name="openid_connect_login"),
    path("company/<slug:provider_id>/login/callback/", views.finish, name="openid_connect_callback"),
    path("company/<slug:provider_id>/signed-out/", views.signed_out, name="company-signed-out"),
    path("saml/<slug:organization_slug>/login/", views.begin_saml, name="saml_login"),
    path("saml/<slug:organization_slug>/acs/", views.take_saml, name="saml_acs"),
    path("saml/<slug:organization_slug>/acs/finish/", views.finish_saml, name="saml_finish_acs"),
    path("saml/<slug:organization_slug>/metadata/", of_allauth.metadata, name="saml_metadata"),
    # Named in the metadata's making alone: signing out here ends the session here.
    path("saml/<slug:organization_slug>/sls/", views.no_single_sign_out, name="saml_sls"),
]
