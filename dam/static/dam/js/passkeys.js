// Passkeys: a form with data-passkey asks the browser's authenticator before it is sent. What it asks with stands
// in data-options, or comes from the address in data-options-url.
import { token } from "./session.js";
import { toast } from "./toast.js";
import { _ } from "./words.js";

const bytes = (text) =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));

const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");

const known = (list) => list?.map((each) => ({ ...each, id: bytes(each.id) }));

async function create({ publicKey }) {
  const made = await navigator.credentials.create({
    publicKey: {
      ...publicKey,
      challenge: bytes(publicKey.challenge),
      user: { ...publicKey.user, id: bytes(publicKey.user.id) },
      excludeCredentials: known(publicKey.excludeCredentials),
    },
  });
  return sent(made, {
    attestationObject: text(made.response.attestationObject),
    transports: made.response.getTransports?.() ?? [],
  });
}

async function get({ publicKey }) {
  const made = await navigator.credentials.get({
    publicKey: {
      ...publicKey,
      challenge: bytes(publicKey.challenge),
      allowCredentials: known(publicKey.allowCredentials),
    },
  });
  return sent(made, {
    authenticatorData: text(made.response.authenticatorData),
    signature: text(made.response.signature),
    userHandle: made.response.userHandle ? text(made.response.userHandle) : null,
  });
}

const sent = (made, response) => ({
  id: made.id,
  rawId: text(made.rawId),
  type: made.type,
  authenticatorAttachment: made.authenticatorAttachment ?? null,
  clientExtensionResults: made.getClientExtensionResults(),
  response: { ...response, clientDataJSON: text(made.response.clientDataJSON) },
});

async function options({ options: given, optionsUrl, optionsMethod }) {
  if (given) return JSON.parse(given);
  const answer = await fetch(optionsUrl, {
    method: optionsMethod ?? "GET",
    headers: { "X-Requested-With": "XMLHttpRequest", "X-CSRFToken": token(), Accept: "application/json" },
  });
  if (!answer.ok) throw new Error(`${answer.status}`);
  return (await answer.json()).request_options;
}

// What the authenticator answered, as the form sends it; null when it was cancelled or there is none.
export async function ask(element) {
  if (!window.PublicKeyCredential) {
    toast(_("This browser can't use passkeys here. They need HTTPS."), "error");
    return null;
  }
  try {
    const asked = await options(element.dataset);
    return JSON.stringify(await (element.dataset.passkey === "create" ? create(asked) : get(asked)));
  } catch (problem) {
    if (problem.name === "InvalidStateError") toast(_("This device has a passkey for your account already."), "error");
    else if (problem.name !== "AbortError") toast(_("The passkey wasn't used. Try again."), "error");
    return null;
  }
}

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.matches("form[data-passkey]") || form.elements.credential.value) return;
  event.preventDefault();
  const answer = await ask(form);
  if (answer === null) return;
  form.elements.credential.value = answer;
  form.requestSubmit();
});
