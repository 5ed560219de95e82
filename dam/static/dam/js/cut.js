// The page of a cut (generate/cut.html): a range that is marked in the player fills in where a piece begins and ends,
// and what stays of a cropped picture is dragged on it. Without script the fields say the same.
const clamp = (value) => Math.min(Math.max(value, 0), 100);
const field = (name, number) => document.getElementById(`${name}-${number}`);
const seconds = (frame, rate) => String(Number((frame / rate).toFixed(3)));

let known = { start: null, end: null }; // what was marked before: an edge that stays leaves its field alone

document.querySelector("[data-cut-player]")?.addEventListener("range", (event) => {
  const number = event.currentTarget.dataset.cutPlayer;
  const [over, under] = event.target.dataset.rate.split("/").map(Number);
  const { start, end, marked } = event.detail;
  const before = known;
  known = { start, end };
  if (!marked) return; // by the page, and not by the person
  if (start !== null && start !== before.start) field("in", number).value = seconds(start, over / under);
  // The frame that is marked is the last one.
  if (end !== null && end !== before.end) field("out", number).value = seconds(end + 1, over / under);
});

function show(picture) {
  const number = picture.dataset.cutFocus;
  const mark = picture.querySelector("[data-cut-mark]");
  if (!mark) return;
  mark.hidden = false;
  mark.style.left = `${clamp(Number(field("x", number).value) || 0)}%`;
  mark.style.top = `${clamp(Number(field("y", number).value) || 0)}%`;
}

function place(picture, event) {
  const box = picture.getBoundingClientRect();
  field("x", picture.dataset.cutFocus).value = Math.round(clamp(((event.clientX - box.left) / box.width) * 100));
  field("y", picture.dataset.cutFocus).value = Math.round(clamp(((event.clientY - box.top) / box.height) * 100));
  show(picture);
}

for (const picture of document.querySelectorAll("[data-cut-focus]")) {
  show(picture);
  picture.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    event.preventDefault();
    place(picture, event);
    const drag = (moved) => place(picture, moved);
    addEventListener("pointermove", drag);
    addEventListener("pointerup", () => removeEventListener("pointermove", drag), { once: true });
  });
  for (const axis of ["x", "y"]) field(axis, picture.dataset.cutFocus).addEventListener("input", () => show(picture));
}
