import "/static/dam/js/player/keys.js";
import { equal, find, html, press, test } from "/tests/harness.js";

// A player that writes down what it is told.
function player({ start = null, end = null, inside = "" } = {}) {
  const element = html(`<reel-player>${inside}</reel-player><textarea></textarea><input data-comment-box>`);
  const did = [];
  const note =
    (name) =>
    (...given) =>
      did.push([name, ...given]);
  const names = ["toggle", "shuttle", "step", "seekFrame", "mark", "clearRange", "toggleLoop", "toggleMute"];
  for (const name of [...names, "toggleFullscreen", "toMarker", "pause"]) element[name] = note(name);
  Object.assign(element, { stride: (shift) => (shift ? 10 : 1), clock: { last: 99 }, range: { start, end }, fields: { stand: note("stand") }, captions: { toggle: note("captions") } });
  return did;
}

test("space and K play and pause", () => {
  const did = player();
  equal([press(" "), press("k")], [true, true]);
  equal(did, [["toggle"], ["toggle"]]);
});

test("a capital letter means the same as a small one", () => {
  const did = player();
  press("K");
  press("M");
  equal(did, [["toggle"], ["toggleMute"]]);
});

test("J and L shuttle back and on", () => {
  const did = player();
  press("j");
  press("l");
  equal(did, [
    ["shuttle", -1],
    ["shuttle", 1],
  ]);
});

test("arrows step one frame, with Shift ten", () => {
  const did = player();
  press("ArrowLeft");
  press("ArrowRight");
  press("ArrowLeft", { shiftKey: true });
  press("ArrowRight", { shiftKey: true });
  equal(
    did.map(([, frames]) => frames),
    [-1, 1, -10, 10],
  );
});

test("Home and End go to the first frame and the last", () => {
  const did = player();
  press("Home");
  press("End");
  equal(did, [
    ["seekFrame", 0],
    ["seekFrame", 99],
  ]);
});

test("Home and End stay within a range", () => {
  const did = player({ start: 10, end: 20 });
  press("Home");
  press("End");
  equal(did, [
    ["seekFrame", 10],
    ["seekFrame", 20],
  ]);
});

test("I, O and X set and clear the range", () => {
  const did = player();
  for (const key of ["i", "o", "x"]) press(key);
  equal(did, [["mark", "start"], ["mark", "end"], ["clearRange"]]);
});

test("R loops, M mutes, F fills the screen", () => {
  const did = player();
  for (const key of ["r", "m", "f"]) press(key);
  equal(did, [["toggleLoop"], ["toggleMute"], ["toggleFullscreen"]]);
});

test("comma and full stop go from comment to comment", () => {
  const did = player();
  press(",");
  press(".");
  equal(did, [
    ["toMarker", -1],
    ["toMarker", 1],
  ]);
});

test("C makes the clip stand still and goes to the comment box, without writing a C into it", () => {
  const did = player();
  equal(press("c"), true);
  equal(did, [["stand"]]);
  equal(document.activeElement, find("[data-comment-box]"));
});

test("C does nothing where nothing can be commented", () => {
  const did = player();
  find("[data-comment-box]").remove();
  press("c");
  equal(did, []);
});

test("a key that means nothing is left to the browser", () => {
  const did = player();
  equal([press("q"), press("Tab"), press("PageDown")], [false, false, false]);
  equal(did, []);
});

test("keys with Ctrl, Alt or the command key belong to the browser", () => {
  const did = player();
  for (const modifier of ["ctrlKey", "metaKey", "altKey"]) equal(press("r", { [modifier]: true }), false);
  equal(did, []);
});

test("what is being written is no command", () => {
  const did = player();
  equal(press("k", { target: find("textarea") }), false);
  equal(did, []);
});

test("space and Enter on a button belong to the button, letters do not", () => {
  const did = player({ inside: "<button>Loop</button>" });
  const button = find("button");
  equal(press(" ", { target: button }), false);
  equal(press("k", { target: button }), true);
  equal(did, [["toggle"]]);
});

test("arrows on the seek bar step frames, on the volume they are the volume's", () => {
  const did = player({ inside: '<input type="range" id="seek"><input type="range" data-volume>' });
  equal(press("ArrowLeft", { target: find("#seek") }), true);
  equal(press("ArrowLeft", { target: find("[data-volume]") }), false);
  equal(did, [["step", -1]]);
});

test("an open dialog keeps the keys to itself", () => {
  const did = player();
  document.body.append(Object.assign(document.createElement("dialog"), { open: true }));
  equal(press("k"), false);
  equal(did, []);
});

test("a page without a player, or with one that is not ready, takes no keys", () => {
  html("<p>No player</p>");
  equal(press("k"), false);
  html("<reel-player></reel-player>");
  equal(press("k"), false);
});

test("keys work on a keyboard with other letters", () => {
  const did = player();
  press("о", { code: "KeyJ" });
  press("д", { code: "KeyL" });
  press("κ", { code: "KeyK" });
  equal(did, [["shuttle", -1], ["shuttle", 1], ["toggle"]]);
});

test("of two players on a page the first alone hears the keys", () => {
  const did = player();
  const second = document.createElement("reel-player");
  Object.assign(second, { clock: { last: 9 }, toggle: () => did.push(["second"]) });
  document.body.append(second);
  press(" ");
  second.remove();
  equal(did, [["toggle"]]);
});

test("T turns captions on and off", () => {
  const did = player();
  press("t");
  equal(did, [["captions"]]);
});

test("of several the keys are for the one that the reader is at", () => {
  html(`<reel-player data-quiet></reel-player><reel-player data-quiet><button>Play</button></reel-player><p tabindex="0"></p>`);
  const did = [];
  for (const [place, each] of document.querySelectorAll("reel-player").entries())
    Object.assign(each, { clock: { last: 9 }, video: {}, toggleMute: () => did.push(place) });
  press("m", { target: find("button") });
  press("m", { target: find("p") });
  press("m");
  equal(did, [1]);
});
