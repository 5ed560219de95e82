import { equal, find, html, test } from "/tests/harness.js";

// The script binds the form that it finds, so each test has a page of its own.
async function page(sliders = '<input type="range" name="x" value="50"><input type="range" name="y" value="50">') {
  html(`<form data-focus-point><p data-focus-hint hidden></p><div data-focus-picture style="inline-size: 200px">
      <img alt="" style="display: block; inline-size: 200px; block-size: 100px"><span data-focus-mark hidden></span></div>
    ${sliders}<output data-focus-told="x"></output>
    <img alt="" data-focus-crop data-x-part="0.5" data-y-part="1" data-place="50% 50%"></form>`);
  await import("/static/dam/js/focus-point.js");
}
const crop = () => find("[data-focus-crop]").style.objectPosition;

test("crops are shown around the point, and follow a slider", async () => {
  await page();
  equal([crop(), find("[data-focus-mark]").hidden, find("[data-focus-hint]").hidden], ["50% 50%", false, false]);
  find("[name=x]").value = 100;
  find("[name=x]").dispatchEvent(new Event("input", { bubbles: true }));
  equal([crop(), find("[data-focus-mark]").style.left, find("output").textContent], ["100% 50%", "100%", "100"]);
});

test("a click on the picture moves the sliders", async () => {
  await page();
  const box = find("[data-focus-picture] img").getBoundingClientRect();
  const place = { clientX: box.left + 50, clientY: box.top + 75 };
  find("[data-focus-picture] img").dispatchEvent(new MouseEvent("click", { bubbles: true, ...place }));
  equal([find("[name=x]").value, find("[name=y]").value, crop()], ["25", "75", "0% 50%"]);
});

test("who may not edit sees the crops where they are", async () => {
  await page("");
  equal([crop(), find("[data-focus-mark]").hidden], ["50% 50%", true]);
});
