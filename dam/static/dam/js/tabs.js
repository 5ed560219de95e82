// Tabs whose panel htmx fetches: the tab that the panel names (data-tab) is the current one. Where a phone is too narrow
// for all of them, the current one is in view.

function show() {
  for (const tab of document.querySelectorAll(".tabs > [aria-current]")) {
    const row = tab.parentElement;
    const { left, width } = row.getBoundingClientRect();
    const middle = tab.getBoundingClientRect().left + tab.offsetWidth / 2;
    row.scrollLeft += middle - (left + width / 2);
  }
}

function follow() {
  const panel = document.querySelector("[data-tab]#panel");
  if (!panel) return;
  for (const tab of document.querySelectorAll(".tabs > a[data-tab]")) {
    if (tab.dataset.tab === panel.dataset.tab) tab.setAttribute("aria-current", "page");
    else tab.removeAttribute("aria-current");
  }
  show();
}

document.addEventListener("htmx:afterSwap", follow);
show();
