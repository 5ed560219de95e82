import { equal, find, html, ok, test } from "/tests/harness.js";

const PAGE = `
  <section data-pair hidden>
    <input type="file" multiple data-pair-choose>
    <div data-pair-shown hidden>
      <label><input type="radio" name="pair-mode" value="wipe" checked></label>
      <label><input type="radio" name="pair-mode" value="side"></label>
      <div data-pair-stage></div>
    </div>
    <div data-pair-problem hidden><p data-pair-words></p></div>
    <template data-pair-player><reel-compare data-mode="wipe"><div class="compare-stage"></div>
      <div class="compare-bar" hidden><button data-do="play"></button>
      <input type="range" min="0" max="1" step="any" data-seek><output data-now></output>
      <label class="compare-wipe"><input type="range" min="0" max="100" value="50" data-wipe></label></div></reel-compare></template>
  </section>
  <div data-answer></div>`;
const IMAGE = Uint8Array.from(
  atob("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"),
  (each) => each.charCodeAt(0),
);

const file = (name, type, bytes = IMAGE) => new File([bytes], name, { type });

async function load() {
  html(PAGE);
  return import("/static/dam/js/verify-pair.js");
}

const until = async (ready) => {
  while (!ready()) await new Promise((resolve) => requestAnimationFrame(resolve));
};

test("two files are a pair, unless one is the other's credentials", async () => {
  const { isPair } = await load();
  const [film, other, beside] = [file("a.mp4", "video/mp4"), file("b.mp4", "video/mp4"), file("a.c2pa", "")];
  equal([isPair([film, other]), isPair([film, beside]), isPair([film]), isPair([film, other, film])], [true, false, false, false]);
});

test("two images lie over one another, from addresses of this browser alone", async () => {
  const { show } = await load();
  show([file("one.gif", "image/gif"), file("two.gif", "image/gif")]);
  equal([...document.querySelectorAll("figcaption")].map((each) => each.textContent), ["A · one.gif", "B · two.gif"]);
  ok([...document.querySelectorAll("img")].every((each) => each.src.startsWith("blob:")));
  ok(!find("[data-pair-shown]").hidden && !find("[data-seek]"));
});

test("the line says where it is, and moves by its slider", async () => {
  const { show } = await load();
  show([file("one.gif", "image/gif"), file("two.gif", "image/gif")]);
  const wipe = find("[data-wipe]");
  ok(wipe.getAttribute("aria-valuetext").includes("50%"));
  wipe.value = 20;
  wipe.dispatchEvent(new Event("input", { bubbles: true }));
  ok(wipe.getAttribute("aria-valuetext").includes("20%"));
  equal(find("reel-compare").style.getPropertyValue("--compare-wipe"), "20%");
});

test("side by side there is no line", async () => {
  const { show } = await load();
  show([file("one.gif", "image/gif"), file("two.gif", "image/gif")]);
  const side = find("[value=side]");
  side.checked = true;
  side.dispatchEvent(new Event("change", { bubbles: true }));
  equal([find("reel-compare").dataset.mode, find(".compare-wipe").hidden], ["side", true]);
});

test("what the browser can't show is named", async () => {
  const { show } = await load();
  show([file("one.gif", "image/gif"), file("two.mkv", "video/x-matroska", new Uint8Array(20))]);
  await until(() => !find("[data-pair-problem]").hidden);
  ok(find("[data-pair-words]").textContent.includes("B · two.mkv"));
});

test("what belongs together is shown together once that is known", async () => {
  const { show, align } = await load();
  show([file("one.mp4", "video/mp4"), file("two.mp4", "video/mp4")]);
  const found = document.createElement("div");
  Object.assign(found.dataset, { compared: "", offsetMs: "-2000", speed: "1.25" });
  find("[data-answer]").append(found);
  align();
  const { ratio, offset } = find("reel-compare").mapped;
  equal([ratio, offset], [0.8, -2]);
});

test("nothing is held of files that are no longer chosen", async () => {
  const { show } = await load();
  show([file("one.gif", "image/gif"), file("two.gif", "image/gif")]);
  show([]);
  ok(find("[data-pair-shown]").hidden && !find("reel-compare"));
});

test("files chosen again keep the letters that they were compared by", async () => {
  await load();
  find("[data-answer]").innerHTML = `<div data-compared><bdi data-name="b.gif"></bdi><bdi data-name="a.gif"></bdi></div>`;
  const choose = find("[data-pair-choose]");
  const files = new DataTransfer();
  for (const name of ["a.gif", "b.gif"]) files.items.add(file(name, "image/gif"));
  choose.files = files.files;
  choose.dispatchEvent(new Event("change", { bubbles: true }));
  equal([...document.querySelectorAll("figcaption")].map((each) => each.textContent), ["A · b.gif", "B · a.gif"]);
});

test("one file alone is no pair to look at", async () => {
  await load();
  const choose = find("[data-pair-choose]");
  const files = new DataTransfer();
  files.items.add(file("one.gif", "image/gif"));
  choose.files = files.files;
  choose.dispatchEvent(new Event("change", { bubbles: true }));
  ok(find("[data-pair-words]").textContent.includes("together"));
  ok(!find("[data-pair]").hidden);
});
