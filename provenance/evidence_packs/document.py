"""The summary of a pack: what it proves, in the order in which a lawyer asks, in the active language."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from dam.core.language import listed, number
from dam.duplicates import lookalikes
from dam.rights.models import ConsentKind, Relation
from dam.web import usage_status
from provenance.evidence_packs import words
from provenance.evidence_packs.archive import Entry
from provenance.evidence_packs.seal import Sealing, Unsealed
from provenance.evidence_packs.sheets import Sheet
from provenance.manifests import report
from provenance.releases import public_links
from provenance.review import carrying, watching
from provenance.review.plans import Planned
from provenance.review.states import DECISION_LABELS, DecisionKind

Facts = Mapping[str, Any]
Rows = list[tuple[str, ...]]
MOST = 300  # rows of a table; the files beside it have all


def write(
    out: Path,
    facts: Facts,
    entries: Sequence[Entry],
    *,
    sealing: Sealing | Unsealed,
    language: str,
    at: datetime,
) -> None:
    """Of the facts that the sections told (assembly); `entries` are the files of the pack so far."""
    about = facts["clip"]
    said = {"clip": about["clip"]["title"], "number": about["version"]["number"]}
    title = _("Evidence: %(clip)s, version %(number)s") % said
    sheet = Sheet(title=title, foot=title, language=language, at=at)
    _cover(sheet, facts, at=at)
    _file(sheet, about)
    _credentials(sheet, facts)
    _decisions(sheet, facts["reviews"])
    _rights(sheet, facts["rights"])
    _models(sheet, facts["rights"]["models"])
    _people(sheet, facts["contributions"])
    _labels(sheet, facts["labels"])
    _after(sheet, facts)
    _checking(sheet, sealing)
    _contents(sheet, entries)
    sheet.save(out)


def _cover(sheet: Sheet, facts: Facts, *, at: datetime) -> None:
    about, verdict = facts["clip"], facts["credentials"]["verdict"]
    release, status = about["release"], about["status"]
    tone, strong = words.standing(status["standing"])
    sheet.overline(_("Evidence pack"))
    below = _("Version %(number)s, released by %(brand)s on %(day)s") % {
        "number": about["version"]["number"],
        "brand": about["brand"]["name"],
        "day": words.day(release["signed_at"]),
    }
    sheet.title(about["clip"]["title"], below)
    stood = _("As it stood on %(moment)s.") % {"moment": words.moment(at.isoformat())}
    sheet.banner(tone, strong, f"{stood} {' '.join(words.asides(status, release))}".strip())
    sheet.facts(
        [
            (_("SHA-256 of the release"), release["sha256"]),
            (_("Released for"), words.terms(release)),
            (_("Approved by"), words.approvers(facts["reviews"])),
            (_("Content Credentials"), words.verdict(verdict)),
            (_("Timestamp"), words.stamps(facts)),
            (_("Origin"), words.origin(about["version"])),
        ]
    )
    sheet.subheading(_("What this pack answers"))
    sheet.table((_("Question"), _("Answer"), _("Where")), list(_answers(facts)), widths=(33, 47, 20))


def _answers(facts: Facts) -> Iterator[tuple[str, str, str]]:
    about, rights, work = facts["clip"], facts["rights"], facts["contributions"]
    decisions = [each for each in words.approvals(facts["reviews"]) if each["ledger"]]
    ruled = facts["credentials"]["rubric"]
    yield (
        _("Is this the file that was approved?"),
        _("The approval names the SHA-256 of the master, and the release is signed over it."),
        "decisions/",
    )
    yield (_("Who approved it?"), words.counted_decisions(len(decisions)), "decisions/, ledger/")
    yield (_("What may it be used for?"), words.terms(about["release"]), "rights/")
    yield (_("What was it made from?"), words.counted_inputs(len(rights["inputs"])), "rights/")
    yield (_("Which models made it?"), words.models_in_short(rights["models"]), "models/, generation/")
    yield (
        _("What did people contribute?"),
        words.counted_people(len(work["people"])),
        "contributions/, history/",
    )
    yield (
        _("Does it say that it was made by AI?"),
        words.labels_in_short(facts),
        "disclosure/, credentials/",
    )
    yield (
        _("Do its Content Credentials hold?"),
        _("%(verdict)s. %(kept)s of %(rules)s rules of the C2PA rubric kept.")
        % {
            "verdict": words.verdict(facts["credentials"]["verdict"]),
            "kept": ruled["kept"],
            "rules": len(ruled["rules"]),
        },
        "credentials/",
    )
    yield (_("Since when was it there?"), words.stamps(facts), "timestamps/")
    yield (_("Was it recalled?"), words.counted_recalls(len(facts["recalls"])), "recalls/")


def _file(sheet: Sheet, about: Facts) -> None:
    release, version = about["release"], about["version"]
    sheet.heading(_("The released file"))
    sheet.facts(
        [
            (_("In this pack"), release.get("file") or _("No: its SHA-256 alone")),
            ("SHA-256", release["sha256"]),
            (_("Size"), _("%(bytes)s bytes") % {"bytes": number(release["size"] or 0)}),
            (_("Format"), release["content_type"]),
            (_("Approved"), words.moment(release["approved_at"])),
            (_("Signed"), words.moment(release["signed_at"])),
            (_("SHA-256 of the master"), release["master_sha256"]),
            (_("SHA-256 of its pictures"), release["pictures_sha256"]),
            (_("Master"), version["filename"]),
            (_("Master added"), words.by_whom(version["created_at"], version["created_by"])),
        ]
    )
    if release["sha256"]:
        address = public_links.address_of(release["sha256"])
        sheet.code(
            public_links.png(address),
            _("How this release stands today, for anybody to see: %(address)s") % {"address": address},
            described=_("QR code of the public status page"),
        )
    others = [each for each in about["releases"] if each["number"] != release["number"]]
    if others:
        sheet.subheading(_("Other releases of this clip"))
        rows: Rows = [
            (each["sha256"] or "–", words.release_state(each), words.moment(each["signed_at"]))
            for each in others
        ]
        sheet.table(("SHA-256", _("State"), _("Signed")), rows[:MOST], widths=(62, 16, 22), size=7)


def _credentials(sheet: Sheet, facts: Facts) -> None:
    found = facts["credentials"]
    verdict, second, ruled = found["verdict"], found["second"], found["rubric"]
    sheet.heading(_("Content Credentials"))
    sheet.say(
        _(
            "The file carries signed statements of where it comes from and who approved it (C2PA). Two "
            "validators that share no code have judged them when this pack was made."
        )
    )
    reasons = " ".join(report.said(each) for each in verdict["reasons"])
    sheet.facts(
        [
            (_("First validator"), f"c2pa-python: {words.verdict(verdict)}. {reasons}"),
            (_("Second validator"), f"encypher-c2pa: {words.second(second)}"),
            (
                _("C2PA rubric"),
                _("%(kept)s of %(rules)s rules kept. %(broken)s")
                % {
                    "kept": ruled["kept"],
                    "rules": len(ruled["rules"]),
                    "broken": listed(ruled["broken"]),
                },
            ),
        ]
    )
    if verdict["manifests"]:
        sheet.subheading(_("Manifests, the newest first"))
        rows: Rows = [
            (
                each["signer"]["name"] or "–",
                each["title"] or each["label"],
                words.moment(each["signed_at"]) if each["signed_at"] else "–",
                _("Trusted") if each["proven"] else _("Not trusted here"),
            )
            for each in verdict["manifests"][:MOST]
        ]
        head = (_("Signed by"), _("About"), _("When"), _("Signer"))
        sheet.table(head, rows, widths=(28, 32, 22, 18))
    sheet.subheading(_("Timestamps"))
    if facts["timestamps"]:
        rows = [
            (words.stamped(each), words.moment(each["at"]) if each.get("at") else "–", each["file"])
            for each in facts["timestamps"]
        ]
        sheet.table((_("Of"), _("When"), _("File")), rows[:MOST], widths=(50, 25, 25))
    else:
        sheet.say(_("None recorded. The signatures hold as long as their certificates."))


def _decisions(sheet: Sheet, reviews: Sequence[Facts]) -> None:
    sheet.heading(_("Decisions"))
    if not reviews:
        sheet.say(_("None recorded."))
    for review in reviews:
        sheet.say(
            _("Sent to review %(when)s")
            % {"when": words.by_whom(review["submitted_at"], review["submitted_by"])}
        )
        if review["note"]:
            sheet.note(words.short(review["note"]))
        for decision in review["decisions"]:
            _decision(sheet, decision)


def _decision(sheet: Sheet, decision: Facts) -> None:
    entry = decision["ledger"]
    stage = Planned(decision["stage"], decision["stage_title"]).name
    sheet.subheading(f"{stage}: {_(DECISION_LABELS[DecisionKind(decision['decision'])])}")
    sheet.facts(
        [
            (_("Decided"), words.by_whom(decision["at"], decision["by"])),
            (_("In the place of"), (decision.get("for") or {}).get("name", "")),
            (_("Signed in with"), decision["signed_in"]),
            (_("Statement signed"), decision.get("statement", "")),
            (_("For"), words.terms(decision) if decision["uses"] else ""),
            (
                _("First day of use"),
                words.moment(decision["embargo_until"]) if decision.get("embargo_until") else "",
            ),
            (_("Comment"), words.short(decision["comment"])),
            (
                _("Comments of earlier versions"),
                carrying.summed_up(earlier) if (earlier := decision.get("earlier_comments")) else "",
            ),
            (
                _("Played"),
                watching.summed_up(watched) if (watched := decision.get("watched")) else "",
            ),
            (
                _("Look-alikes"),
                lookalikes.summed_up(alike) if (alike := decision.get("lookalikes")) else "",
            ),
            (_("SHA-256 of what was seen"), decision["master_sha256"]),
            (_("In the ledger"), f"{entry['entry']}\n{entry['sha256']}" if entry else _("None recorded.")),
        ]
    )
    answers = [each for each in decision["checklist"] if each.get("words")]
    if answers:
        rows: Rows = [
            (
                each["words"],
                {"yes": _("Yes"), "no": _("No")}.get(str(each["answer"]), "–"),
                words.short(" ".join(filter(None, (each.get("note"), each.get("evidence"), _document(each)))))
                or "–",
            )
            for each in answers
        ]
        sheet.table((_("Checklist"), _("Answer"), _("Note and evidence")), rows, widths=(50, 12, 38))


def _document(answer: Facts) -> str:
    return str((answer.get("document") or {}).get("name") or "")


def _rights(sheet: Sheet, rights: Facts) -> None:
    own = rights["own"]
    sheet.heading(_("Rights"))
    left = own["inherited"]
    sheet.facts(
        [
            (_("Cleared for"), words.terms(own)),
            (_("First day of use"), words.moment(own["embargo_until"]) if own["embargo_until"] else ""),
            (_("Licence"), own["stated"]["licence"]),
            (_("Rights holder"), own["stated"]["rights_holder"]),
            (_("Credit line"), own["stated"]["credit_line"]),
            (_("Exclusivity"), own["stated"]["exclusivity"]),
            (_("Restriction"), own["stated"]["restriction"]),
            (_("Left by what it was made from"), words.left_by(left)),
        ]
    )
    sheet.subheading(_("What it was made from"))
    if not rights["inputs"] and not rights["made_from"]:
        sheet.say(_("None recorded."))
    else:
        relations = {each["source"]: Relation(each["relation"]).label for each in rights["made_from"]}
        rows: Rows = [
            (
                _("%(clip)s, version %(number)s") % {"clip": each["title"], "number": each["number"]},
                str(relations.get(each["version"], "–")),
                words.terms(each) if each["uses"] else _("Not cleared on its own"),
                each["stated"]["rights_holder"] or each["stated"]["licence"] or "–",
            )
            for each in rights["inputs"][:MOST]
        ]
        head = (_("Clip"), _("How"), _("Terms"), _("Rights holder"))
        sheet.table(head, rows, widths=(30, 20, 30, 20))
        if any(each["source"] is None for each in rights["made_from"]):
            sheet.note(_("A source was deleted for good. It stops whatever was made from it."))
    consents = {each["number"]: each for row in (own, *rights["inputs"]) for each in row["consents"]}
    sheet.subheading(_("Consents and licences"))
    if not consents:
        sheet.say(_("None recorded."))
        return
    rows = [
        (
            str(ConsentKind(each["kind"]).label),
            each["name"] or _("Removed"),
            words.short(each["covers"]) or "–",
            words.consent_end(each),
            (each["document"] or {}).get("file") or "–",
        )
        for each in list(consents.values())[:MOST]
    ]
    named = (_("Kind"), _("Name"), _("Covers"), _("Until"), _("Document"))
    sheet.table(named, rows, widths=(13, 19, 24, 14, 30))


def _models(sheet: Sheet, models: Sequence[Facts]) -> None:
    sheet.heading(_("Models and their licences"))
    if not models:
        sheet.say(_("None recorded: no model of this installation made the clip or what it was made from."))
    for each in models:
        card, licence = each["card"], each["licence"]
        sheet.subheading(each["name"])
        sheet.facts(
            [
                (_("SHA-256 of its weights"), card["weights_sha256"]),
                (_("Source"), " ".join(filter(None, (card["source"], card["revision"])))),
                (_("Licence"), licence["name"] if licence else card["licence"] or _("None recorded.")),
                (_("Terms read"), f"{licence['read']}, {licence['source']}" if licence else ""),
                (_("Trained on"), words.short(card["training"])),
                (_("What it means here"), " ".join(each["verdict"]["reasons"]) or _("Cleared")),
                (_("Read by people"), "\n".join(words.reading(said) for said in each["readings"])),
            ]
        )


def _people(sheet: Sheet, work: Facts) -> None:
    sheet.heading(_("What people contributed"))
    sheet.say(
        _(
            "Everything that people did on this clip, as the activity log has it: takes asked for, kept and "
            "discarded, edits, comments and decisions. Registrations of copyright ask for the human part."
        )
    )
    takes = work["takes"]
    sheet.facts(
        [
            (_("Takes kept"), number(takes["kept"]) if takes.get("kept") else ""),
            (_("Takes discarded"), number(takes["discarded"]) if takes.get("discarded") else ""),
            (_("Takes"), "" if takes else _("None recorded: this clip wasn't generated here.")),
            (_("Comments"), number(work["comments"])),
            (_("Events"), number(work["events"])),
        ]
    )
    if work["people"]:
        rows: Rows = [
            (
                each["name"],
                " · ".join(f"{_(what)} ({number(count)})" for what, count in each["did"].items()),
                words.span(each["first_at"], each["last_at"]),
            )
            for each in work["people"][:MOST]
        ]
        sheet.table((_("Person"), _("Did"), _("When")), rows, widths=(22, 54, 24))


def _labels(sheet: Sheet, labels: Facts) -> None:
    sheet.heading(_("Disclosure of AI"))
    asked = labels["disclosure"]
    if asked is None:
        sheet.say(_("None recorded: no questions about disclosure were asked of this clip."))
    else:
        rows: Rows = [
            (_(each["question"]), _("Yes") if each["answer"] else _("No"))
            for each in asked["answers"].values()
        ]
        sheet.table((_("Question"), _("Answer")), rows, widths=(80, 20))
        sheet.note(
            _("Answered %(when)s") % {"when": words.by_whom(asked["answered_at"], asked["answered_by"])}
        )
    if labels["required"]:
        rows = [
            (
                each["place"],
                _(each["law"]),
                _("Waived") if each["waived"] else each["label"] or _("A mark that machines read"),
            )
            for each in labels["required"]
        ]
        sheet.table((_("Place"), _("Law"), _("Label")), rows, widths=(12, 60, 28))
    files = [each for each in labels["files"] if each["labels"]]
    if files:
        sheet.subheading(_("Files that carry a label"))
        rows = [(each["format"], listed(each["labels"]), each["sha256"]) for each in files[:MOST]]
        sheet.table((_("Format"), _("Labels"), "SHA-256"), rows, widths=(22, 16, 62), size=7)


def _after(sheet: Sheet, facts: Facts) -> None:
    status = facts["clip"]["status"]
    sheet.heading(_("After the release"))
    tone, strong = words.standing(status["standing"])
    sheet.banner(tone, strong, _("As it stood on %(moment)s.") % {"moment": words.moment(status["at"])})
    rows: Rows = [
        (str(usage_status.USES[use]), _("Yes") if each["allowed"] else _("No"), " ".join(each["reasons"]))
        for use, each in status["policy"].items()
    ]
    sheet.table((_("Use"), _("Allowed"), _("Why not")), rows, widths=(24, 14, 62))
    if status["under_legal_hold_since"]:
        sheet.note(
            _("Under legal hold since %(day)s.") % {"day": words.day(status["under_legal_hold_since"])}
        )
    sheet.subheading(_("Recalls"))
    if not facts["recalls"]:
        sheet.say(_("None recorded."))
    for each in facts["recalls"]:
        lifted = _("Lifted on %(day)s.") % {"day": words.day(each["lifted_at"])} if each["lifted_at"] else ""
        sheet.say(f"{words.by_whom(each['at'], each['by'])}. {words.short(each['reason'])} {lifted}".strip())


def _checking(sheet: Sheet, sealing: Sealing | Unsealed) -> None:
    sheet.heading(_("How to check all of this"))
    sheet.say(
        _(
            "The file manifest.json lists every file of this pack with its SHA-256. Checking it needs "
            "neither Reelproof nor a network:"
        )
    )
    sheet.pdf.ln(1)
    sheet.say("python3 check.py PACK.zip", size=10, strong=True)
    sheet.pdf.ln(1)
    if isinstance(sealing, Sealing):
        signed = _("%(name)s (%(algorithm)s)") % {"name": sealing.name, "algorithm": sealing.algorithm}
        sheet.facts(
            [
                (_("Index signed by"), signed),
                (_("SHA-256 of the certificate"), sealing.fingerprint),
            ]
        )
        sheet.note(
            _(
                "Compare the SHA-256 of the certificate with the one that the organisation tells you in "
                "another way. The file readme.txt says how each step is done by hand, with openssl alone."
            )
        )
    else:
        sheet.banner("warn", _("The index isn't signed"), sealing.reason)


def _contents(sheet: Sheet, entries: Sequence[Entry]) -> None:
    sheet.heading(_("Files of this pack"))
    rows: Rows = [(each.name, number(each.size), each.sha256) for each in entries[:MOST]]
    sheet.table((_("File"), _("Bytes"), "SHA-256"), rows, widths=(30, 9, 61), size=7)
    if len(entries) > MOST:
        sheet.note(_("manifest.json lists all %(count)s of them.") % {"count": number(len(entries))})
