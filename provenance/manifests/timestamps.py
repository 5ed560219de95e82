"""RFC 3161: an authority elsewhere says when a signature, or a file, was there already.

Asked by workers alone, never while somebody waits for a page. What an authority answers is believed only
where its certificate leads to one of the list (trust_anchors.timestamps): then others can check it, too. An
authority that fails is left alone for some minutes: nothing that is signed waits for it each time.
"""

import logging
import secrets
from dataclasses import dataclass
from datetime import datetime

import requests
from cryptography import x509
from django.conf import settings
from rfc3161_client import (
    TimeStampResponse,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

from dam.core.bounded_requests import Bounded
from dam.core.breaker import Breaker
from dam.core.language import noop
from provenance.manifests import trust_anchors

log = logging.getLogger(__name__)

SECONDS = 10.0  # for a whole exchange, from the look-up of the name to the last byte
LEFT_ALONE_SECONDS = 300.0
LARGEST = 64 * 1024  # bytes of a token
QUERY, REPLY = "application/timestamp-query", "application/timestamp-reply"

# Why there is none: kept with the release, in English, and said in its reader's language.
UNREACHABLE = noop("The timestamp authority can't be reached.")
TOO_SLOW = noop("The timestamp authority didn't answer in time.")
REFUSED = noop("The timestamp authority refused.")
NOT_ONE = noop("The timestamp authority's answer isn't a timestamp.")
UNKNOWN = noop(
    "The timestamp doesn't hold, or its authority isn't on the list of those that are trusted here."
)
LEFT_ALONE = noop("The timestamp authority failed a moment ago. It's asked again in some minutes.")

breaker = Breaker(seconds=LEFT_ALONE_SECONDS)


class NoTimestamp(Exception):
    """There is none, for this reason: a sentence for people, in English."""


@dataclass(frozen=True)
class Timestamp:
    """What the authority answered, as RFC 3161 has it, and the token in it.

    `authority` is the name in its certificate.
    """

    response: bytes
    token: bytes
    at: datetime
    authority: str


def is_configured() -> bool:
    return bool(settings.TIMESTAMP_URL)


def of(digest: bytes) -> Timestamp:
    """The authority's word that what has this SHA-256 was there, checked. Raises NoTimestamp."""
    if breaker.is_open:
        raise NoTimestamp(LEFT_ALONE)
    nonce = 1 << 62 | secrets.randbits(62)
    try:
        made = _checked(decode_timestamp_response(_ask(_query(digest, nonce))), digest, nonce=nonce)
    except NoTimestamp as none:
        breaker.failed()
        log.warning("No timestamp: %s", none)
        raise
    except ValueError as problem:
        breaker.failed()
        log.warning("No timestamp: what came back can't be read: %s", problem)
        raise NoTimestamp(NOT_ONE) from problem
    breaker.worked()
    return made


def check(response: bytes, digest: bytes) -> Timestamp:
    """An answer that was kept: whether it holds, for this SHA-256. Raises NoTimestamp."""
    try:
        read = decode_timestamp_response(response)
        return _checked(read, digest, nonce=read.tst_info.nonce)
    except ValueError as problem:
        raise NoTimestamp(NOT_ONE) from problem


def _query(digest: bytes, nonce: int) -> bytes:
    """TimeStampReq of RFC 3161, with the certificate asked for; no part of it is longer than 127 bytes."""

    def part(kind: int, content: bytes) -> bytes:
        return bytes([kind, len(content)]) + content

    sha256 = part(0x30, bytes.fromhex("0609608648016503040201") + part(0x05, b""))
    imprint = part(0x30, sha256 + part(0x04, digest))
    version, number, wanted = part(0x02, b"\1"), part(0x02, nonce.to_bytes(8)), part(0x01, b"\xff")
    return part(0x30, version + imprint + number + wanted)


def _ask(query: bytes) -> bytes:
    session = requests.Session()
    session.trust_env = False
    for scheme in ("https://", "http://"):
        session.mount(scheme, Bounded(seconds=SECONDS))
    try:
        response = session.post(
            settings.TIMESTAMP_URL,
            data=query,
            headers={"Content-Type": QUERY, "Accept": REPLY},
            timeout=SECONDS,
            allow_redirects=False,
        )
    except requests.Timeout as problem:
        raise NoTimestamp(TOO_SLOW) from problem
    except (requests.RequestException, OSError, ValueError) as problem:
        log.warning("The timestamp authority can't be asked: %s", type(problem).__name__)
        raise NoTimestamp(UNREACHABLE) from problem
    finally:
        session.close()
    if response.status_code != requests.codes.ok:
        raise NoTimestamp(REFUSED)
    if len(response.content) > LARGEST:
        raise NoTimestamp(NOT_ONE)
    return response.content


def _checked(response: TimeStampResponse, digest: bytes, *, nonce: int | None) -> Timestamp:
    if response.status != 0:  # granted, as it was asked for
        raise NoTimestamp(REFUSED)
    if response.tst_info.nonce != nonce:
        raise NoTimestamp(UNKNOWN)
    authority = _authority(response, digest)
    return Timestamp(
        response=response.as_bytes(),
        token=response.time_stamp_token(),
        at=response.tst_info.gen_time,
        authority=authority,
    )


def _authority(response: TimeStampResponse, digest: bytes) -> str:
    """The name of who says so, if it holds and leads to the list. Raises NoTimestamp."""
    trusted = [
        certificate
        for anchor in trust_anchors.timestamps()
        for certificate in x509.load_pem_x509_certificates(anchor.pem.encode())
    ]
    if not trusted:
        raise NoTimestamp(UNKNOWN)
    try:
        # What the answer brings of certificates is no reason to trust it, so none of them is handed on.
        VerifierBuilder(roots=trusted).build().verify(response, digest)
    except VerificationError as problem:
        log.warning("The time-stamp doesn't hold here: %s", problem)
        raise NoTimestamp(UNKNOWN) from problem
    [signer] = response.signed_data.signer_infos
    given = map(x509.load_der_x509_certificate, response.signed_data.certificates)
    leaf = next(each for each in given if each.serial_number == signer.serial_number)
    names = leaf.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
    return str(names[0].value) if names else leaf.subject.rfc4514_string()
