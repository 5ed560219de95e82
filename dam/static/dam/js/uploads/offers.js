// What can be done with a file that the library has already: opened, added as a version, put into a collection, restored.
// All but a version of the clip shown happens in another tab: this one has files on their way.
import { token } from "../session.js";

function show(element, attribute, address) {
  element.hidden = !address;
  if (address) element.setAttribute(attribute, address);
}

// `found` is what the server said (docs/uploads.md, step 0), `target` the clip that the file was meant for.
export function offer(row, { place, asset, latest, url, may = {} }, target = "") {
  const box = row.querySelector("[data-offers]");
  const part = (name) => box.querySelector(`[data-offer-${name}]`);
  const isHere = Boolean(target) && asset === target;
  show(part("open"), "href", place === "trash" || isHere ? "" : url);
  const version = part("version");
  show(version, version.localName === "form" ? "action" : "href", isHere && latest ? "" : may.version);
  show(part("collect"), "action", may.collect);
  part("collect").elements.asset.value = asset ?? "";
  show(part("restore"), "action", may.restore);
  for (const form of box.querySelectorAll("form")) {
    form.addEventListener("submit", () => {
      form.elements.csrfmiddlewaretoken.value = token(); // of now
      form.hidden = true; // once
    });
  }
  box.hidden = [...box.children].every((child) => child.hidden);
}
