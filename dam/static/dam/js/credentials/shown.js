// A verdict and its history, as they came out in this browser, put into the page (templates/verify/_here.html).
import { _, list } from "../words.js";
import { neutral, quoted } from "./text.js";

const LARGEST_RAW = 512 * 1024;
const page = document.documentElement.lang || "en";
const language = page === "en" ? "en-GB" : page;

// `report` is rollup.js's; `now` a Date.
export function show(report, root, { now = new Date() } = {}) {
  root.querySelector("[data-here-verdict]").replaceChildren(...verdict(report, now));
  const chain = root.querySelector("[data-here-chain]");
  chain.replaceChildren(...report.chain.map(link));
  chain.hidden = !report.chain.length;
  codes(report.findings, root.querySelector("[data-here-codes]"));
  const raw = report.raw ? neutral(JSON.stringify(report.raw, null, 2)) : "";
  root.querySelector("[data-here-raw]").hidden = !raw || raw.length > LARGEST_RAW;
  root.querySelector("[data-here-raw] pre").textContent = raw.length > LARGEST_RAW ? "" : raw;
}

function verdict(report, now) {
  const signature = report.state === "trusted" && report.development ? "development" : report.state;
  const [newest] = report.chain;
  const until = newest?.proven && newest.review?.validUntil ? new Date(newest.review.validUntil) : null;
  if (until && until <= now) { // whether it may be used comes first
    const ended = made("ended", _("It was cleared for use until {day}.", { day: day(until) }));
    const small = document.createElement("p");
    small.className = "small muted";
    const sound = made(signature, sentence(report, signature));
    small.textContent = `${sound.querySelector("h2").textContent}. ${sound.querySelector("p").textContent}`;
    ended.querySelector("p").after(small);
    return [ended];
  }
  return [made(signature, sentence(report, signature))];
}

// What is said after the words of the verdict itself.
function sentence(report, signature) {
  if (signature === "development") return null;
  if (signature === "trusted") return report.note;
  return report.reasons.join(" ");
}

function made(name, words) {
  const section = document.querySelector(`template[data-verdict="${name}"]`).content.cloneNode(true).firstElementChild;
  const paragraph = section.querySelector("p");
  const own = paragraph.textContent.trim();
  if (words !== null) paragraph.textContent = name === "valid" ? `${own} ${words}` : words;
  return section;
}

function codes(findings, details) {
  details.hidden = !findings.length;
  const items = findings.map((finding) => {
    const item = document.createElement("li");
    item.className = "item";
    const reason = document.createElement("p");
    reason.textContent = finding.reason;
    const code = document.createElement("p");
    code.className = "small faint";
    const where = { ingredient: _("in an ingredient"), recorded: _("already present when the ingredient was used") }[finding.where];
    code.append(Object.assign(document.createElement("span"), { className: "mono", textContent: finding.code }), where ? ` · ${where}` : "");
    const body = document.createElement("div");
    body.className = "item-body";
    body.append(reason, code);
    item.append(body);
    return item;
  });
  details.querySelector("ul").replaceChildren(...items);
}

function link(entry) {
  const item = document.querySelector("template[data-chain-link]").content.cloneNode(true).firstElementChild;
  const sound = entry.state === "trusted" || entry.state === "valid";
  item.querySelector(".chain-dot").classList.toggle("tone-bad", !sound);
  const at = new Date(entry.signedAt);
  const signer = [entry.signer.name || _("an unnamed signer"), entry.signer.organisation].filter(Boolean).join(", ");
  const said = heading(entry);
  const actions = entry.actions.map(({ words, source }) => (source ? `${words} (${source})` : words)).join(", ");
  fill(item, {
    heading: entry.proven ? said : ofClaims(entry),
    date: Number.isNaN(at.getTime()) ? _("No date") : entry.proven || entry.timeStamp ? moment(at) : _("Claimed date: {at}", { at: moment(at) }),
    signer: entry.proven
      ? _("Signed by {signer}", { signer })
      : _("The file claims: {claim}, signed by {signer}. Nothing proves it.", { claim: quoted(said), signer: quoted(signer) }),
    clearance: entry.proven && entry.review ? clearance(entry.review) : "",
    inputs: entry.ingredients.join(", "),
    prompt: entry.prompt,
    time: entry.timeStamp ? _("Proven by a timestamp") : _("Claimed by the signer, no timestamp"),
    issuer: entry.signer.issuer || _("unknown"),
    generator: entry.generator || _("unknown software"),
    ...(actions ? { actions } : {}),
  });
  const badges = {
    altered: entry.state === "altered",
    invalid: entry.state === "invalid",
    unknown: entry.state === "valid",
    development: sound && entry.state !== "valid" && entry.development,
    ai: entry.aiGenerated && entry.proven,
    "claims-ai": entry.aiGenerated && !entry.proven,
    component: entry.relation === "componentOf",
    incomplete: !entry.complete,
  };
  for (const badge of item.querySelectorAll("[data-badge]")) if (!badges[badge.dataset.badge]) badge.remove();
  return item;
}

function fill(item, words) {
  for (const [name, value] of Object.entries(words)) {
    const place = item.querySelector(`[data-fill="${name}"]`);
    place.textContent = value;
    if (!value) (place.closest("dl > div") ?? place).remove();
  }
}

function ofClaims(entry) {
  if (entry.state === "altered") return _("Changed after it was signed");
  if (entry.state === "invalid") return _("Signed, but the credential does not hold");
  return entry.state === "trusted" ? _("Named as its origin by an unknown signer") : _("Signed by an unknown signer");
}

function heading({ review, actions, aiGenerated }) {
  if (review?.decision === "approved") return _("Approved for release by {organisation}", review);
  if (review) return _("Reviewed by {organisation}: “{decision}”", review);
  if (aiGenerated) {
    const agent = actions.find((action) => action.agent)?.agent;
    const source = actions.find((action) => action.source)?.source || _("AI-generated");
    return agent ? _("{source} with {agent}", { source, agent }) : source;
  }
  return actions.length ? list([...new Set(actions.map(({ words }) => words))]) : _("Signed");
}

function clearance({ uses, territories, validUntil }) {
  const values = { uses: uses.join(", ") || _("no stated use"), places: territories.join(", ") || _("no stated territory") };
  const until = new Date(validUntil);
  if (Number.isNaN(until.getTime())) return _("For {uses}, {places}, with no end date", values);
  return _("For {uses}, {places}, until {day}", { ...values, day: day(until) });
}

const day = (date) => date.toLocaleDateString(language, { dateStyle: "long" });
const moment = (date) => date.toLocaleString(language, { dateStyle: "long", timeStyle: "short" });
