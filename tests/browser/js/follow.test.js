import { equal, find, html, ok, pointer, press, settled, test } from "/tests/harness.js";

const sent = [];
let answer = () => new Response(null, { status: 204 });
globalThis.fetch = async (address, { body }) => {
  sent.push({ address, ...Object.fromEntries(body) });
  return answer();
};

class Source extends EventTarget {
  constructor(address) {
    super();
    Object.assign(this, { address, readyState: 1 });
    Source.last = this;
  }

  close() {
    this.readyState = 2;
  }

  say(state) {
    this.dispatchEvent(new MessageEvent("message", { data: JSON.stringify(state) }));
  }
}
Source.CLOSED = 2;
globalThis.EventSource = Source;

class Video extends EventTarget {
  paused = true;
  playbackRate = 1;
  style = {};
}

async function load() {
  html(`<div data-follow-note hidden><span role="status"></span><button type="button" data-follow-stop hidden></button></div>
    <reel-player data-width="200" data-height="100"><div class="player-stage"><drawing-board><svg></svg></drawing-board></div></reel-player>
    <button data-lead="/lead/" data-token="t" aria-pressed="false">Let others follow me</button>
    <button data-follow="/follow/1/" data-name="Anna" aria-pressed="false">Follow</button><textarea></textarea><textarea data-comment-box></textarea>
    <div id="toasts"></div><template id="toast-template"><div class="toast"><p></p></div></template>`);
  const player = find("reel-player");
  const video = new Video();
  Object.assign(player, {
    video,
    frame: 12,
    speed: 1,
    reverse: 0,
    clock: { numerator: 24, denominator: 1 },
    fields: { pinned: null },
    pause: () => Object.assign(video, { paused: true }),
    roll: () => Object.assign(video, { paused: false }),
    seekFrame: (frame) => Object.assign(player, { frame }),
  });
  Object.assign(find("drawing-board"), { shapes: [], at: () => [0.5, 0.25] });
  await import("/static/dam/js/follow.js");
  return player;
}

const wait = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
const said = () => find("[data-follow-note]").hidden ? "" : find("[role=status]").textContent;
const state = (more) => ({ frame: 12, playing: false, rate: 1, pointer: null, drawing: [], ...more });

async function following() {
  const player = await load();
  find("[data-follow]").click();
  return player;
}

test("who leads tells where the playhead stands, where they point and what they draw", async () => {
  const player = await load();
  find("[data-lead]").click();
  await wait(50);
  equal(sent, [{ address: "/lead/", frame: "12", playing: "", rate: "1", x: "", y: "", drawing: "" }]);
  equal([find("[data-lead]").getAttribute("aria-pressed"), said()], ["true", "Others can follow you. They see your playhead, your pointer and what you draw."]);
  player.frame = 20;
  player.fields.pinned = 20;
  find("drawing-board").shapes = [{ kind: "arrow" }];
  player.dispatchEvent(new Event("frame"));
  pointer("pointermove", find(".player-stage"));
  await wait(400);
  equal(sent.length, 2, "what comes at once is told once");
  equal([sent[1].frame, sent[1].x, sent[1].y, sent[1].drawing], ["20", "0.5", "0.25", '{"v":1,"shapes":[{"kind":"arrow"}]}']);
});

test("who stops leading says so once and nothing after it", async () => {
  const player = await load();
  find("[data-lead]").click();
  await wait(50);
  find("[data-follow-stop]").click();
  player.dispatchEvent(new Event("frame"));
  await wait(300);
  equal(sent.map(({ stop }) => stop), [undefined, "1"]);
  equal([said(), find("[data-lead]").getAttribute("aria-pressed")], ["", "false"]);
});

