// The rectangle that is made again (generate/_region.html): four percentages, shown on the chosen picture and drawn
// there. The page's form is swapped, so whatever is asked here is looked up each time.
const names = ["left", "top", "width", "height"];
const clamp = (value, least, most) => Math.min(Math.max(value, least), most);
const editor = () => document.querySelector("[data-region]");
const field = (name) => editor().querySelector(`[name=${name}]`);
const read = (name) => Number(field(name).value) || 0;

// The part of the picture that the model sees: it fills the size that is chosen.
function shape() {
  const size = document.querySelector("#brief [name=size]:checked, #brief input[type=hidden][name=size]")?.value;
  return size ? size.replace("x", " / ") : "16 / 9";
}

function show() {
  const region = editor();
  if (!region) return;
  const poster = document.querySelector("#brief [name=source_source]:checked")?.dataset.poster;
  const picture = region.querySelector("[data-region-picture]");
  picture.hidden = region.querySelector("[data-region-hint]").hidden = !poster;
  if (!poster) return;
  const image = picture.querySelector("img");
  if (image.getAttribute("src") !== poster) image.src = poster;
  picture.style.aspectRatio = shape();
  const box = region.querySelector("[data-region-box]").style;
  [box.left, box.top, box.width, box.height] = names.map((name) => `${read(name)}%`);
}

let from = null; // where drawing began, in percent

function place(event) {
  const box = editor().querySelector("[data-region-picture]").getBoundingClientRect();
  const share = (at, start, whole) => clamp(((at - start) / whole) * 100, 0, 100);
  return [share(event.clientX, box.left, box.width), share(event.clientY, box.top, box.height)];
}

function draw(event) {
  const to = place(event);
  if (Math.hypot(to[0] - from[0], to[1] - from[1]) < 1) return; // a click draws nothing
  for (const [axis, [first, wide]] of [["left", "width"], ["top", "height"]].entries()) {
    const start = clamp(Math.round(Math.min(from[axis], to[axis])), 0, 99);
    field(first).value = start;
    field(wide).value = clamp(Math.round(Math.abs(to[axis] - from[axis])), 1, 100 - start);
  }
  show();
}

document.addEventListener("pointerdown", (event) => {
  const picture = event.target.closest?.("[data-region-picture]");
  if (!picture || event.button) return;
  event.preventDefault();
  picture.setPointerCapture?.(event.pointerId);
  from = place(event);
});
document.addEventListener("pointermove", (event) => {
  if (from) draw(event);
});
for (const end of ["pointerup", "pointercancel"]) {
  document.addEventListener(end, () => {
    from = null;
  });
}
document.addEventListener("input", (event) => {
  if (event.target.closest?.("#brief")) show();
});
document.addEventListener("change", show);
document.addEventListener("htmx:load", show);
show();
