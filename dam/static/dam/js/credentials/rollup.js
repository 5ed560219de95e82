// The verdict on a file and its history, out of what the C2PA library read in the browser. The steps are those of
// provenance/manifests (report.py, findings.py, manifest_chain.py, trust.py), the tables come from there (browser_rules.py),
// and tests/browser/js/test_same_verdicts.py holds both to the same answers.
import { line } from "./text.js";

const isMapping = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
// A signed file may hold anything anywhere.
const mapping = (value) => (isMapping(value) ? value : {});
const mappings = (value) => (Array.isArray(value) ? value.filter(isMapping) : []);
const own = (object, key) => (Object.hasOwn(object, key) ? object[key] : undefined);
const text = (value) => (value === undefined || value === null ? "" : String(value));

// What is reported of a file that was not read, or holds nothing.
export function without(note, rules) {
  const state = note === "none" || note === "kind_without" ? "none" : "unreadable";
  return { state, findings: [], chain: [], note: rules.notes[note], reasons: [rules.notes[note]], raw: null };
}

// `reading`: {outcome, store, certificates, uses, texts}, as c2pa_io.ManifestReading.
export function report(reading, rules) {
  if (reading.outcome !== "read") return without(reading.outcome, rules);
  const { store } = reading;
  const found = [...findings(store, rules), ...findingsOfUses(reading, rules)];
  found.sort((one, other) => rules.badness[other.state] - rules.badness[one.state]); // stable, as Python's
  const chain = [...history(reading, found, rules)];
  const library = { Trusted: "trusted", Valid: "valid" }[text(store.validation_state)] ?? "invalid";
  const state = worst([library, ...found.map((each) => each.state), ...chain.map((each) => each.state)], rules);
  const note = noteOf(state, chain, rules);
  const reasons = found.length ? [...new Set(found.map((each) => each.reason))] : [note];
  return { state, findings: found, chain, note, reasons, development: chain.some((each) => each.development), raw: store };
}

function worst(states, rules) {
  return states.reduce((one, other) => (rules.badness[other] > rules.badness[one] ? other : one));
}

function noteOf(state, chain, rules) {
  if (state !== "trusted") return rules.notes[state === "valid" ? "valid" : "invalid"];
  const lists = [...new Set(chain.map((each) => each.trustedBy).filter(Boolean))];
  return rules.notes.trusted.replace("%(lists)s", () => lists.join(", "));
}

export function meaning(code, rules) {
  const known = own(rules.codes, code);
  if (known) return known;
  if (rules.harmless.some((end) => code.endsWith(end))) return null;
  return code.endsWith(rules.mismatches) ? rules.mismatch : rules.other;
}

const isFailure = (code, rules) => Object.hasOwn(rules.codes, code) || code.endsWith(rules.mismatches);

// The lists in which is told what validating found.
const ofActive = (results) => mapping(results.activeManifest);
const ofIngredients = (results) => mappings(results.ingredientDeltas).map((delta) => mapping(delta.validationDeltas));
const ofAll = (results) => [ofActive(results), ...ofIngredients(results)];
const entries = (lists, ...kinds) => kinds.flatMap((kind) => mappings(lists[kind]));

const labelIn = (url) => /self#jumbf=\/?c2pa\/([^/]+)/.exec(text(url) || "")?.[1] ?? "";

function* findings(store, rules) {
  const results = mapping(store.validation_results);
  const seen = new Set();
  const key = (code, url) => JSON.stringify([code, url]);
  const settled = new Set(ofIngredients(results).flatMap((lists) => entries(lists, "success")).map(({ code, url }) => key(code, url)));
  for (const [where, owner, entry] of failures(store, results, rules)) {
    const code = text(entry.code);
    const url = text(entry.url);
    const said = meaning(code, rules);
    if (!said || seen.has(key(code, url))) continue;
    // A signer unknown at the time whom we trust now: the fresh look counts.
    if (where === "recorded" && code.startsWith(rules.trust.credential) && settled.has(key(rules.trust.trusted, url))) continue;
    seen.add(key(code, url));
    yield { code: line(code), reason: said.words, state: said.state, where, manifest: labelIn(url) || owner };
  }
}

