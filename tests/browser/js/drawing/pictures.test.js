import { showPictures } from "/static/dam/js/drawing/pictures.js";
import { equal, find, html, test } from "/tests/harness.js";

test("a drawing in the list is drawn as it was pressed, once", () => {
  const saved = JSON.stringify({ v: 1, shapes: [{ kind: "pencil", colour: "blue", width: 0.01, points: [[0, 0, 0.5], [1, 1, 0.5]] }] });
  html(`<reel-player></reel-player><button data-drawing-of="3"><canvas></canvas>
    <svg viewBox="0 0 160 90" data-shapes='${saved}'><path d="M0 0L1 1" stroke="#0a84ff" fill="none"></path></svg></button>`);
  showPictures(find("reel-player"));
  const first = find("svg").firstElementChild;
  equal([first.getAttribute("fill"), find("svg").hasAttribute("data-shapes")], ["#0a84ff", false]);
  showPictures(find("reel-player"));
  equal(find("svg").firstElementChild === first, true);
});
