// The verify page: says before sending that a file is too large, and shows how far sending is.
import { _, percent } from "./words.js";

const form = document.querySelector("[data-verify]");
const input = form?.querySelector("input[type=file]");
const label = form?.querySelector(".verify-drop .strong");
const errors = form?.querySelector("[data-verify-errors]");
const progress = form?.querySelector("[data-verify-progress]");

function say(text) {
  const notice = document.createElement("div");
  notice.className = "notice tone-bad";
  const paragraph = document.createElement("p");
  paragraph.textContent = text;
  notice.append(paragraph);
  errors.replaceChildren(notice);
}

function busy(on) {
  progress.hidden = !on;
  form.querySelector("button[type=submit]").disabled = on;
}

function send() {
  const request = new XMLHttpRequest();
  request.open("POST", form.action);
  request.upload.addEventListener("progress", (event) => {
    if (!event.lengthComputable) return;
    const share = Math.floor((event.loaded / event.total) * 100);
    progress.querySelector("progress").value = share;
    progress.querySelector("[data-verify-figure]").textContent = percent(share / 100);
  });
  request.addEventListener("load", () => {
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

input?.addEventListener("change", () => {
  if (input.files.length) label.textContent = [...input.files].map((file) => file.name).join(" + ");
  errors.replaceChildren();
});

form?.addEventListener("submit", (event) => {
  event.preventDefault();
  const files = [...input.files];
  if (!files.length) return;
  if (files.some((file) => file.size > Number(form.dataset.most))) {
    say(_("This file is too large for this page. To verify it, use the command line: manage.py verify."));
    return;
  }
  send();
});
