import { show } from "/static/dam/js/credentials/shown.js";
import { equal, find, html, ok, test } from "/tests/harness.js";

const VERDICTS = ["trusted", "valid", "invalid", "altered", "unreadable", "none", "development", "ended"];
const PAGE = `
  <section>
    <div data-here-verdict></div><ol data-here-chain></ol>
    <details data-here-codes><ul></ul></details><details data-here-raw><pre></pre></details>
    ${VERDICTS.map((name) => `<template data-verdict="${name}"><section><div><h2>${name}!</h2><p>${name === "valid" ? "Unchanged." : ""}${name === "development" ? "A test." : ""}</p></div></section></template>`).join("")}
    <template data-chain-link><li><span class="chain-dot"></span><h3 data-fill="heading"></h3><span data-fill="date"></span>
      <p data-fill="signer"></p><p data-fill="clearance"></p>
      ${["altered", "invalid", "unknown", "development", "ai", "claims-ai", "component", "incomplete"].map((name) => `<b data-badge="${name}">${name}</b>`).join("")}
      <dl>${["actions", "inputs", "prompt", "time", "issuer", "generator"].map((name) => `<div><dt>${name}</dt><dd data-fill="${name}">none</dd></div>`).join("")}</dl>
    </li></template>
  </section>`;
const LINK = {
  ...{ label: "m", relation: "active", state: "trusted", trusted: true, proven: true, development: false, complete: true, aiGenerated: true },
  ...{ signer: { name: "Studio", organisation: "Acme", issuer: "CA" }, timeStamp: "", signedAt: "2026-05-03T10:00:00Z", generator: "Tool 1" },
  ...{ actions: [{ words: "Created", when: "", agent: "Model 2", source: "AI-generated" }], review: null, ingredients: [], prompt: "" },
};

function shown(report, options) {
  html(PAGE);
  show({ state: "trusted", findings: [], chain: [], note: "Trusted by a list.", reasons: ["Trusted by a list."], raw: null, ...report }, document.body, options);
  return find("[data-here-verdict]").textContent;
}

test("the verdict is in the words of the page, with its reasons", () => {
  equal(shown({}), "trusted!Trusted by a list.");
  equal(shown({ state: "altered", reasons: ["One.", "Two."] }), "altered!One. Two.");
  equal(shown({ state: "valid", reasons: ["Nobody knows."] }), "valid!Unchanged. Nobody knows.");
});

test("a test certificate is never called trusted", () => {
  equal(shown({ development: true }), "development!A test.");
});

test("an approval that has ended comes before a sound signature", () => {
  const review = { decision: "approved", organisation: "Acme", uses: ["web"], territories: ["DE"], validUntil: "2026-06-01T00:00:00Z" };
  const said = shown({ chain: [{ ...LINK, review }] }, { now: new Date("2026-07-01T00:00:00Z") });
  ok(said.startsWith("ended!"), said);
  ok(said.includes("trusted!. Trusted by a list."), said);
  ok(shown({ chain: [{ ...LINK, review }] }, { now: new Date("2026-05-04T00:00:00Z") }).startsWith("trusted!"));
});

test("what a signer says who is trusted is told as a fact", () => {
  shown({ chain: [LINK] });
  equal(find("h3").textContent, "AI-generated with Model 2");
  equal(find("[data-fill=signer]").textContent, "Signed by Studio, Acme");
  equal([...document.querySelectorAll("li [data-badge]")].map((badge) => badge.dataset.badge), ["ai"]);
  equal(document.querySelector("li [data-fill=prompt]"), null);
});

test("what a stranger says is a claim, and has no place in a headline", () => {
  shown({ state: "valid", chain: [{ ...LINK, state: "valid", proven: false, trusted: false, signer: { name: "OpenAI”", organisation: "", issuer: "" } }] });
  equal(find("h3").textContent, "Signed by an unknown signer");
  ok(find("[data-fill=signer]").textContent.includes("“OpenAI'”. Nothing proves it."));
  equal([...document.querySelectorAll("li [data-badge]")].map((badge) => badge.dataset.badge), ["unknown", "claims-ai"]);
});

test("codes and the raw manifest are there where there are any, and nothing in them is markup", () => {
  shown({ state: "altered", findings: [{ code: "a.b", reason: "<b>Changed.</b>", where: "recorded" }], raw: { x: "<i>" } });
  ok(!find("[data-here-codes]").hidden);
  equal(find("[data-here-codes] b"), null);
  ok(find("[data-here-codes]").textContent.includes("a.b · already present"));
  ok(find("[data-here-raw] pre").textContent.includes("<i>"));
  shown({});
  ok(find("[data-here-codes]").hidden && find("[data-here-raw]").hidden);
});