// [where, the manifest that it is about unless its address names another, what was found]
function* failures(store, results, rules) {
  for (const entry of entries(ofActive(results), "failure")) yield ["active", text(store.active_manifest), entry];
  for (const lists of ofIngredients(results)) for (const entry of entries(lists, "failure")) yield ["ingredient", "", entry];
  for (const manifest of Object.values(mapping(store.manifests))) {
    for (const ingredient of mappings(mapping(manifest).ingredients)) {
      const owner = text(ingredient.active_manifest);
      for (const entry of recordedFailures(mapping(ingredient.validation_results), rules)) yield ["recorded", owner, entry];
      for (const entry of mappings(ingredient.validation_status)) yield ["recorded", owner, entry];
    }
  }
}

function* recordedFailures(recorded, rules) {
  for (const lists of ofAll(recorded)) {
    yield* entries(lists, "failure");
    for (const entry of entries(lists, "success", "informational")) {
      const code = text(entry.code);
      if (isFailure(code, rules) && !rules.hiding.some((start) => code.startsWith(start))) yield entry;
    }
  }
}

// Signers with a certificate for something else, and those of whose certificate nothing could be found out.
function* findingsOfUses({ store, uses }, { trust, codes }) {
  if (uses === undefined || uses === null) return;
  const known = mapping(uses);
  const trusted = new Set([...trustedBy(store, {}, trust)].map(([label]) => label));
  for (const label of [...new Set([...trusted, ...Object.keys(known)])].sort()) {
    const of = own(known, label) ?? [];
    const may = of.some((use) => trust.may_sign.includes(use));
    const unfit = of.some((use) => trust.may_not_sign.includes(use)) || (trusted.has(label) && !may);
    if (!unfit) continue;
    const code = of.length ? trust.unfit : trust.untrusted;
    const where = label === text(store.active_manifest) ? "active" : "ingredient";
    yield { code, reason: codes[code].words, state: codes[code].state, where, manifest: label };
  }
}

// [label, explanation] of each success with this code.
function* succeeded(results, code) {
  for (const lists of ofAll(results)) {
    for (const entry of entries(lists, "success")) {
      const label = labelIn(entry.url);
      if (entry.code === code && label) yield [label, text(entry.explanation)];
    }
  }
}

// [label, name of the anchor that gave it trust] of each signer found trusted just now.
function* trustedBy(store, anchors, trust) {
  for (const [label, explanation] of succeeded(mapping(store.validation_results), trust.trusted)) {
    const name = /found in \[(.*)\] trust anchors/.exec(explanation)?.[1] ?? "";
    if (!name.startsWith(trust.stamps_alone)) yield [label, own(anchors, name) ?? name];
  }
}

// Labels of manifests that had this code when they were used, as the user of them writes.
function* recorded(ingredients, code, trust) {
  for (const ingredient of ingredients) {
    for (const [label, explanation] of succeeded(mapping(ingredient.validation_results), code)) {
      if (code !== trust.trusted || !explanation.includes(`[${trust.stamps_alone}`)) yield label;
    }
  }
}

// From the active manifest down: parents first, then what else went in. Each once.
function* history(reading, found, rules) {
  const { store } = reading;
  const { trust } = rules;
  const manifests = mapping(store.manifests);
  const certificates = mapping(reading.certificates);
  const named = new Map(trustedBy(store, rules.anchors, trust));
  const stamped = new Set([...succeeded(mapping(store.validation_results), trust.stamped)].map(([label]) => label));
  const vouchedFor = new Set();
  const seen = new Set();
  let waiting = [[text(store.active_manifest), "active", true]];
  while (waiting.length && seen.size < rules.longest_chain) {
    const [label, relation, linked] = waiting.shift();
    if (seen.has(label) || !Object.hasOwn(manifests, label)) continue;
    seen.add(label);
    const manifest = mapping(manifests[label]);
    const ingredients = mappings(manifest.ingredients);
    const about = found.filter((each) => each.manifest === label);
    const known = named.has(label) || vouchedFor.has(label);
    const trusted = known && !about.some((each) => each.code.startsWith(trust.credential));
    const state = worst([trusted ? "trusted" : "valid", ...about.map((each) => each.state)], rules);
    const certificate = mapping(mapping(own(certificates, label)).certificateInfo);
    const summary = summaryOf(manifest, { certificate, rules, stamped: stamped.has(label), texts: mapping(reading.texts) });
    const byList = trusted ? (named.get(label) ?? "") : "";
    const byName = !byList && summary.signer.organisation === trust.development_organisation;
    const development = trusted && (byList === trust.development_anchor || byName);
    const proven = state === "trusted" && linked;
    yield { label, relation, state, trusted, trustedBy: byList, linked, development, proven, ...summary };
    if (trusted) {
      for (const each of recorded(ingredients, trust.trusted, trust)) vouchedFor.add(each);
      for (const each of recorded(ingredients, trust.stamped, trust)) stamped.add(each);
    }
    const parents = ingredients.filter((each) => each.relationship === "parentOf");
    const others = ingredients.filter((each) => each.relationship !== "parentOf");
    waiting = [
      ...parents.map((each) => [text(each.active_manifest), "parentOf", proven]),
      ...waiting,
      ...others.map((each) => [text(each.active_manifest), text(each.relationship), proven]),
    ];
  }
}

