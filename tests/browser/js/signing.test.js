import { click, equal, find, html, settled, test } from "/tests/harness.js";

const asked = [];
globalThis.PublicKeyCredential = class {};
globalThis.fetch = async (address, { method }) => {
  asked.push([address, method]);
  return { ok: true, json: async () => ({ request_options: { publicKey: { challenge: "AAAA" } } }) };
};
const signed = {
  id: "x",
  rawId: new Uint8Array([1]).buffer,
  type: "public-key",
  getClientExtensionResults: () => ({}),
  response: { authenticatorData: new ArrayBuffer(0), signature: new ArrayBuffer(0), clientDataJSON: new ArrayBuffer(0) },
};

async function load() {
  html(`<form><textarea name="reason">Ended</textarea><input type="hidden" name="passkey">
    <button type="button" data-approve-by-passkey data-passkey="get" data-options-url="/passkey/?kind=reject" data-options-method="POST">Sign</button></form>
    <div id="toasts"></div><template id="toast-template"><div class="toast"><p></p></div></template>`);
  await import("/static/dam/js/signing.js");
  let sent = 0;
  find("form").addEventListener("submit", (event) => {
    event.preventDefault();
    sent += 1;
  });
  return () => sent;
}

test("what the authenticator signed is sent with the form, in the place of a password", async () => {
  const sent = await load();
  navigator.credentials.get = async () => signed;
  click(find("button"));
  await settled();
  await settled();
  equal([asked, sent(), JSON.parse(find("[name=passkey]").value).id], [[["/passkey/?kind=reject", "POST"]], 1, "x"]);
});

test("who cancels has sent nothing", async () => {
  const sent = await load();
  navigator.credentials.get = async () => {
    throw new DOMException("no", "AbortError");
  };
  click(find("button"));
  await settled();
  await settled();
  equal([sent(), find("[name=passkey]").value], [0, ""]);
});
