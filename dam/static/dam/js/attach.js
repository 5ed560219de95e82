// Files for a comment: chosen, dropped onto its box or pasted there, sent at once, and removed again before the comment
// is. What was sent stands in a hidden field of the form, [key, name, bytes, address that removes it] each, which
// drafts.js keeps with the words.
import { signedOut, token } from "./session.js";
import { toast } from "./toast.js";
import { _, number, size } from "./words.js";

const MEGABYTE = 1024 * 1024;
const boxOf = (element) => element.closest?.("form")?.querySelector("[data-attach]");
const fieldOf = (box) => box.querySelector("[data-attached]");
const listOf = (box) => box.querySelector("[data-attach-files]");
const rowsOf = (box) => [...listOf(box).children];

function sentOf(box) {
  try {
    const sent = JSON.parse(fieldOf(box).value || "[]");
    return Array.isArray(sent) ? sent : [];
  } catch {
    return [];
  }
}

function keep(box, sent) {
  fieldOf(box).value = sent.length ? JSON.stringify(sent) : "";
  fieldOf(box).dispatchEvent(new Event("input", { bubbles: true }));
}

function rowFor(box, name) {
  const row = box.querySelector("template").content.cloneNode(true).firstElementChild;
  row.querySelector("[data-name]").textContent = name;
  row.querySelector("progress").ariaLabel = name;
  const button = row.querySelector("[data-attach-remove]");
  button.ariaLabel = button.title = _("Remove {name}", { name });
  listOf(box).append(row);
  return row;
}

function settle(row, state, text = "") {
  row.dataset.state = state;
  row.querySelector("progress").hidden = state !== "sending";
  row.querySelector("[data-attach-again]").hidden = state !== "failed";
  row.querySelector("[data-said]").textContent = text;
}

// A draft that came back, or a form that the server gave back.
function draw(box) {
  const shown = new Set(rowsOf(box).map((row) => row.dataset.key));
  for (const [key, name, bytes] of sentOf(box)) {
    if (shown.has(key)) continue;
    const row = rowFor(box, name);
    row.dataset.key = key;
    settle(row, "sent", size(bytes));
  }
}

// What the server has refused stays refused. What didn't get there is kept, and can be sent again.
const fileOf = new WeakMap(); // of rows

function send(box, file, row = rowFor(box, file.name)) {
  const body = new FormData();
  const xhr = new XMLHttpRequest();
  const failed = () => settle(row, "failed", _("This file couldn't be sent."));
  fileOf.set(row, file);
  settle(row, "sending");
  body.append("file", file, file.name);
  xhr.upload.addEventListener("progress", ({ loaded, total }) => {
    row.querySelector("progress").value = total ? loaded / total : 0;
  });
  xhr.addEventListener("load", () => {
    const said = answerOf(xhr);
    if (xhr.status === 401) signedOut();
    if (xhr.status === 413) return settle(row, "refused", _("That's too large."));
    if (xhr.status !== 201) return said.message ? settle(row, "refused", said.message) : failed();
    row.dataset.key = said.id;
    settle(row, "sent", size(said.size));
    keep(box, [...sentOf(box), [said.id, said.name, said.size, said.remove]]);
  });
  xhr.addEventListener("error", failed);
  row.addEventListener("removed", () => xhr.abort());
  xhr.open("POST", box.dataset.attach);
  xhr.setRequestHeader("X-CSRFToken", tokenOf(box));
  xhr.send(body);
}

const tokenOf = (box) => token() || (box.closest("form").elements.csrfmiddlewaretoken?.value ?? "");

function answerOf(xhr) {
  try {
    return JSON.parse(xhr.responseText);
  } catch {
    return {};
  }
}

// Whether all are on their way.
export function add(box, files) {
  let all = true;
  const most = Number(box.dataset.most);
  const megabytes = Number(box.dataset.megabytes);
  for (const file of files) {
    if (rowsOf(box).filter((row) => row.dataset.state !== "refused").length >= most) {
      toast(_("A comment can have {most} files at most.", { most: number(most) }), "error");
      return false;
    }
    if (file.size > megabytes * MEGABYTE) {
      toast(_("{name} is larger than {most} MB. Choose a smaller file.", { name: file.name, most: megabytes }), "error");
      all = false;
    } else {
      send(box, file);
    }
  }
  return all;
}

function remove(row) {
  const box = row.closest("[data-attach]");
  const gone = sentOf(box).find(([key]) => key === row.dataset.key);
  row.dispatchEvent(new Event("removed"));
  row.remove();
  box.querySelector("input[type=file]").focus();
  if (!gone) return;
  keep(box, sentOf(box).filter((each) => each !== gone && each[0] !== gone[0]));
  // Where this fails the file goes by itself after a while.
  fetch(gone[3], { method: "POST", headers: { "X-CSRFToken": tokenOf(box) } }).catch(() => {});
}

document.addEventListener("change", (event) => {
  if (!event.target.matches?.("[data-attach] input[type=file]")) return;
  add(event.target.closest("[data-attach]"), [...event.target.files]);
  event.target.value = ""; // they are sent now, and not with the form again
});

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-attach-remove], [data-attach-again]");
  const row = button?.closest("li");
  if (!row) return;
  if (button.hasAttribute("data-attach-remove")) return remove(row);
  send(row.closest("[data-attach]"), fileOf.get(row), row);
  row.querySelector("[data-attach-remove]").focus();
});

document.addEventListener("input", (event) => event.target.matches?.("[data-attached]") && draw(event.target.closest("[data-attach]")));

// Before the page's own places for files hear of them.
for (const name of ["dragenter", "dragover", "dragleave", "drop"]) {
  addEventListener(
    name,
    (event) => {
      const box = event.dataTransfer?.types.includes("Files") && boxOf(event.target);
      if (!box) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      box.closest("form").toggleAttribute("data-aimed", name === "dragenter" || name === "dragover");
      if (name === "drop") add(box, [...event.dataTransfer.files]);
    },
    true,
  );
}

// A screenshot has no name, and no text beside it; what is copied from a document has its words.
document.addEventListener(
  "paste",
  (event) => {
    const files = [...(event.clipboardData?.files ?? [])];
    const box = files.length && !event.clipboardData.types.includes("text/plain") && boxOf(event.target);
    if (!box) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const named = (file) => (file.name === "image.png" ? new File([file], `${_("Screenshot")}.png`, { type: file.type }) : file);
    add(box, files.map(named));
  },
  true,
);

// Before htmx.
document.addEventListener(
  "submit",
  (event) => {
    const box = event.target.querySelector?.("[data-attach]");
    const has = (state) => box && rowsOf(box).some((row) => row.dataset.state === state);
    if (!has("sending") && !has("failed")) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (has("sending")) toast(_("Wait until the files are attached, then send it again."));
    else toast(_("A file couldn't be sent. Try again or remove it, then send the comment."), "error");
  },
  true,
);

function drawWithin(root) {
  for (const box of root.querySelectorAll("[data-attach]")) draw(box);
}
document.addEventListener("htmx:load", (event) => drawWithin(event.detail.elt));
drawWithin(document);
