// A signed clip, chosen or dropped onto the brief, fills it in: the file is sent for a worker to read.
import { _ } from "./words.js";

const SELECTOR = "[data-brief-clip]";

// Sends what the input has, unless it is more than the server reads.
function send(input) {
  const [file] = input.files;
  const said = input.closest(".brief").querySelector("[data-brief-clip-said]");
  if (!file) return;
  if (file.size > Number(input.dataset.briefClip)) {
    input.value = "";
    said.textContent = _("This file is too large to be read here.");
    return;
  }
  const prompt = input.closest(".brief").querySelector("textarea[name=prompt]");
  if (prompt && prompt.value.trim() !== prompt.defaultValue.trim() && !confirm(_("Replace what you wrote?"))) {
    input.value = "";
    return;
  }
  said.textContent = _("Uploading “{file}”…", { file: file.name });
  input.form.requestSubmit();
}

document.addEventListener("change", (event) => event.target.matches?.(SELECTOR) && send(event.target));

// Before the page's own place for uploads hears of them.
for (const name of ["dragenter", "dragover", "dragleave", "drop"]) {
  addEventListener(
    name,
    (event) => {
      const brief = event.dataTransfer?.types.includes("Files") && event.target.closest?.(".brief");
      if (!brief) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      brief.toggleAttribute("data-aimed", name === "dragenter" || name === "dragover");
      if (name !== "drop") return;
      const { files } = event.dataTransfer;
      if (files.length > 1) {
        brief.querySelector("[data-brief-clip-said]").textContent = _("Drop one clip at a time.");
        return;
      }
      const input = brief.querySelector(SELECTOR);
      input.files = files;
      send(input);
    },
    true,
  );
}
