// Options that depend on another field are offered where it has what they go with; the server holds to it all the
// same. Escape leaves the form, Ctrl or ⌘ with Enter sends it from any of its fields.
import { isComposing } from "./keys.js";

const PREFIX = "own-";
const named = (form, key) => [...form.elements].filter((each) => each.name === PREFIX + key);

function chosen(form, key) {
  const [first] = named(form, key);
  if (first?.tagName === "SELECT") return [first.value];
  return named(form, key).flatMap((each) => (each.checked ? [each.value] : []));
}

function fit(form) {
  for (const each of form.querySelectorAll("[data-only-with]")) {
    const input = each.closest("[data-depends-on]") ?? each;
    const above = chosen(form, input.dataset.dependsOn ?? "");
    const fits = each.dataset.onlyWith.split(" ").some((key) => above.includes(key));
    const taken = each.selected || each.checked; // what is chosen stays in sight: whoever sees it can change it
    const place = each.tagName === "OPTION" ? each : (each.closest("label")?.parentElement ?? each);
    place.hidden = !fits && !taken;
    each.disabled = !fits && !taken;
  }
}

const form = (node) => node?.closest?.("form[data-own-fields]");
const all = () => document.querySelectorAll("form[data-own-fields]");

document.addEventListener("change", (event) => {
  // One that depends on what was changed may decide on others in its turn.
  if (form(event.target)) fit(form(event.target));
});
document.addEventListener("htmx:afterSettle", () => all().forEach(fit));
document.addEventListener("keydown", (event) => {
  const here = form(event.target);
  if (!here || isComposing(event)) return;
  if (event.key === "Escape") here.querySelector("[data-cancel]")?.click();
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) here.requestSubmit();
});
all().forEach(fit);
