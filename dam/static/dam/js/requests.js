// What happens when a request of the page's own fails: say so, and say what to do.
import { signedOut } from "./session.js";
import { toast } from "./toast.js";

document.addEventListener("htmx:sendError", () => {
  toast("Can't reach the server. Nothing was changed. Try again in a moment.", "error");
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
    toast("You signed in or out in another tab. Nothing was lost: send it again.", "error");
    return;
  }
  const words = {
    403: "Your role doesn't allow this.",
    404: "This no longer exists. Reload the page.",
    409: "Someone else just changed this. Reload the page and try again.",
    413: "That's too large.",
    503: "Reelproof is temporarily unavailable. Try again in a minute.",
  };
  toast(words[xhr.status] ?? "Something went wrong on our side. Nothing was changed. Try again.", "error");
});

// A form that comes back with its errors (422) is an answer, not a failure.
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.xhr.status === 422) {
    event.detail.shouldSwap = true;
    event.detail.isError = false;
  }
});

// A change elsewhere must not sweep away what somebody is writing in the fragment; it shows on the next load.
function isBeingWritten(target) {
  return [...target.querySelectorAll("textarea, input:not([type=hidden], [type=checkbox], [type=radio])")].some(
    (field) => !field.closest("[hx-preserve]") && field.type !== "range" && field.value !== field.defaultValue,
  );
}

document.addEventListener("htmx:beforeRequest", (event) => {
  const cause = event.detail.requestConfig.triggeringEvent?.type ?? "";
  if (cause.startsWith("sse:") && isBeingWritten(event.detail.target)) event.preventDefault();
});
