import "/static/dam/js/sound.js";
import { equal, find, html, press, test } from "/tests/harness.js";

// A sound of ten seconds that does what a test tells it to.
function sound({ start = 0, length = 10 } = {}) {
  html(`<reel-sound data-start="${start}"><div class="sound-wave" style="inline-size: 200px; block-size: 20px">
    <div class="sound-place" hidden></div></div><audio></audio></reel-sound><button data-seek-ms="4000"></button>`);
  const audio = find("audio");
  const now = { currentTime: 0, paused: true };
  Object.defineProperty(audio, "duration", { get: () => length });
  for (const name of ["currentTime", "paused"]) {
    Object.defineProperty(audio, name, { get: () => now[name], set: (value) => (now[name] = value) });
  }
  audio.play = async () => (now.paused = false);
  audio.pause = () => (now.paused = true);
  audio.dispatchEvent(new Event("loadedmetadata"));
  return audio;
}

test("a link to a moment begins there", () => {
  equal(sound({ start: 2500 }).currentTime, 2.5);
});

test("the waveform says where it plays, and plays from where it is pressed", () => {
  const audio = sound();
  const box = find(".sound-wave").getBoundingClientRect();
  find(".sound-wave").dispatchEvent(new MouseEvent("click", { bubbles: true, clientX: box.left + 150, clientY: box.top + 5 }));
  audio.dispatchEvent(new Event("timeupdate"));
  equal([audio.currentTime, find(".sound-place").style.getPropertyValue("--sound-place"), find(".sound-place").hidden], [7.5, "75%", false]);
});

test("at the start nothing stands over the waveform", () => {
  sound();
  equal(find(".sound-place").hidden, true);
});

test("before its length is known there is nothing to press", () => {
  const audio = sound({ length: Number.NaN });
  find(".sound-wave").click();
  equal([audio.currentTime, find(".sound-place").hidden], [0, true]);
});

test("space plays and pauses, arrows go five seconds and not beyond the end", () => {
  const audio = sound();
  press(" ");
  equal(audio.paused, false);
  press("k");
  equal(audio.paused, true);
  for (let times = 0; times < 3; times++) press("ArrowRight");
  equal(audio.currentTime, 10);
  press("ArrowLeft");
  equal(audio.currentTime, 5);
});

test("K plays on a keyboard with other letters, and as a capital", () => {
  const audio = sound();
  press("κ", { code: "KeyK" });
  equal(audio.paused, false);
  press("K");
  equal(audio.paused, true);
});

test("keys that are held with others, or typed, stay what they are", () => {
  const audio = sound();
  press(" ", { ctrlKey: true });
  find("button").focus();
  press(" ", { target: find("button") });
  equal(audio.paused, true);
});

test("a line of the transcript goes to its time", () => {
  const audio = sound();
  find("button").click();
  equal(audio.currentTime, 4);
});
