// In the place of the password with which a decision or a withdrawal is signed: what the authenticator signs is one
// challenge, for this content.
import { ask } from "./passkeys.js";

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-approve-by-passkey]");
  if (!button) return;
  const answer = await ask(button);
  if (answer === null) return;
  button.form.elements.passkey.value = answer;
  button.form.requestSubmit();
});
