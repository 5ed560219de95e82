"""A SAML identity provider of our own, that signs what it is told to: for tests."""

import base64
import zlib
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from django.test import Client
from django.urls import reverse
from lxml import etree
from onelogin.saml2.constants import OneLogin_Saml2_Constants
from onelogin.saml2.utils import OneLogin_Saml2_Utils

ISSUER = "https://idp.acme.example/"
SIGN_IN_URL = "https://idp.acme.example/sign-in"
PROTOCOL, ASSERTION = "urn:oasis:names:tc:SAML:2.0:protocol", "urn:oasis:names:tc:SAML:2.0:assertion"


@lru_cache(maxsize=2)
def key_and_certificate(name: str) -> tuple[str, str]:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(who)
        .issuer_name(who)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return private.decode(), certificate.public_bytes(serialization.Encoding.PEM).decode()


@dataclass
class Answer:
    """What it says to one request. Times are around now unless told otherwise."""

    request_id: str
    address: str  # of who is asked to take it
    audience: str
    email: str = "ada@acme.example"
    groups: tuple[str, ...] = ()
    issuer: str = ISSUER
    valid_for: timedelta = timedelta(minutes=5)
    signs: bool = True
    algorithm: str = OneLogin_Saml2_Constants.RSA_SHA256
    digest: str = OneLogin_Saml2_Constants.SHA256
    key: str = "acme"
    assertion_id: str = field(default_factory=lambda: f"_{uuid4().hex}")

    def assertion(self) -> str:
        now = datetime.now(UTC)
        begun, over = (_moment(now - timedelta(minutes=10)), _moment(now + self.valid_for))
        groups = "".join(f"<saml:AttributeValue>{group}</saml:AttributeValue>" for group in self.groups)
        xml = f"""<saml:Assertion xmlns:saml="{ASSERTION}" ID="{self.assertion_id}" Version="2.0"
            IssueInstant="{_moment(now)}"><saml:Issuer>{self.issuer}</saml:Issuer>
            <saml:Subject><saml:NameID Format="urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"
                >{self.email}</saml:NameID>
            <saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer">
            <saml:SubjectConfirmationData NotOnOrAfter="{over}" Recipient="{self.address}"
                InResponseTo="{self.request_id}"/></saml:SubjectConfirmation></saml:Subject>
            <saml:Conditions NotBefore="{begun}" NotOnOrAfter="{over}"><saml:AudienceRestriction>
            <saml:Audience>{self.audience}</saml:Audience></saml:AudienceRestriction></saml:Conditions>
            <saml:AuthnStatement AuthnInstant="{_moment(now)}" SessionIndex="_s"><saml:AuthnContext>
            <saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:Password
            </saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement>
            <saml:AttributeStatement><saml:Attribute Name="email"><saml:AttributeValue>{self.email}
            </saml:AttributeValue></saml:Attribute><saml:Attribute Name="groups">{groups}
            </saml:Attribute></saml:AttributeStatement></saml:Assertion>"""
        xml = "".join(
            line.strip() if line.strip().startswith("<") else f" {line.strip()}" for line in xml.split("\n")
        )
        xml = xml.replace(" </saml:", "</saml:").replace(" >", ">")
        if not self.signs:
            return xml
        private, certificate = key_and_certificate(self.key)
        signed = OneLogin_Saml2_Utils.add_sign(
            xml, private, certificate, sign_algorithm=self.algorithm, digest_algorithm=self.digest
        )
        return signed.decode() if isinstance(signed, bytes) else str(signed)

    def response(self, *assertions: str) -> str:
        """The whole, as a form has it."""
        held = "".join(assertions or (self.assertion(),))
        xml = (
            f'<samlp:Response xmlns:samlp="{PROTOCOL}" xmlns:saml="{ASSERTION}" ID="_{uuid4().hex}"'
            f' Version="2.0" IssueInstant="{_moment(datetime.now(UTC))}" Destination="{self.address}"'
            f' InResponseTo="{self.request_id}"><saml:Issuer>{self.issuer}</saml:Issuer><samlp:Status>'
            '<samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status>'
            f"{held}</samlp:Response>"
        )
        etree.fromstring(xml.encode())  # what we send is XML
        return base64.b64encode(xml.encode()).decode()


def asked(client: Client, slug: str) -> Answer:
    """Begin a sign-in; the answer that an honest provider would give to it."""
    begun = client.get(reverse("saml_login", args=[slug]))
    assert begun.status_code == 302, begun.content
    query = parse_qs(urlsplit(begun.headers["Location"]).query)
    request = etree.fromstring(zlib.decompress(base64.b64decode(query["SAMLRequest"][0]), -15))
    issuer = request.find(f"{{{ASSERTION}}}Issuer")
    assert issuer is not None
    return Answer(
        request_id=str(request.get("ID")),
        address=str(request.get("AssertionConsumerServiceURL")),
        audience=str(issuer.text),
    )


def _moment(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")
