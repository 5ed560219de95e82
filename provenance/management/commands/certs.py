"""The certificates that sign: `manage.py certs show`, `request`, `check`, `install`, `releases`, `revoke`."""

import json
import os
from argparse import ArgumentParser
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from django.conf import settings
from django.core.management.base import CommandError
from django.utils import timezone

from dam.core import command, errors, sandbox
from provenance.manifests import (
    certificates,
    development_ca,
    records,
    revocations,
    signers,
    signing,
    trial_signature,
    trust_anchors,
)
from provenance.manifests.c2pa_io import Anchor
from provenance.manifests.certificates import Described
from provenance.manifests.development_ca import Purpose
from provenance.manifests.models import ManifestRecord
from provenance.releases import renewals
from provenance.releases.models import Release
from provenance.releases.states import ReleaseStatus


class Command(command.Command):
    help = "Look after the certificates that sign clips and releases."
    requires_system_checks: tuple[str, ...] = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        show = verbs.add_parser("show", help="what signs, until when, and whose timestamps are believed")
        show.add_argument("--json", action="store_true", help="print one JSON object")
        request = verbs.add_parser("request", help="make a key, and a request to certify it (CSR)")
        request.add_argument("--name", required=True, help="the signer's: what readers of a file see")
        request.add_argument("--organisation", required=True)
        request.add_argument("--country", required=True, help="two letters, such as DE")
        request.add_argument("--out", type=Path, required=True, help="a folder, for request.csr and key.pem")
        for verb, words in (
            ("check", "what is wrong with a chain and its key, without changing anything"),
            ("install", "check them, copy them beside the others, and say what to set"),
        ):
            one = verbs.add_parser(verb, help=words)
            one.add_argument("chain", type=Path, help="PEM: the leaf first, the root left out")
            one.add_argument("key", type=Path, help="PEM, without a password")
            if verb == "install":
                one.add_argument("--purpose", choices=[each.value for each in Purpose], required=True)
        releases = verbs.add_parser("releases", help="which released files turn invalid when")
        releases.add_argument("--serial", help="only those signed by this certificate, as `show` prints it")
        releases.add_argument("--json", action="store_true", help="print one JSON object for each")

        revoke = verbs.add_parser("revoke", help="what a stolen key means, and no more signing with it here")
        revoke.add_argument("serial", help="of its certificate, as `show` prints it")
        revoke.add_argument("--stolen", help="since when others may have it, such as 2027-03-01 (UTC)")
        revoke.add_argument("--confirm", action="store_true", help="without it this is a drill")

        verbs.add_parser(
            "recheck", help="verify what is kept once more, as after a change of TRUST_ANCHORS or the signers"
        )

    def handle(self, *args: Any, verb: str, **options: Any) -> None:
        getattr(self, f"_{verb}")(options)

    def _show(self, options: dict[str, Any]) -> None:
        at = timezone.now()
        signing_now = {purpose.value: _signer(purpose) for purpose in Purpose}
        told = {
            "signers": {name: _plainly(found) for name, found in signing_now.items()},
            "trusted": [_plain(anchor.name) for anchor in trust_anchors.house() if len(anchor.kinds) > 1],
            "timestamps": settings.TIMESTAMP_URL,
            "timestamps_believed": [_plain(anchor.name) for anchor in trust_anchors.timestamps()],
        }
        if options["json"]:
            self.stdout.write(json.dumps(told, indent=2, default=str))
            return
        for purpose, found in signing_now.items():
            self.stdout.write(f"{purpose}: {_line(found, at=at)}")
        self.stdout.write(f"Signers trusted here: {', '.join(told['trusted'])}")
        asked = settings.TIMESTAMP_URL or "none. Signatures hold as long as their certificate"
        self.stdout.write(f"Timestamps asked of: {asked}")
        self.stdout.write(f"Timestamps believed: {', '.join(told['timestamps_believed']) or 'none'}")

    def _request(self, options: dict[str, Any]) -> None:
        try:
            made = certificates.request(
                name=options["name"], organisation=options["organisation"], country=options["country"]
            )
        except ValueError as error:
            raise CommandError(f"A certificate can't hold these names: {error}") from error
        options["out"].mkdir(parents=True, exist_ok=True, mode=0o700)
        for name, content in (("key.pem", made.key), ("request.csr", made.request)):
            _write_new(options["out"] / name, content)
        self.stdout.write(
            f"Send {options['out'] / 'request.csr'} to your certificate authority. "
            f"{options['out'] / 'key.pem'} stays here and is sent to no one."
        )

    def _check(self, options: dict[str, Any]) -> None:
        chain = self._checked(options["chain"], options["key"])
        told = certificates.described(chain[0])
        self.stdout.write(
            f"{told.name} can sign content until {told.ends:%Y-%m-%d}. Issued by {told.issuer}."
        )

    def _install(self, options: dict[str, Any]) -> None:
        chain = self._checked(options["chain"], options["key"])
        purpose, told = options["purpose"], certificates.described(chain[0])
        other = next(each for each in Purpose if each != purpose)
        if _serial(_signer(other)) == told.serial:
            raise CommandError("The other purpose signs with it already. Each needs a separate certificate.")
        folder = Path(settings.SIGNING_DIR) / "installed" / f"{purpose}-{told.serial}"
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        pem = "".join(each.public_bytes(Encoding.PEM).decode() for each in chain)
        _write_new(folder / "chain.pem", pem)
        _write_new(folder / "key.pem", options["key"].read_text())
        name = f"SIGNING_{purpose.upper()}"
        self.stdout.write(
            f"Set these, on every machine that signs, and start it again:\n{name}_CHAIN={folder}/chain.pem"
        )
        self.stdout.write(f"{name}_KEY={folder}/key.pem")
        self.stdout.write("What was signed before keeps its certificate.")

    def _checked(self, chain: Path, key: Path) -> list[x509.Certificate]:
        """The chain; raises CommandError with all that is wrong."""
        try:
            pem, private = chain.read_text(), key.read_text()
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"It can't be read: {error}") from error
        signer = signers.load(chain=pem, key=private)
        found = x509.load_pem_x509_certificates(pem.encode())
        wrong = list(certificates.faults(found, at=timezone.now()))
        if not wrong:
            top = Anchor("top", found[-1].public_bytes(Encoding.PEM).decode())
            wrong = [why] if (why := trial_signature.fault(signer, (top,))) else []
        for remark in certificates.remarks(found):
            self.stdout.write(f"Note: {remark}")
        if wrong:
            raise CommandError(" ".join(wrong))
        return found

    def _releases(self, options: dict[str, Any]) -> None:
        count = 0
        for one in _released():
            if options["serial"] and one["serial"] != options["serial"].lower():
                continue
            count += 1
            if options["json"]:
                self.stdout.write(json.dumps(one))
                continue
            until = (
                "holds by its timestamp" if one["timestamp"] else f"holds until {one['until'][:10] or '?'}"
            )
            self.stdout.write(f"{one['brand']}  {one['version']}  {until}  {one['serial']}  {one['sha256']}")
        if not options["json"]:
            self.stdout.write(f"{count} released files.")

    def _revoke(self, options: dict[str, Any]) -> None:
        serial, at = options["serial"].lower(), timezone.now()
        stolen = _day(options["stolen"]) if options["stolen"] else None
        used = [purpose for purpose in Purpose if _serial(_signer(purpose)) == serial]
        signed = [one for one in _released() if one["serial"] == serial]
        if not used and not signed and revocations.since(serial) is None:
            raise CommandError("Nothing signs with it here, and nothing was released with it.")
        self.stdout.write(f"Signs now: {', '.join(used) or 'nothing'}. Released with it: {len(signed)}.")
        for one in signed:
            doubt = stolen is not None and one["signed_at"] >= stolen.isoformat() and not one["timestamp"]
            said = "in doubt: signed after the theft, without a timestamp" if doubt else "signed here"
            self.stdout.write(f"{one['brand']}  {one['version']}  {said}  {one['sha256']}")
        if not options["confirm"]:
            self.stdout.write("This was a drill: nothing was changed. With --confirm nothing signs with it.")
            return
        revocations.add(serial, at=at)
        for purpose in used:
            if _replaced(purpose, at=at):
                self.stdout.write(f"{purpose}: the development CA made another certificate.")
            else:
                name = f"SIGNING_{purpose.upper()}"
                self.stdout.write(f"{purpose}: signs nothing until {name}_CHAIN names another certificate.")
        self.stdout.write(
            "Have its CA revoke it, too, take its root out of TRUST_ANCHORS where that is only its, then run "
            "certs recheck. Run this on every machine that signs."
        )

    def _recheck(self, _options: dict[str, Any]) -> None:
        began, done, changed, gone, failed, last = timezone.now(), 0, 0, 0, 0, 0
        waiting = ManifestRecord.objects.filter(checked_at__lt=began).select_related("version", "release")
        while (record := waiting.filter(pk__gt=last).order_by("pk").first()) is not None:
            last, before = record.pk, record.state
            try:
                after = records.check_again(record)
            except FileNotFoundError:
                gone += 1
                continue
            except (OSError, sandbox.Interrupted) as problem:
                failed += 1
                self.stderr.write(f"{record.version} couldn't be read, and its verdict stays: {problem}")
                continue
            done += 1
            if after != before:
                changed += 1
                what = "release" if record.release_id else "master"
                self.stdout.write(f"{record.version}, {what}: {before}, now {after}")
        self.stdout.write(f"{done} files verified again, {changed} with another verdict.")
        if failed:
            self.stderr.write(f"{failed} files couldn't be read just now. Run it again for them.")
        if gone:
            self.stderr.write(f"{gone} files are missing in storage. manage.py fsck lists them.")