// One manifest, as what its signer says.
function summaryOf(manifest, { certificate, rules, stamped, texts }) {
  const info = mapping(manifest.signature_info);
  const assertions = new Map();
  for (const each of mappings(manifest.assertions)) {
    const ours = [rules.labels.generation, rules.labels.review].includes(each.label);
    // Of what is only gathered a signer says that it came from elsewhere. Ours never is.
    if (each.created === true || !ours) assertions.set(text(each.label), mapping(each.data));
  }
  const listed = [...assertions].find(([label]) => label.startsWith("c2pa.actions"))?.[1] ?? {};
  const actions = mappings(listed.actions);
  const ingredients = mappings(manifest.ingredients);
  const subject = mapping(certificate.subject);
  const issuer = mapping(certificate.issuer);
  const told = actions.slice(0, rules.most).map((action) => actionOf(action, rules));
  const timeStamp = stamped ? line(info.time) : "";
  const generator = mappings(manifest.claim_generator_info)[0];
  return {
    title: line(manifest.title),
    generator: generator ? line(`${text(generator.name)} ${text(generator.version)}`) : line(manifest.claim_generator),
    signer: {
      name: line(info.common_name || subject.CN),
      organisation: line(info.issuer || subject.O),
      issuer: line(issuer.CN || issuer.O),
    },
    timeStamp,
    signedAt: timeStamp || told.map((action) => action.when).reduce((one, other) => (other > one ? other : one), ""),
    actions: told,
    complete: listed.allActionsIncluded === true,
    aiGenerated: actions.some((action) => rules.ai.includes(sourceCode(text(action.digitalSourceType)))),
    review: assertions.has(rules.labels.review) ? reviewOf(assertions.get(rules.labels.review), rules) : null,
    ingredients: ingredients
      .slice(0, rules.most)
      .map((each) => line(each.title))
      .filter((title) => title && !["Master", "Prompt"].includes(title)),
    prompt: promptOf(ingredients, texts, rules),
  };
}

const sourceCode = (address) => address.replace(/^http:\/\/cv\.iptc\.org\/newscodes\/digitalsourcetype\//, "").split("/").at(-1);

function actionOf(action, rules) {
  const agent = action.softwareAgent;
  const code = line(action.action);
  const source = sourceCode(line(action.digitalSourceType));
  return {
    words: own(rules.actions, code) ?? code,
    when: line(action.when),
    agent: line(typeof agent === "string" ? agent : `${text(mapping(agent).name)} ${text(mapping(agent).version)}`),
    source: source ? (own(rules.sources, source) ?? source) : "",
  };
}

function reviewOf(data, rules) {
  const strings = (value, names = {}) =>
    Array.isArray(value) ? value.slice(0, rules.most).map((each) => own(names, line(each)) ?? line(each)) : [];
  return {
    decision: line(data.decision),
    organisation: line(data.organisation),
    uses: strings(data.uses, rules.uses),
    territories: strings(data.territories, rules.places),
    validUntil: line(data.valid_until),
  };
}

function promptOf(ingredients, texts, rules) {
  for (const ingredient of ingredients) {
    const isPrompt = mappings(ingredient.data_types).some(({ type }) => type === rules.labels.prompt);
    const words = text(own(texts, text(mapping(ingredient.data).identifier)));
    if (isPrompt && words && !words.startsWith("sha256:")) return words;
  }
  return "";
}
