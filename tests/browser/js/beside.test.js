import { equal, find, html, press, test } from "/tests/harness.js";
import "/static/dam/js/beside.js";

// The room's player as far as it matters, and an older version beside it.
function open() {
  html(`<div class="compare-with"><input type="range" data-wipe-here><button data-hear aria-pressed="false">Hear</button>
      <a id="compare-toggle" href="#stop">Stop</a></div>
    <reel-player><video></video><reel-beside data-older="1" data-rate="24/1">
      <figure><video data-older></video><svg></svg></figure></reel-beside></reel-player>
    <button data-drawing-of="7" data-of-version="1"><svg width="9" height="9"><path class="older"></path></svg></button>
    <button data-drawing-of="7"><svg width="9" height="9"><path class="newer"></path></svg></button>`);
  const [leader, older] = document.querySelectorAll("video");
  return { leader, older, player: find("reel-player"), beside: find("reel-beside") };
}

test("the older one is silent until it is to be heard, then the other is", () => {
  const { leader, older } = open();
  equal([leader.muted, older.muted], [false, true]);
  find("[data-hear]").click();
  equal([leader.muted, older.muted], [true, false]);
  equal(find("[data-hear]").getAttribute("aria-pressed"), "true");
  find("[data-hear]").click();
  equal([leader.muted, older.muted], [false, true]);
});

test("without it the newer one is heard again", () => {
  const { leader, beside } = open();
  find("[data-hear]").click();
  beside.remove();
  equal(leader.muted, false);
});

test("a newer one that was muted stays so", () => {
  const { leader, beside } = open();
  leader.muted = true;
  find("[data-hear]").click();
  find("[data-hear]").click();
  equal(leader.muted, true);
  find("[data-hear]").click();
  beside.remove();
  equal(leader.muted, true);
});

test("the wipe is moved, also with a bar that came after it", () => {
  const { beside } = open();
  find(".compare-with").outerHTML = '<div class="compare-with"><input type="range" data-wipe-here></div>';
  const wipe = find("[data-wipe-here]");
  wipe.value = 30;
  wipe.dispatchEvent(new Event("input", { bubbles: true }));
  equal(beside.style.getPropertyValue("--compare-wipe"), "30%");
});

test("drawings into the older version are shown over that, at their frame, while it stands", () => {
  const { player, beside } = open();
  const shown = () => [...beside.querySelectorAll("figure > svg > path")].map((path) => path.getAttribute("class"));
  player.frame = 7;
  beside.show();
  equal(shown(), ["older"]);
  player.frame = 8;
  player.dispatchEvent(new CustomEvent("frame"));
  equal(shown(), []);
  player.frame = 7;
  player.toggleAttribute("playing", true);
  beside.show();
  equal(shown(), []);
});

test("V begins and ends it, unless something is written", () => {
  open();
  let asked = 0;
  find("#compare-toggle").addEventListener("click", (event) => {
    event.preventDefault();
    asked += 1;
  });
  press("v");
  press("V", { shiftKey: true });
  equal(asked, 1);
  press("v", { target: find("[data-wipe-here]") });
  equal(asked, 2);
  html('<textarea></textarea><a id="compare-toggle">x</a>');
  press("v", { target: find("textarea") });
  equal(asked, 2);
});
