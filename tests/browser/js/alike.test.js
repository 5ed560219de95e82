import { equal, find, html, ok, press, test } from "/tests/harness.js";

const NAMES = ["left", "top", "width", "height"];
const field = (name, index) => `<input type="number" name="${name}" value="${[25, 25, 50, 50][index]}">`;

async function load() {
  html(`<main><reel-player><div class="player-stage" style="position:relative;width:200px;height:100px">
      <video style="width:200px;height:100px"></video></div></reel-player>
    <div data-alike="clip" data-library="/b/lime/">
      <a data-like-shot href="/b/lime/?like=clip@0">More like this shot</a>
      <button data-region-start aria-expanded="false">Part of this frame</button>
      <form hidden>${NAMES.map(field).join("")}<button>Search</button><button type="button" data-region-stop>Cancel</button></form>
    </div></main>`);
  const player = find("reel-player");
  Object.assign(player, { frame: 48, clock: { numerator: 24, denominator: 1 }, paused: 0 });
  player.pause = () => (player.paused += 1);
  await import("/static/dam/js/alike.js");
}

async function opened() {
  await load();
  find("[data-region-start]").click();
  return find(".region");
}

const box = () => NAMES.map((name) => Number(find("form").elements[name].value));

test("the link to what is like this shot keeps to the player's time", async () => {
  await load();
  find("reel-player").dispatchEvent(new Event("frame"));
  equal(find("[data-like-shot]").getAttribute("href"), "/b/lime/?like=clip@2000");
});

test("a part is chosen over a picture that stands still", async () => {
  const region = await opened();
  equal([find("reel-player").paused, find("form").hidden, document.activeElement], [1, false, region]);
  equal(region.getAttribute("aria-label"), "Part of the frame: left 25%, top 25%, width 50%, height 50%");
});

test("arrows move the box and resize it, never out of the picture", async () => {
  const region = await opened();
  press("ArrowLeft", { target: region });
  press("ArrowDown", { target: region, shiftKey: true });
  equal(box(), [23, 25, 50, 52]);
  for (let turn = 0; turn < 60; turn += 1) press("ArrowRight", { target: region });
  equal(box(), [50, 25, 50, 52]);
  equal(region.style.left, "50%");
});

test("numbers that are typed move the box and are kept inside the picture", async () => {
  const region = await opened();
  find("form").elements.left.value = "90";
  find("form").dispatchEvent(new Event("input", { bubbles: true }));
  equal([region.style.left, region.style.width], ["90%", "10%"]);
});

test("Enter searches by the box, Escape closes it", async () => {
  const region = await opened();
  let sent = 0;
  find("form").requestSubmit = () => (sent += 1);
  press("Enter", { target: region });
  equal(sent, 1);
  press("Escape", { target: region });
  equal([find(".region"), find("form").hidden, document.activeElement], [null, true, find("[data-region-start]")]);
});

test("a clip that plays on takes the box away", async () => {
  await opened();
  find("video").dispatchEvent(new Event("play"));
  ok(!find(".region"));
});
