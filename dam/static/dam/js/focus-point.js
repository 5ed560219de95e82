// The point around which a clip is cropped (assets/focus.html): the sliders say where it is, a click on the picture
// moves them, and the crops show what stays.
const form = document.querySelector("[data-focus-point]");
const picture = form?.querySelector("[data-focus-picture]");
const mark = form?.querySelector("[data-focus-mark]");
const clamp = (value) => Math.min(Math.max(value, 0), 1);
const read = (name) => Number(form.elements[name]?.value ?? 50) / 100;

// Where CSS puts a picture of which a part is shown, so that the part lies around the point (presets.crop).
const placed = (focus, part) => (part >= 1 ? 50 : clamp((focus - part / 2) / (1 - part)) * 100);

function show() {
  const [x, y] = [read("x"), read("y")];
  Object.assign(mark.style, { left: `${x * 100}%`, top: `${y * 100}%` });
  for (const crop of form.querySelectorAll("[data-focus-crop]")) {
    const { xPart, yPart } = crop.dataset;
    crop.style.objectPosition = `${placed(x, Number(xPart))}% ${placed(y, Number(yPart))}%`;
  }
  for (const told of form.querySelectorAll("[data-focus-told]")) {
    told.textContent = form.elements[told.dataset.focusTold].value;
  }
}

function point(event) {
  const box = picture.querySelector("img").getBoundingClientRect();
  form.elements.x.value = Math.round(clamp((event.clientX - box.left) / box.width) * 100);
  form.elements.y.value = Math.round(clamp((event.clientY - box.top) / box.height) * 100);
  form.elements.x.dispatchEvent(new Event("input", { bubbles: true }));
}

if (form) {
  for (const crop of form.querySelectorAll("[data-focus-crop]")) crop.style.objectPosition = crop.dataset.place;
  if (form.elements.x) {
    mark.hidden = false;
    form.querySelector("[data-focus-hint]").hidden = false;
    picture.dataset.ready = "";
    picture.addEventListener("click", point);
    form.addEventListener("input", show);
    show();
  }
}
