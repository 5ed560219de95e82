// What is said of files while they travel: title, tags, the brand's own fields, rights, origin (docs/uploads.md). It is
// kept in the browser until the file is in the library: a reload or a sign-in loses none of it, nor does an upload that
// was refused or given up, as it is handed over again to the next one of the same file.
import { open } from "../dialog.js";
import { token } from "../session.js";
import { toast } from "../toast.js";
import { _ } from "../words.js";

const PREFIX = "details ";
const KEPT_MS = 31 * 24 * 3600 * 1000; // as long as what is unfinished (memory.js)
const AT_ONCE = 100;
const PATIENCE_MS = 5000; // before the server is asked again that could not be reached
const OURS = ["csrfmiddlewaretoken", "upload", "file"]; // of the form, and nothing that is said
const dialog = () => document.querySelector("[data-details-dialog]");
let asked = []; // the rows that the open form is about

function attempt(act) {
  try {
    return act(localStorage);
  } catch {
    return null; // a private window may keep nothing: then the row alone has it
  }
}

function kept(key) {
  const found = attempt((storage) => JSON.parse(storage.getItem(PREFIX + key)));
  if (!found) return {};
  if (found.at >= Date.now() - KEPT_MS) return found;
  attempt((storage) => storage.removeItem(PREFIX + key));
  return {};
}

// What is said of a file and the server doesn't know yet, in order: [form data as text].
export const recall = (key) => kept(key).texts ?? [];

// What the server has with the upload at the address `to`.
export const handedOver = (key) => ({ texts: kept(key).had ?? [], to: kept(key).to });

function keep(row) {
  const key = PREFIX + row.upload.key;
  const { texts, to } = row.had;
  if (!row.said.length && !texts.length) attempt((storage) => storage.removeItem(key));
  else {
    const text = JSON.stringify({ texts: row.said, had: texts, to, at: Date.now() });
    attempt((storage) => storage.setItem(key, text));
  }
}

export function forget(row) {
  row.said = [];
  settle(row);
}

// The file is in the library: what was handed over is there, and what wasn't yet is put onto the clip.
export function settle(row) {
  row.settled = true;
  if (row.notBefore !== Number.POSITIVE_INFINITY) row.notBefore = 0;
  row.had = { texts: [] };
  keep(row);
}

// An upload that begins anew knows nothing of what another was told.
function takeUp(row) {
  const { texts, to } = row.had;
  if (!texts.length || !row.upload.address || to === row.upload.address) return;
  row.said = [...texts, ...row.said];
  row.had = { texts: [] };
}

// One file's form says everything anew; one for all of them goes over what was said.
export function say(row, text) {
  row.said = new URLSearchParams(text).has("single") ? [text] : [...row.said, text];
  row.notBefore = 0;
  keep(row);
}

const idOf = (row) => row.upload.address?.split("/").filter(Boolean).pop();

// Hand over what the server doesn't know of these rows, those alike together. What fails for want of a network or a
// session stays for the next time.
export async function deliver(address, rows) {
  const groups = new Map();
  for (const row of rows) {
    takeUp(row);
    if (!row.said.length || !idOf(row) || row.delivering || row.notBefore > Date.now()) continue;
    const text = row.said[0];
    groups.set(text, [...(groups.get(text) ?? []), row]);
  }
  const sent = [...groups].flatMap(([text, alike]) => {
    const parts = [];
    for (let at = 0; at < alike.length; at += AT_ONCE) parts.push(send(address, text, alike.slice(at, at + AT_ONCE)));
    return parts;
  });
  const more = (await Promise.all(sent)).flat().filter((row) => row.said.length);
  if (more.length) await deliver(address, more);
}

// Resolves with the rows that it was kept of.
async function send(address, text, rows) {
  const body = new URLSearchParams(text);
  for (const row of rows) {
    row.delivering = true;
    row.notBefore = Date.now() + PATIENCE_MS;
    body.append("upload", idOf(row));
  }
  try {
    const headers = { Accept: "application/json", "X-CSRFToken": token() };
    const response = await fetch(address, { method: "POST", body, headers, redirect: "error" });
    if (response.status === 422) {
      for (const row of rows) {
        row.notBefore = Number.POSITIVE_INFINITY; // until something else is said
        row.tell(_("Its details can't be kept as they are. Open and change them."));
      }
    }
    if (!response.ok) return [];
    const { problems, busy } = await response.json();
    const done = rows.filter((row) => !busy.includes(idOf(row))); // a piece of the others is being written: soon again
    for (const row of rows) row.notBefore = 0;
    for (const row of done) {
      row.said = row.said[0] === text ? row.said.slice(1) : row.said; // else it was said anew meanwhile
      if (!row.settled) {
        const before = new URLSearchParams(text).has("single") ? [] : row.had.texts;
        row.had = { texts: [...before, text], to: row.upload.address };
      }
      keep(row);
      row.tell(problems[idOf(row)] ?? "");
    }
    return done;
  } catch {
    return [];
  } finally {
    for (const row of rows) row.delivering = false;
  }
}

// Put into a form what was said and the server didn't know when it made it.
export function fill(form, texts) {
  for (const text of texts) {
    const given = new URLSearchParams(text);
    for (const name of new Set(given.keys())) {
      const fields = [...form.elements].filter((each) => each.name === name && each.type !== "hidden");
      for (const field of fields) {
        if (field.type === "checkbox") field.checked = given.getAll(name).includes(field.value);
        else if (given.get(name)) {
          field.value = given.get(name);
          const folded = field.closest("details");
          if (folded) folded.open = true;
        }
      }
    }
  }
}

// What all these files are, where their types leave no doubt: a GIF, WebP or AVIF may move. The server looks at
// their content later, and says which fields weren't for them.
const STILL = /^image\/(jpeg|png|tiff|bmp|heic|heif|jxl|svg\+xml)$/;
export function kindOf(files) {
  const kinds = new Set(
    files.map(({ type }) => {
      if (type.startsWith("video/")) return "video";
      if (type.startsWith("audio/")) return "sound";
      return STILL.test(type) ? "still" : "";
    }),
  );
  return kinds.size === 1 ? [...kinds][0] : "";
}

// Open the form about these rows; `single` shows what is said of the one.
export async function ask(address, rows, { single, version }) {
  asked = rows;
  const query = new URLSearchParams();
  if (single) query.set("single", "1");
  if (version) query.set("version", "1");
  const kind = kindOf(rows.map((row) => row.file));
  if (kind) query.set("kind", kind);
  if (single) query.set("file", rows[0].file.name);
  if (single && idOf(rows[0])) query.set("upload", idOf(rows[0]));
  const body = dialog().querySelector("[data-details-body]");
  dialog().querySelector("[data-details-name]").textContent = single ? rows[0].file.name : "";
  await htmx.ajax("GET", `${address}?${query}`, { target: body, swap: "innerHTML" });
  const form = body.querySelector("form");
  if (!form) return;
  if (single) fill(form, rows[0].said);
  open(dialog());
}

// The server has looked at it, and has kept nothing: that is for each file, once it is on its way.
document.addEventListener("htmx:afterRequest", ({ detail }) => {
  const form = detail.elt;
  if (!form.matches?.("form[data-upload-details]") || detail.xhr?.status !== 204) return;
  const data = new FormData(form);
  for (const name of OURS) data.delete(name);
  const text = new URLSearchParams(data).toString();
  for (const row of asked) {
    row.tell("");
    say(row, text);
  }
  deliver(form.getAttribute("action"), asked);
  dialog().close();
  toast(_("Details saved. They are added to the clips once they're in the library."));
});
