// What happens when a request of the page's own fails: say so, and say what to do.
import { signedOut } from "./session.js";
import { toast } from "./toast.js";
import { _ } from "./words.js";

document.addEventListener("htmx:sendError", () => {
  // Whether it had arrived nobody knows here.
  toast(_("Can't reach the server. What you entered is kept. Try again in a moment."), "error");
});

document.addEventListener("htmx:responseError", (event) => {
  const { xhr, requestConfig } = event.detail;
  // The page follows what changes; that a thing is gone meanwhile is no news to whoever removed it.
  if (xhr.status === 404 && requestConfig?.triggeringEvent?.type?.startsWith("sse:")) return;
  const isBackground = /^(sse:|load|every|intersect|revealed)/.test(requestConfig?.triggeringEvent?.type ?? "");
  if (xhr.status === 401) {
    // What was typed stays where it is, so the page must not load again.
    if (!isBackground) signedOut();
    return;
  }
  // The answer brought the cookie of now, which session.js sends the next time.
  if (xhr.status === 403 && xhr.getResponseHeader?.("X-CSRFToken")) {
    toast(_("You signed in or out in another tab. Nothing was lost: send it again."), "error");
    return;
  }
  // What was refused has been told in the server's own words (toast.js).
  if (xhr.getResponseHeader?.("HX-Trigger")?.includes('"toast"')) return;
  const words = {
    403: _("Your role doesn't allow this."),
    404: _("This no longer exists. Reload the page."),
    409: _("Someone else just changed this. Reload the page and try again."),
    413: _("That's too large."),
    429: _("Too many requests. Wait a moment, then try again."),
    503: _("Reelproof is temporarily unavailable. What you entered is kept. Try again in a minute."),
  };
  toast(words[xhr.status] ?? _("Something went wrong on our side. What you entered is kept. Try again in a moment."), "error");
});

// A change elsewhere must not sweep away what somebody is writing in the fragment; it shows on the next load.
function isBeingWritten(target) {
  return [...target.querySelectorAll("textarea, input:not([type=hidden], [type=checkbox], [type=radio])")].some(
    (field) => !field.closest("[hx-preserve]") && field.type !== "range" && field.value !== field.defaultValue,
  );
}

const isLive = ({ triggeringEvent }) => triggeringEvent?.type?.startsWith("sse:") ?? false;

// A form that is on its way must still be there when its own answer comes: that clears it, or shows what is wrong.
const isBeingSent = (target) => target.querySelector("form.htmx-request") !== null;

function fetchLater({ elt, triggeringEvent }) {
  const again = () => elt.isConnected && htmx.trigger(elt, triggeringEvent.type);
  document.addEventListener("htmx:afterRequest", again, { once: true });
}

// Whether what a change elsewhere brings has to stay out of the page.
function mustWait(config, target) {
  if (!isLive(config)) return false;
  if (!isBeingSent(target)) return isBeingWritten(target);
  fetchLater(config);
  return true;
}

document.addEventListener("htmx:beforeRequest", (event) => {
  if (mustWait(event.detail.requestConfig, event.detail.target)) event.preventDefault();
});

document.addEventListener("htmx:beforeSwap", (event) => {
  const { detail } = event;
  // A form that comes back with its errors (422) is an answer, not a failure.
  if (detail.xhr.status === 422) {
    detail.shouldSwap = true;
    detail.isError = false;
  }
  // Somebody may have begun to write since it was asked for.
  if (detail.shouldSwap && mustWait(detail.requestConfig ?? {}, detail.target)) detail.shouldSwap = false;
});

// A change that comes while its fragment is being fetched would wait on an element that the answer puts another in
// place of, and be lost with it. So the fragment is fetched again, once it is there, for all that came meanwhile.
const missed = new Map(); // the fragment's id: what is to be triggered on it

document.addEventListener("htmx:confirm", (event) => {
  const { elt, triggeringEvent } = event.detail;
  if (!isLive({ triggeringEvent }) || !elt.id || !elt.classList.contains("htmx-request")) return;
  event.preventDefault();
  missed.set(elt.id, triggeringEvent.type);
});

function fetchMissed(elt) {
  const type = missed.get(elt?.id);
  if (!type || !elt.isConnected) return;
  missed.delete(elt.id);
  htmx.trigger(elt, type);
}

// The fragment that came in its place, or itself where it stayed.
document.addEventListener("htmx:load", (event) => fetchMissed(event.detail.elt));
document.addEventListener("htmx:afterRequest", (event) => fetchMissed(event.detail.elt));
