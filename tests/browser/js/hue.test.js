import { equal, html, test } from "/tests/harness.js";

test("moving the slider shows the hue on the whole page", async () => {
  html('<input type="range" min="0" max="359" value="255" data-hue />');
  await import("/static/dam/js/hue.js");
  const slider = document.querySelector("[data-hue]");
  slider.value = "30";
  slider.dispatchEvent(new Event("input", { bubbles: true }));
  equal(document.documentElement.style.getPropertyValue("--hue"), "30");
  document.documentElement.style.removeProperty("--hue");
});
