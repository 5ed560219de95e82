// A box that ticks all boxes of a name in its form, and says whether all, some or none of them are.
const TICKS_ALL = "input[data-tick-all]";

const boxes = (all) => all.form.querySelectorAll(`input[type="checkbox"][name="${all.dataset.tickAll}"]`);

document.addEventListener("change", ({ target }) => {
  if (target.matches?.(TICKS_ALL)) for (const box of boxes(target)) box.checked = target.checked;
  else if (target.type === "checkbox") target.form?.querySelectorAll(TICKS_ALL).forEach(show);
});

function show(all) {
  const ticked = [...boxes(all)].filter((box) => box.checked).length;
  all.checked = ticked === boxes(all).length;
  all.indeterminate = ticked > 0 && !all.checked;
}
