import { meaning, report, without } from "/static/dam/js/credentials/rollup.js";
import { equal, test } from "/tests/harness.js";

// Steps and tables are held to the server's by test_same_verdicts.py; here is what they are for.
export const RULES = {
  anchors: { "urn:a:0": "Some list" },
  codes: {
    "signingCredential.untrusted": { state: "valid", words: "On no list." },
    "signingCredential.invalid": { state: "invalid", words: "Unfit." },
    "assertion.bmffHash.mismatch": { state: "altered", words: "Changed." },
  },
  harmless: [".match"],
  mismatches: ".mismatch",
  mismatch: { state: "altered", words: "Something changed." },
  other: { state: "invalid", words: "Not by the standard." },
  badness: { trusted: 0, valid: 1, invalid: 2, altered: 3 },
  hiding: ["timeStamp."],
  trust: {
    credential: "signingCredential.",
    trusted: "signingCredential.trusted",
    untrusted: "signingCredential.untrusted",
    unfit: "signingCredential.invalid",
    stamped: "timeStamp.trusted",
    stamps_alone: "urn:stamps:",
    may_sign: ["1.2"],
    may_not_sign: ["1.3"],
    development_anchor: "Development",
    development_organisation: "Development (test)",
  },
  labels: { generation: "g", review: "r", prompt: "p" },
  longest_chain: 60,
  most: 100,
  notes: { none: "None.", trusted: "Trusted because of: %(lists)s.", valid: "Unknown.", invalid: "Invalid.", too_much: "Too much.", kind_unknown: "?" },
  actions: {},
  sources: {},
  ai: [],
};
const url = "self#jumbf=/c2pa/m/c2pa.signature";
const store = (failure, explanation = "found in [urn:a:0] trust anchors") => ({
  active_manifest: "m",
  validation_state: "Trusted",
  manifests: { m: {} },
  validation_results: {
    activeManifest: { success: [{ code: "signingCredential.trusted", url, explanation }], failure: failure ? [{ code: failure, url }] : [] },
  },
});
const verdict = (failure, uses) => report({ outcome: "read", store: store(failure), uses }, RULES);

test("a clean reading is trusted because of a named list", () => {
  equal(verdict().state, "trusted");
  equal(verdict().reasons, ["Trusted because of: Some list."]);
});

test("the worst finding is the verdict", () => {
  equal(verdict("assertion.bmffHash.mismatch").state, "altered");
  equal(verdict("signingCredential.untrusted").state, "valid");
  equal(verdict("something.new").state, "invalid");
});

test("a list that is for timestamps alone makes nobody trusted", () => {
  const reading = { outcome: "read", store: store(null, "found in [urn:stamps:0] trust anchors") };
  equal(report(reading, RULES).chain[0].trusted, false);
});

test("a signer whose certificate is for something else is not trusted", () => {
  equal(verdict(null, { m: ["1.3"] }).state, "invalid");
  equal(verdict(null, {}).state, "valid");
  equal(verdict(null, { m: ["1.2"] }).state, "trusted");
});

test("what was not read has its reason", () => {
  equal(without("none", RULES).state, "none");
  equal(without("too_much", RULES).state, "unreadable");
});

test("a code that no table holds is never harmless, but for those that say so", () => {
  equal(meaning("x.match", RULES), null);
  equal(meaning("x.mismatch", RULES).state, "altered");
  equal(meaning("toString", RULES).state, "invalid");
});
