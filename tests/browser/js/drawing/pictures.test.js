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

test("without a sprite the frame behind a drawing is taken out of the clip, which stays where it is", async () => {
  const saved = JSON.stringify({ v: 1, shapes: [{ kind: "pencil", colour: "blue", width: 0.01, points: [[0, 0, 0.5], [1, 1, 0.5]] }] });
  html(`<reel-player></reel-player>${[3, 40].map((frame) => `<button data-drawing-of="${frame}"><canvas></canvas>
    <svg viewBox="0 0 160 90" data-shapes='${saved}'></svg></button>`).join("")}`);
  const real = document.createElement.bind(document);
  const sought = [];
  const film = Object.assign(real("canvas"), { width: 320, height: 180, readyState: 1 });
  Object.defineProperty(film, "currentTime", {
    set(seconds) {
      sought.push(seconds);
      film.getContext("2d").fillStyle = "rgb(200 10 10)";
      film.getContext("2d").fillRect(0, 0, 320, 180);
      setTimeout(() => film.dispatchEvent(new Event("seeked")));
    },
  });
  document.createElement = (name) => (name === "video" ? film : real(name));
  const player = Object.assign(find("reel-player"), { video: { currentSrc: "/clip.mp4", currentTime: 7 }, clock: { middleOf: (frame) => frame / 10 } });
  showPictures(player);
  const [, canvas] = document.querySelectorAll("canvas");
  for (let tries = 0; canvas.width !== 256 && tries < 200; tries++) await new Promise((done) => setTimeout(done, 5));
  document.createElement = real;
  equal([sought, player.video.currentTime, canvas.height], [[0.3, 4], 7, 144]);
  equal(canvas.getContext("2d").getImageData(9, 9, 1, 1).data[0] > 150, true);
});
