// The accent colour's slider: the page shows the hue while it moves. Saved with the form.
addEventListener("input", (event) => {
  if (event.target.matches?.("[data-hue]")) {
    document.documentElement.style.setProperty("--hue", event.target.value);
  }
});