test("a refused word ends it, and one too many does not", async () => {
  const player = await load();
  answer = () => new Response(null, { status: 429 });
  find("[data-lead]").click();
  await wait(50);
  player.dispatchEvent(new Event("frame"));
  await wait(300);
  equal(sent.length, 2);
  answer = () => new Response(JSON.stringify({ detail: "Not now." }), { status: 503 });
  player.dispatchEvent(new Event("frame"));
  await wait(300);
  equal(find("#toasts p").textContent, "Not now.");
  ok(find("[data-follow-note]").hidden);
  player.dispatchEvent(new Event("frame"));
  await wait(300);
  equal(sent.length, 3);
});

test("who follows goes where the other goes, and plays as they play", async () => {
  const player = await following();
  Source.last.say(state({ frame: 30 }));
  equal([Source.last.address, player.frame, player.video.paused], ["/follow/1/", 30, true]);
  equal(said(), "You're following Anna. Play, scrub or press a key to continue on your own.");
  Source.last.say(state({ frame: 33, playing: true, rate: 2 }));
  equal([player.frame, player.video.paused, player.video.playbackRate], [30, false, 2], "so near is left alone");
  Source.last.say(state({ frame: 60, playing: true, rate: 2 }));
  equal(player.frame, 60);
  Source.last.say(state({ frame: 61 }));
  equal([player.frame, player.video.paused], [61, true]);
});

test("the other's pen and pointer lie on the picture", async () => {
  await following();
  const shape = { kind: "rectangle", colour: "red", width: 0.01, points: [[0, 0], [0.5, 0.5]] };
  Source.last.say(state({ pointer: [0.5, 0.5], drawing: [shape] }));
  equal([...find(".follow-pen").children].map(({ tagName }) => tagName), ["rect", "circle"]);
  equal(find("circle").getAttribute("cx"), "100");
  Source.last.say(state());
  equal(find(".follow-pen").children.length, 0);
});

for (const [how, act] of [
  ["presses a key", () => press("k")],
  ["types", () => press("a", { target: find("textarea") })],
  ["takes hold of the player", () => pointer("pointerdown", find(".player-stage"))],
  ["clicks into the comment box", () => pointer("pointerdown", find("[data-comment-box]"))],
  ["stops it", () => find("[data-follow-stop]").click()],
  ["stops it at the name", () => find("[data-follow]").click()],
])
  test(`who ${how} goes on alone`, async () => {
    await following();
    act();
    equal([Source.last.readyState, said(), find(".follow-pen")], [2, "", null]);
    equal(find("[data-follow]").getAttribute("aria-pressed"), "false");
  });

test("moving on by Tab or elsewhere in the page leaves it", async () => {
  await following();
  press("Tab");
  pointer("pointerdown", find("textarea"));
  equal(Source.last.readyState, 1);
});

test("when the other stops, it says so", async () => {
  await following();
  Source.last.dispatchEvent(new Event("over"));
  equal([Source.last.readyState, said()], [2, "Anna has stopped. You continue on your own."]);
  ok(find("[data-follow-stop]").hidden);
});

test("a lost connection is taken up again, a refusal is not", async () => {
  await following();
  Source.last.readyState = 0;
  Source.last.dispatchEvent(new Event("error"));
  equal(said().startsWith("You're following Anna."), true);
  Source.last.readyState = 2;
  Source.last.dispatchEvent(new Event("error"));
  equal(said(), "Anna has stopped. You continue on your own.");
});

test("nobody leads and follows at once", async () => {
  await load();
  find("[data-lead]").click();
  find("[data-follow]").click();
  await settled();
  equal([find("[data-lead]").getAttribute("aria-pressed"), find("[data-follow]").getAttribute("aria-pressed")], ["false", "true"]);
  find("[data-lead]").click();
  equal([find("[data-lead]").getAttribute("aria-pressed"), Source.last.readyState], ["true", 2]);
});

test("a list that comes anew knows who is followed", async () => {
  await following();
  find("[data-follow]").setAttribute("aria-pressed", "false");
  document.dispatchEvent(new Event("htmx:afterSettle"));
  equal(find("[data-follow]").getAttribute("aria-pressed"), "true");
});
