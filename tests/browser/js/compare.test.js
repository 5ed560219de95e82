import { equal, find, html, press, test } from "/tests/harness.js";
import "/static/dam/js/compare.js";

// Two videos whose length is known, without files.
function open(lengths = [2, 3], kind = "video") {
  html(`<reel-compare data-rate="24/1"><div class="compare-stage"><${kind}></${kind}><${kind}></${kind}></div>
    <div class="compare-bar" hidden><button data-do="play">Play</button><button data-do="back"></button>
    <button data-do="forward"></button><button data-do="mute" aria-pressed="false"></button>
    <select data-speed><option value="0.5"><option value="1" selected></select><input type="range" step="any" data-seek>
    <output data-now></output><input type="range" min="0" max="100" data-wipe></div></reel-compare>
    <button data-seek-ms="1000">0:01</button>`);
  const media = [...document.querySelectorAll(kind)];
  media.forEach((video, place) => {
    let now = 0;
    Object.defineProperty(video, "duration", { get: () => lengths[place] });
    Object.defineProperty(video, "currentTime", { get: () => now, set: (to) => (now = Math.min(to, lengths[place])) });
  });
  find("reel-compare").show();
  return media;
}
const frames = (media) => media.map((video) => Math.floor(video.currentTime * 24));

test("both are at one frame, step by step, and never before the first", () => {
  const media = open();
  press("ArrowRight");
  equal(frames(media), [1, 1]);
  press("ArrowRight", { shiftKey: true });
  equal(frames(media), [11, 11]);
  for (let times = 0; times < 3; times += 1) press("ArrowLeft", { shiftKey: true });
  equal(frames(media), [0, 0]);
});

test("K plays on a keyboard with other letters, and as a capital", () => {
  const media = open();
  let asked = 0;
  for (const video of media) {
    video.play = async () => {
      asked += 1;
      video.dispatchEvent(new Event("play"));
    };
  }
  press("κ", { code: "KeyK" });
  press("K");
  equal(asked, 4);
});

test("the bar is as long as the longer one, and moves both", () => {
  const media = open();
  const bar = find("[data-seek]");
  equal(Number(bar.max), 3);
  bar.value = 1.5;
  bar.dispatchEvent(new Event("input"));
  equal(frames(media), [36, 36]);
  equal(find("[data-now]").textContent, "0:01 · 36");
});

test("of sound no frame is told", () => {
  open([2, 3], "audio");
  equal(find("[data-now]").textContent, "0:00");
});

test("a time at which they differ is a button to go there", () => {
  const media = open();
  find("[data-seek-ms]").click();
  equal(frames(media), [24, 24]);
});

test("the wipe is moved, and only one of two sounds is heard", () => {
  const media = open();
  const wipe = find("[data-wipe]");
  wipe.value = 30;
  wipe.dispatchEvent(new Event("input"));
  equal(find("reel-compare").style.getPropertyValue("--compare-wipe"), "30%");
  equal(media.map((video) => video.muted), [false, true]);
});

test("buttons and keys move both by a frame, and to the beginning and the end", () => {
  const media = open();
  find('[data-do="forward"]').click();
  find('[data-do="forward"]').click();
  find('[data-do="back"]').click();
  equal(frames(media), [1, 1]);
  press("End");
  equal(frames(media), [48, 71]);
  press("Home");
  equal(frames(media), [0, 0]);
});

test("both run at the speed that is chosen", () => {
  const media = open();
  const speed = find("[data-speed]");
  speed.value = "0.5";
  speed.dispatchEvent(new Event("change"));
  for (const video of media) video.dispatchEvent(new Event("ratechange"));
  equal(media.map((video) => video.playbackRate), [0.5, 0.5]);
});

test("the sound is muted, and heard again, by the button and by M", () => {
  const media = open();
  find('[data-do="mute"]').click();
  equal(media.map((video) => video.muted), [true, true]);
  equal(find('[data-do="mute"]').getAttribute("aria-pressed"), "true");
  press("m");
  equal(media.map((video) => video.muted), [false, true]);
});
