// Who is signed in, which another tab may have changed: forms are sent with the token of now, never in the name of
// another person than the page shows; and when the session has ended the page says so and stays as it is.
import { toast } from "./toast.js";
import { _ } from "./words.js";

const person = () => document.body.dataset.person ?? "";
const news = new BroadcastChannel("session");

// Django's token changes when somebody signs in; the cookie has the one of now.
export function token() {
  const cookie = /(?:^|; )(?:__Host-)?csrftoken=([^;]+)/.exec(document.cookie)?.[1];
  return cookie ?? JSON.parse(document.body.getAttribute("hx-headers") ?? "{}")["X-CSRFToken"] ?? "";
}

function remembered() {
  try {
    return localStorage.getItem("person");
  } catch {
    return null; // a private window may keep nothing
  }
}

function remember() {
  try {
    if (person()) localStorage.setItem("person", person());
  } catch {
    // Then nothing can be compared.
  }
}

// Whether somebody else has signed in since the page was loaded. What is sent would be theirs.
export function isOfSomebodyElse() {
  const now = remembered();
  return Boolean(person()) && now !== null && now !== person();
}

function isSomebodyElse() {
  if (!isOfSomebodyElse()) return false;
  toast(_("You're signed in as someone else in another tab. Reload the page to continue as them."), "error");
  return true;
}

export function signedOut() {
  if (document.querySelector("[data-signed-out]")) return;
  const login = document.body.dataset.login ?? "/accounts/login/";
  const link = document.createElement("a");
  link.href = `${login}?next=${encodeURIComponent(location.pathname + location.search)}`;
  link.textContent = _("Sign in");
  const made = toast(_("You're signed out. Sign in to continue; what you typed is kept."), "error");
  made.dataset.signedOut = "";
  made.querySelector("p").append(" ", link);
}

const isLogin = (address) =>
  Boolean(address) && new URL(address, location.href).pathname === (document.body.dataset.login ?? "/accounts/login/");

// A form that came back without anybody signed in is sent by nobody but the person who had written it.
if (!person() && document.querySelector("[data-kept]")) document.body.dataset.person = remembered() ?? "";

remember();
addEventListener("pageshow", (event) => event.persisted && remember());
news.onmessage = ({ data }) => data === "signed out" && person() && signedOut();

document.addEventListener("htmx:configRequest", (event) => {
  const { headers, verb } = event.detail;
  if (verb !== "get" && isSomebodyElse()) event.preventDefault();
  else headers["X-CSRFToken"] = token();
});

document.addEventListener(
  "submit",
  (event) => {
    const form = event.target;
    if (form.method !== "post") return;
    if (form.action.endsWith("/logout/")) {
      document.dispatchEvent(new Event("signed-out"));
      news.postMessage("signed out");
    } else if (isSomebodyElse()) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    const field = form.elements.csrfmiddlewaretoken;
    if (field) field.value = token();
  },
  { capture: true },
);

// The sign-in page is no piece of this one. (Where the server says 401, requests.js does this.)
document.addEventListener("htmx:beforeOnLoad", (event) => {
  if (!isLogin(event.detail.xhr.responseURL)) return;
  event.preventDefault();
  signedOut();
});
