// Tabs whose panel htmx fetches: the tab that the panel names (data-tab) is the current one.

function follow() {
  const panel = document.querySelector("[data-tab]#panel");
  if (!panel) return;
  for (const tab of document.querySelectorAll(".tabs > a[data-tab]")) {
    if (tab.dataset.tab === panel.dataset.tab) tab.setAttribute("aria-current", "page");
    else tab.removeAttribute("aria-current");
  }
}

document.addEventListener("htmx:afterSwap", follow);