def _released() -> Iterator[dict[str, Any]]:
    """Of each file that is released now: whose certificate it rests on, until when, or by which timestamp."""
    released = Release.objects.filter(state__in=[ReleaseStatus.READY, ReleaseStatus.SUPERSEDED])
    releases = released.exclude(sha256="").order_by("signed_at")
    chosen = releases.select_related("brand", "version__asset", "manifest_record", "timestamp", "renewal")
    for release in chosen.iterator(chunk_size=100):
        record = getattr(release, "manifest_record", None)
        report = record.report if record else {}
        newest, raw = (report.get("manifests") or [{}])[0], report.get("raw") or {}
        info = (raw.get("manifests") or {}).get(raw.get("active_manifest"), {}).get("signature_info", {})
        number = str(info.get("cert_serial_number") or "")
        yield {
            "brand": release.brand.slug,
            "version": str(release.version),
            "sha256": release.sha256,
            "signed_at": release.signed_at.isoformat() if release.signed_at else "",
            "serial": f"{int(number):x}" if number.isdecimal() else "",
            "until": (newest.get("signer") or {}).get("valid_until") or "",
            "timestamp": _stamped(release, newest),
        }


def _stamped(release: Release, newest: dict[str, Any]) -> str:
    """Where the timestamp is that makes it hold on: in its file, in the renewed one, or beside it."""
    if newest.get("time_stamp"):
        return "file"
    if renewals.file_of(release) is not release:
        return "renewed"
    kept = getattr(release, "timestamp", None)
    return "kept" if kept and kept.at else ""


