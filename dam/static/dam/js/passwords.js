// A password can be looked at while it is typed. It is hidden again before it is sent: a browser remembers what
// stands in a field of plain text.

function show(button, shown) {
  const input = document.getElementById(button.getAttribute("aria-controls"));
  if (!input) return;
  input.spellcheck = false; // nor sent to a service that checks spelling
  input.autocapitalize = "off";
  input.type = shown ? "text" : "password";
  button.setAttribute("aria-pressed", String(shown));
}

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-show-password]");
  if (button) show(button, button.getAttribute("aria-pressed") !== "true");
});

document.addEventListener(
  "submit",
  (event) => {
    for (const button of event.target.querySelectorAll("[data-show-password]")) show(button, false);
  },
  true,
);

// A secret that is shown once is copied whole.
document.addEventListener("focusin", (event) => event.target.matches?.("[data-select-all]") && event.target.select());
