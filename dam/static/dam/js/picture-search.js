// Searching by a picture: chosen, dropped or pasted. Made small here, where the browser can read it, so that little is
// sent; a video gives the frame in its middle.
import { toast } from "./toast.js";
import { _ } from "./words.js";

const MOST_SIDE = 1024;
const MOST_BYTES = 12 * 1024 * 1024;
const form = document.getElementById("picture-search");
const file = form?.querySelector("input[type=file]");

function draw(source, width, height) {
  const scale = Math.min(1, MOST_SIDE / Math.max(width, height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(width * scale));
  canvas.height = Math.max(1, Math.round(height * scale));
  const context = canvas.getContext("2d");
  context.fillStyle = "white"; // under what is transparent, as the server has it
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(source, 0, 0, canvas.width, canvas.height);
  return new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.92));
}

async function shrunk(picture) {
  const image = await createImageBitmap(picture);
  return draw(image, image.width, image.height);
}

function frameOf(movie) {
  const video = document.createElement("video");
  const url = URL.createObjectURL(movie);
  return new Promise((done, fail) => {
    video.muted = true;
    video.addEventListener("error", fail);
    video.addEventListener("loadeddata", () => {
      video.currentTime = Number.isFinite(video.duration) ? video.duration / 2 : 0;
    });
    video.addEventListener("seeked", () => draw(video, video.videoWidth, video.videoHeight).then(done, fail));
    video.src = url;
  }).finally(() => URL.revokeObjectURL(url));
}

// What the browser can't read is sent as it is: the server reads more kinds, and says so if it can't either.
async function made(chosen) {
  try {
    const small = await (chosen.type.startsWith("video/") ? frameOf(chosen) : shrunk(chosen));
    return small ?? chosen;
  } catch {
    return chosen;
  }
}

const isBusy = () => form.ariaBusy === "true";

function busy(on) {
  form.ariaBusy = String(on);
  const box = document.querySelector(".top-search");
  if (on) box?.setAttribute("aria-busy", "true");
  else box?.removeAttribute("aria-busy");
}

async function search(chosen) {
  if (!chosen || isBusy()) return;
  busy(true);
  const small = await made(chosen);
  if (small.size > MOST_BYTES) {
    busy(false);
    return toast(_("This file is larger than 12 MB. Choose a smaller picture."), "error");
  }
  const sent = new DataTransfer();
  sent.items.add(new File([small], "picture", { type: small.type }));
  file.files = sent.files;
  form.elements.q.value = document.querySelector("[data-search]")?.value ?? "";
  carry(document.getElementById("top-search"));
  form.requestSubmit();
}

// The filters chosen on the page, which the form of the box has too.
function carry(box) {
  for (const old of form.querySelectorAll("[data-carried]")) old.remove();
  for (const [name, value] of box instanceof HTMLFormElement ? new FormData(box) : []) {
    if (name === "q" || name === "like") continue;
    const field = Object.assign(document.createElement("input"), { type: "hidden", name, value });
    field.dataset.carried = "";
    form.append(field);
  }
}

const isPicture = (item) => item.kind === "file" && item.type.startsWith("image/");
const onBox = (event) => event.target.closest?.(".top-search") !== null;
const concerns = (event) => {
  if (event.target.closest?.("form")?.querySelector("[data-attach]")) return false; // they are for a comment
  const items = [...(event.dataTransfer?.items ?? [])].filter((item) => item.kind === "file");
  return items.length > 0 && (items.every(isPicture) || onBox(event));
};

function aim(on) {
  document.querySelector(".top-search")?.toggleAttribute("data-aimed", on);
}

if (form) {
  file.addEventListener("change", () => {
    if (!isBusy()) search(file.files[0]);
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-picture-choose]")) file.click();
  });
  // Before the page's own place for uploads hears of them.
  for (const name of ["dragenter", "dragover", "dragleave", "drop"]) {
    addEventListener(
      name,
      (event) => {
        if (!concerns(event)) return aim(false);
        event.preventDefault();
        event.stopImmediatePropagation();
        aim(name === "dragenter" || name === "dragover");
        if (name === "drop") search(event.dataTransfer.files[0]);
      },
      true,
    );
  }
  document.addEventListener("paste", (event) => {
    const item = [...(event.clipboardData?.items ?? [])].find(isPicture);
    const elsewhere = event.target.closest?.("input, textarea, [contenteditable]");
    if (!item || (elsewhere && !elsewhere.matches("[data-search]"))) return;
    event.preventDefault();
    search(item.getAsFile());
  });
  // A page shown again by "Back" is ready for another one.
  addEventListener("pageshow", () => busy(false));
}
