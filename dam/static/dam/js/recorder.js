// A voice note for a comment: recorded here for two minutes at most, heard again, and attached as a file or discarded.
import { add } from "./attach.js";
import { toast } from "./toast.js";
import { _ } from "./words.js";

const MOST_SECONDS = 120;
const KINDS = ["audio/webm;codecs=opus", "audio/mp4", "audio/ogg;codecs=opus"]; // the first that the browser writes
let running; // one at a time: { box, recorder, stream, timer }

const part = (box, name) => box.querySelector(`[data-voice-${name}]`);
const clock = (seconds) => `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;

function show(box, state) {
  part(box, "start").hidden = state !== "idle";
  part(box, "running").hidden = state !== "running";
  part(box, "heard").hidden = state !== "heard";
}

function tick(box, began) {
  const seconds = Math.min(MOST_SECONDS, Math.floor((performance.now() - began) / 1000));
  part(box, "time").textContent = `${clock(seconds)} / ${clock(MOST_SECONDS)}`;
  if (seconds >= MOST_SECONDS) stop();
}

function refusal(problem) {
  if (problem?.name === "NotFoundError") return _("No microphone was found. Connect one, then try again.");
  if (problem?.name === "NotAllowedError") return _("The browser doesn't allow the microphone here. Allow it in the site's settings, then try again.");
  return _("This browser can't record sound here.");
}

async function start(box) {
  if (running) return;
  running = { box };
  let stream;
  let recorder;
  try {
    stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    const type = KINDS.find((kind) => MediaRecorder.isTypeSupported(kind));
    recorder = new MediaRecorder(stream, type ? { mimeType: type } : {});
  } catch (problem) {
    silence(stream);
    running = undefined;
    toast(refusal(problem), "error");
    return;
  }
  const pieces = [];
  recorder.addEventListener("dataavailable", (event) => event.data.size && pieces.push(event.data));
  // It stops by itself, too, where the microphone is taken away.
  recorder.addEventListener("stop", () => {
    if (running?.recorder === recorder) end();
    heard(box, new Blob(pieces, { type: recorder.mimeType }));
  });
  const began = performance.now();
  running = { box, recorder, stream, timer: setInterval(() => tick(box, began), 250) };
  recorder.start(1000);
  show(box, "running");
  tick(box, began);
  part(box, "stop").focus();
}

function stop() {
  const recorder = running?.recorder;
  if (!recorder) return;
  if (recorder.state !== "inactive") recorder.stop();
  if (running?.recorder === recorder) end();
}

function end() {
  clearInterval(running.timer);
  silence(running.stream);
  running = undefined;
}

// The browser's sign that it listens goes out.
const silence = (stream) => stream?.getTracks().forEach((track) => track.stop());

function heard(box, sound) {
  const player = part(box, "player");
  player.src = URL.createObjectURL(sound);
  box.recorded = sound;
  show(box, "heard");
  part(box, "use").focus();
}

function discard(box) {
  const player = part(box, "player");
  player.pause();
  URL.revokeObjectURL(player.src);
  player.removeAttribute("src");
  box.recorded = undefined;
  show(box, "idle");
  part(box, "start").focus();
}

function use(box) {
  const ending = box.recorded.type.includes("mp4") ? "m4a" : box.recorded.type.includes("ogg") ? "ogg" : "webm";
  const file = new File([box.recorded], `${_("Voice note")}.${ending}`, { type: box.recorded.type });
  if (add(box, [file])) discard(box); // else it stays, until there is a place for it
}

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-attach] [data-voice]");
  const box = button?.closest("[data-attach]");
  if (!box) return;
  if (button.hasAttribute("data-voice-start")) start(box);
  else if (button.hasAttribute("data-voice-stop")) stop();
  else if (button.hasAttribute("data-voice-use")) use(box);
  else discard(box);
});

// Whoever leaves the page with a note that isn't attached is asked first.
addEventListener("beforeunload", (event) => {
  const heardOnes = [...document.querySelectorAll("[data-attach]")].some((box) => box.recorded);
  if (running?.recorder || heardOnes) event.preventDefault();
});

// A page that is left, and a box that a new list took the place of, listen no longer.
addEventListener("pagehide", stop);
document.addEventListener("htmx:afterSettle", () => running && !running.box.isConnected && stop());

// A comment isn't sent without what was just said.
document.addEventListener(
  "submit",
  (event) => {
    const box = event.target.querySelector?.("[data-attach]");
    if (!box || (running?.box !== box && !box.recorded)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    toast(_("Attach or discard the voice note first, then send the comment."));
  },
  true,
);

// Where nothing can be recorded there is no button: over http the browser offers no microphone.
function offer(root) {
  const can = Boolean(navigator.mediaDevices?.getUserMedia && globalThis.MediaRecorder);
  for (const button of root.querySelectorAll("[data-voice-start]")) {
    if (button.dataset.offered) continue;
    button.dataset.offered = "yes";
    button.hidden = !can;
  }
}
document.addEventListener("htmx:load", (event) => offer(event.detail.elt));
offer(document);