def _replaced(purpose: Purpose, *, at: datetime) -> bool:
    """Whether the development CA signs for this purpose, and has another leaf by now."""
    if getattr(settings, f"SIGNING_{purpose.upper()}_CHAIN"):
        return False
    development_ca.replace(trust_anchors.development_folder(), purpose, at=at)
    return True


def _day(text: str) -> datetime:
    try:
        day = datetime.fromisoformat(text)
        return day.astimezone(UTC) if day.tzinfo else day.replace(tzinfo=UTC)
    except ValueError as wrong:
        raise CommandError(f"{text} is no date. Write it like 2027-03-01.") from wrong


def _signer(purpose: Purpose) -> Described | str:
    """The certificate of this purpose, or why nothing can sign for it."""
    try:
        return certificates.described(
            x509.load_pem_x509_certificate(signing.signer(purpose).chain_pem.encode())
        )
    except errors.Refused as refused:
        return str(refused.message)


def _plainly(found: Described | str) -> dict[str, Any]:
    return asdict(found) if isinstance(found, Described) else {"problem": found}


def _serial(found: Described | str) -> str:
    return found.serial if isinstance(found, Described) else ""


def _line(found: Described | str, *, at: datetime) -> str:
    if isinstance(found, str):
        return found
    return (
        f"{found.name}, issued by {found.issuer}, until {found.ends:%Y-%m-%d} "
        f"({(found.ends - at).days} days), serial {found.serial}"
    )


def _plain(name: str) -> str:
    return name.rpartition(":")[2] if name.startswith("urn:") else name


def _write_new(path: Path, content: str) -> None:
    """For its owner alone; nothing that is there is replaced."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise CommandError(f"{path} is there already. Nothing was changed.") from error
    with os.fdopen(handle, "w") as file:
        file.write(content)
