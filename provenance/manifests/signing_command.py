"""Signing with a key that this product never has: a program of the operator's asks a key service or an HSM.

It gets what is to be signed on standard input and answers with the signature alone on standard output, as
OpenSSL, PKCS#11 tools and key services give it (DER for elliptic curves), or in COSE's form.
"""

import os
import shlex
import signal
import subprocess
from collections.abc import Callable
from contextlib import suppress
from subprocess import PIPE

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

from dam.core import errors
from dam.core.language import noop

SECONDS = 30  # a key service in the network answers in one
LONGEST = 16 * 1024  # bytes of an answer
TOLD = 500  # of what it says went wrong
CURVES: dict[str, tuple[str, hashes.HashAlgorithm]] = {
    "secp256r1": ("ES256", hashes.SHA256()),
    "secp384r1": ("ES384", hashes.SHA384()),
    "secp521r1": ("ES512", hashes.SHA512()),
}


class KeyServiceAway(errors.Away):
    """The program ended badly or took too long: nothing was signed, and later it may work."""

    words = noop("The key service that signs files was unavailable.")


class NotItsSignature(errors.Refused):
    """What the program answered is no signature of the certificate's key."""

    code = "not_its_signature"


def algorithm_of(leaf: x509.Certificate) -> str | None:
    """C2PA's name of what the certificate's key signs with; None for one that it knows none for."""
    match leaf.public_key():
        case ed25519.Ed25519PublicKey():
            return "ED25519"
        case rsa.RSAPublicKey():
            return "PS256"
        case ec.EllipticCurvePublicKey() as key if key.curve.name in CURVES:
            return CURVES[key.curve.name][0]
    return None


def method(command: str, leaf: x509.Certificate) -> Callable[[bytes], bytes]:
    """The function that signs by the command: split as a shell does, run without one.

    It raises KeyServiceAway and NotItsSignature. Raises ValueError for what is no command.
    """
    program = shlex.split(command)
    if not program:
        raise ValueError("it is empty")
    algorithm = algorithm_of(leaf) or ""

    def sign(data: bytes) -> bytes:
        return _checked(_ask(program, data, algorithm=algorithm), data, leaf)

    return sign


def _ask(program: list[str], data: bytes, *, algorithm: str) -> bytes:
    environment = {**os.environ, "SIGNING_ALGORITHM": algorithm}
    try:
        process = subprocess.Popen(
            program, stdin=PIPE, stdout=PIPE, stderr=PIPE, env=environment, start_new_session=True
        )
    except OSError as problem:
        raise KeyServiceAway(f"{program[0]} can't be run: {problem.strerror or problem}.") from problem
    with process:
        try:
            answer, remarks = process.communicate(data, timeout=SECONDS)
        except subprocess.TimeoutExpired as late:
            _end(process)
            raise KeyServiceAway(f"{program[0]} gave no signature within {SECONDS} seconds.") from late
        except BaseException:  # the worker is told to stop
            _end(process)
            raise
    if process.returncode or not answer:
        said = remarks.decode(errors="replace").strip()[-TOLD:]
        raise KeyServiceAway(f"{program[0]} gave no signature (status {process.returncode}). {said}")
    return answer[:LONGEST]


def _end(process: "subprocess.Popen[bytes]") -> None:
    """With what it has started: a script's own programs would else wait for the key service for ever."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)


def _checked(answer: bytes, data: bytes, leaf: x509.Certificate) -> bytes:
    """The signature in COSE's form. Raises NotItsSignature."""
    key = leaf.public_key()
    try:
        match key:
            case ed25519.Ed25519PublicKey():
                key.verify(answer, data)
                return answer
            case rsa.RSAPublicKey():
                pss = padding.PSS(mgf=padding.MGF1(hashes.SHA256()), salt_length=padding.PSS.DIGEST_LENGTH)
                key.verify(answer, data, pss, hashes.SHA256())
                return answer
            case ec.EllipticCurvePublicKey():
                width = (key.curve.key_size + 7) // 8
                numbers = _numbers(answer, width)
                key.verify(encode_dss_signature(*numbers), data, ec.ECDSA(CURVES[key.curve.name][1]))
                return b"".join(number.to_bytes(width) for number in numbers)
    except (InvalidSignature, ValueError, OverflowError) as wrong:
        raise NotItsSignature(
            "What the signing command answered is no signature of the certificate's key over what it got."
        ) from wrong
    raise NotItsSignature("The certificate's key is of a type that C2PA doesn't sign with.")


def _numbers(answer: bytes, width: int) -> tuple[int, int]:
    """r and s, of DER or side by side. Raises ValueError."""
    try:
        r, s = decode_dss_signature(answer)
    except ValueError:
        if len(answer) != 2 * width:
            raise
        r, s = int.from_bytes(answer[:width]), int.from_bytes(answer[width:])
    return r, s
