// The verify page: checks a file in this browser first, sends it only when asked to, says before that a file is too
// large, and shows how far sending is.
import { CannotRead, check } from "./credentials/reader.js";
import { show } from "./credentials/shown.js";
import { hash } from "./uploads/twins.js";
import { isPair, show as showPair } from "./verify-pair.js";
import { _, percent } from "./words.js";

const form = document.querySelector("[data-verify]");
const input = form?.querySelector("input[type=file]");
const label = form?.querySelector(".verify-drop .strong");
const errors = form?.querySelector("[data-verify-errors]");
const progress = form?.querySelector("[data-verify-progress]");
const answer = document.querySelector("[data-pair-answer]");

function notice(text) {
  const element = document.createElement("div");
  element.className = "notice tone-bad";
  const paragraph = document.createElement("p");
  paragraph.textContent = text;
  element.append(paragraph);
  return element;
}

function say(text) {
  errors.replaceChildren(notice(text));
  if (here && !here.hidden) form.scrollIntoView({ block: "start" });
}

function busy(on) {
  progress.hidden = !on;
  for (const button of document.querySelectorAll("[data-verify] [type=submit], [form=verify-form]")) button.disabled = on;
}

function send() {
  const request = new XMLHttpRequest();
  const cancel = form.querySelector("[data-verify-cancel]");
  if (cancel) cancel.onclick = () => request.abort();
  request.addEventListener("abort", () => busy(false));
  request.open("POST", form.action);
  request.upload.addEventListener("progress", (event) => {
    if (!event.lengthComputable) return;
    const share = Math.floor((event.loaded / event.total) * 100);
    progress.querySelector("progress").value = share;
    progress.querySelector("[data-verify-figure]").textContent = percent(share / 100);
  });
  request.addEventListener("load", () => {
    if (request.status < 300 && answer && isPair([...input.files])) {
      compared(request);
      return;
    }
    if (request.status < 300) {
      location.assign(request.responseURL);
      return;
    }
    busy(false);
    const page = new DOMParser().parseFromString(request.responseText, "text/html");
    const said = page.querySelector("[data-verify-errors]");
    if (said?.childElementCount) errors.replaceChildren(...said.children);
    else say(_("The file couldn't be uploaded. Reload the page and try again."));
  });
  request.addEventListener("error", () => {
    busy(false);
    say(_("Connection lost. Nothing was kept. Try again."));
  });
  busy(true);
  request.send(new FormData(form));
}

// What is found of two files comes below them: on a page of its own the browser wouldn't have them any more.
function compared(request) {
  const page = new DOMParser().parseFromString(request.responseText, "text/html");
  const found = page.querySelector("[data-compared]");
  if (!found) {
    location.assign(request.responseURL);
    return;
  }
  busy(false);
  history.replaceState(null, "", request.responseURL);
  document.querySelector("[data-pair-send]").hidden = true;
  answer.replaceChildren(found);
  globalThis.htmx?.process(found);
  answer.focus({ preventScroll: true }); // the button that had it is gone
  answer.scrollIntoView({ block: "nearest" });
}

const here = document.querySelector("[data-verify-here]");
let rules = null;
let checking = new AbortController();

// Whether this browser can read files by itself; without, the page is what it is without script.
const able = () => Boolean(here && globalThis.WebAssembly?.compileStreaming && globalThis.Worker);

async function fetchRules() {
  const response = await fetch(here.dataset.reader);
  if (!response.ok) throw new CannotRead();
  return response.json();
}

function part(name) {
  return here.querySelector(`[data-here-${name}]`);
}

// `words` say why there is no result; empty where there is one.
function ended(words) {
  part("busy").hidden = true;
  part("result").hidden = Boolean(words);
  part("problem").hidden = !words;
  part("words").textContent = words;
  part("look-up").hidden = false;
}

async function checkHere([file, ...others]) {
  checking.abort();
  checking = new AbortController();
  const { signal } = checking;
  for (const name of ["result", "problem", "look-up", "sha256", "hashing"]) part(name).hidden = true;
  for (const name of ["verdict", "known"]) part(name).replaceChildren();
  here.hidden = !file;
  form.querySelector("[data-verify-send]").hidden = Boolean(file);
  if (!file) return;
  part("busy").hidden = false;
  if (others.length) {
    ended(_("Several files can't be checked in the browser. Send them to check them together."));
    part("hash").hidden = true;
    return;
  }
  part("hash").hidden = part("hash").disabled = false;
  try {
    rules ??= await fetchRules();
    const report = await check(file, rules, { signal });
    if (signal.aborted) return;
    show(report, here);
    ended("");
  } catch (error) {
    if (signal.aborted) return;
    const away = error instanceof CannotRead || error instanceof TypeError;
    ended(
      away
        ? _("Your browser can't check this file. Nothing was sent. Send the file to have the server check it.")
        : _("The file can't be read. If it's on another device, copy it here first."),
    );
  }
}

async function lookUp() {
  const { signal } = checking;
  const [file] = input.files;
  const button = part("hash");
  button.disabled = true;
  part("hashing").hidden = false;
  const tell = (read) => (part("figure").textContent = percent(file.size ? read / file.size : 0));
  try {
    rules ??= await fetchRules();
    const sha256 = await hash(file, rules.addresses.hashing, tell, signal);
    if (signal.aborted) return;
    if (!sha256) throw new Error("no hash");
    part("sha256").textContent = `SHA-256 ${sha256}`;
    part("sha256").hidden = false;
    const body = new FormData();
    body.set("sha256", sha256);
    const token = form.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";
    const response = await fetch(here.dataset.known, { method: "POST", body, headers: { "X-CSRFToken": token }, signal });
    const answer = new DOMParser().parseFromString(await response.text(), "text/html");
    const said = answer.querySelector(".notice");
    if (!said) throw new Error(`answered ${response.status}`);
    if (!signal.aborted) part("known").replaceChildren(said);
  } catch {
    if (signal.aborted) return;
    part("known").replaceChildren(notice(_("The hash couldn't be looked up. Reload the page and try again.")));
  } finally {
    if (!signal.aborted) {
      button.disabled = false;
      part("hashing").hidden = true;
    }
  }
}

input?.addEventListener("change", () => {
  if (input.files.length) label.textContent = [...input.files].map((file) => file.name).join(" + ");
  errors.replaceChildren();
  const files = [...input.files];
  const pair = isPair(files) && Boolean(answer);
  if (answer) {
    answer.replaceChildren();
    document.querySelector("[data-pair]").hidden = document.querySelector("[data-pair-send]").hidden = !pair;
    showPair(pair ? files : []);
  }
  if (able()) checkHere(pair ? [] : files);
  if (pair) form.querySelector("[data-verify-send]").hidden = true;
});

here?.querySelector("[data-here-hash]").addEventListener("click", lookUp);

form?.addEventListener("submit", (event) => {
  event.preventDefault();
  const files = [...input.files];
  if (!files.length) return;
  if (isPair(files) && files[0].size + files[1].size > Number(form.dataset.most)) {
    say(_("Together the files are too large for this page."));
    return;
  }
  if (files.some((file) => file.size > Number(form.dataset.most))) {
    say(_("This file is too large for this page. To verify it, use the command line: manage.py verify."));
    return;
  }
  send();
});
