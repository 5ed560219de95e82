import { Clock } from "/static/dam/js/player/clock.js";
import * as markers from "/static/dam/js/player/markers.js";
import { equal, find, html, test } from "/tests/harness.js";

function page(list) {
  html('<div id="bar"></div><section></section>');
  find("section").dataset.markers = JSON.stringify(list);
}

test("markers are read in the order of their frames", () => {
  page([
    { frame: 30, text: "late" },
    { frame: 3, text: "early" },
  ]);
  equal(
    markers.read().map(({ text }) => text),
    ["early", "late"],
  );
});

test("a comment on the whole clip has no frame and no marker", () => {
  page([{ frame: null, text: "all of it" }, { text: "too" }, { frame: 1.5, text: "no frame" }]);
  equal(markers.read(), []);
});

test("markers of several lists stand on one timeline", () => {
  html('<section id="now"></section><section id="earlier"></section>');
  find("#now").dataset.markers = JSON.stringify([{ frame: 30, text: "now" }]);
  find("#earlier").dataset.markers = JSON.stringify([{ frame: 3, text: "earlier", earlier: true }]);
  equal(
    markers.read().map(({ text }) => text),
    ["earlier", "now"],
  );
});

test("a marker of an earlier version looks like one", () => {
  markers.show(html("<div></div>"), [{ frame: 3, text: "", earlier: true }, { frame: 4, text: "" }], new Clock("24/1", 49));
  const marks = [...document.querySelectorAll(".player-marker")];
  equal(
    marks.map((mark) => mark.classList.contains("player-marker-earlier")),
    [true, false],
  );
});

test("a page without comments has no markers", () => {
  html("<div></div>");
  equal(markers.read(), []);
});

test("a marker leads to its frame and says what it is", () => {
  markers.show(html("<div></div>"), [{ frame: 24, text: "Too dark" }], new Clock("24/1", 49));
  const mark = find(".player-marker");
  equal([mark.dataset.seekFrame, mark.title], ["24", "00:00:01:00 Too dark"]);
});

test("a marker is for the pointer: the list of comments has the buttons", () => {
  markers.show(html("<div></div>"), [{ frame: 24, text: "" }], new Clock("24/1", 49));
  const mark = find(".player-marker");
  equal([mark.tabIndex, mark.getAttribute("aria-hidden")], [-1, "true"]);
});

test("a marker lies where its frame lies", () => {
  markers.show(html("<div></div>"), [{ frame: 24, text: "" }], new Clock("24/1", 49));
  equal(find(".player-marker").style.insetInlineStart, "50%");
});

test("a clip of one frame has its marker at the beginning", () => {
  markers.show(html("<div></div>"), [{ frame: 0, text: "" }], new Clock("24/1", 1));
  equal(find(".player-marker").style.insetInlineStart, "0%");
});

test("markers shown anew take the place of the old ones", () => {
  const bar = html("<div></div>");
  const clock = new Clock("24/1", 49);
  markers.show(bar, [{ frame: 1, text: "a" }, { frame: 2, text: "b" }], clock);
  markers.show(bar, [{ frame: 3, text: "c" }], clock);
  equal(bar.childElementCount, 1);
});

test("markup in a comment stays text", () => {
  const bar = html("<div></div>");
  markers.show(bar, [{ frame: 0, text: "<img src=x onerror=alert(1)>" }], new Clock("24/1", 49));
  equal(bar.querySelector("img"), null);
  equal(find(".player-marker").title, "00:00:00:00 <img src=x onerror=alert(1)>");
});

test("a comment on a range has a marker as long as that", () => {
  markers.show(html("<div></div>"), [{ frame: 12, end: 36, text: "Too fast" }], new Clock("24/1", 49));
  const mark = find(".player-marker");
  equal([mark.dataset.seekEnd, mark.style.inlineSize, mark.title], ["36", "50%", "00:00:00:12 – 00:00:01:12 Too fast"]);
});
