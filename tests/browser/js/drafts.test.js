import { equal, find, html, send, test } from "/tests/harness.js";

const FORM = `<form method="post" hx-post="/comments/"><input type="hidden" data-frame-field value="34">
  <textarea name="body"></textarea><input name="due"><input type="checkbox" name="use" value="web">
  <input type="password" name="password"></form>`;
const TOASTS = '<div id="toasts"></div><template id="toast-template"><div data-toast><p></p></div></template>';

async function load({ person = "7", guest, form = FORM, keep = false } = {}) {
  if (!keep) sessionStorage.clear();
  html(TOASTS + form);
  for (const [name, value] of Object.entries({ person: guest ? undefined : person, guest })) {
    if (value === undefined) delete document.body.dataset[name];
    else document.body.dataset[name] = value;
  }
  return import(`/static/dam/js/drafts.js?${Math.random()}`);
}

function type(name, value) {
  const field = find(`[name="${name}"]`);
  if (field.type === "checkbox") field.checked = value;
  else field.value = value;
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

const again = (more) => load({ ...more, keep: true });
const body = () => find("textarea").value;

test("what was typed and chosen is back when the page comes again, and that is said", async () => {
  await load();
  type("body", "The logo leaves");
  type("use", true);
  await again();
  equal([body(), find("[name=use]").checked, find("#toasts p").textContent], ["The logo leaves", true, "What you had typed is back."]);
});

test("a comment that is back has the frame it was written at", async () => {
  await load();
  type("body", "The logo leaves");
  await again({ form: FORM.replace('"34"', '"0"') });
  equal(find("[data-frame-field]").dataset.kept, "34");
});

test("a comment on a range that is back has that range", async () => {
  const ranged = FORM.replace("<textarea", '<input type="hidden" data-end-field value="71"><textarea');
  await load({ form: ranged });
  type("body", "The logo leaves");
  await again({ form: ranged.replace('"71"', '""') });
  equal(find("[data-end-field]").dataset.kept, "71");
});

test("a comment that is back a second time still has its frame and its range", async () => {
  const ranged = FORM.replace("<textarea", '<input type="hidden" data-end-field value="71"><textarea');
  await load({ form: ranged });
  type("body", "The logo leaves");
  const fresh = ranged.replace('"34"', '""').replace('"71"', '""');
  await again({ form: fresh });
  await again({ form: fresh });
  equal([find("[data-frame-field]").dataset.kept, find("[data-end-field]").dataset.kept], ["34", "71"]);
});

test("it is back as well in a form that htmx brings later", async () => {
  await load();
  type("body", "The logo leaves");
  await again({ form: "<section></section>" });
  find("section").innerHTML = FORM;
  send("htmx:load", { elt: find("section") });
  equal(body(), "The logo leaves");
});

test("what was chosen for one search is not put into the form of another", async () => {
  const dialog = (search) => `<form method="post" action="/save/" data-draft="${search}"><input type="checkbox" name="shared"></form>`;
  await load({ form: dialog("?q=lime") });
  type("shared", true);
  await again({ form: dialog("?q=ice") });
  equal(find("[name=shared]").checked, false);
  await again({ form: dialog("?q=lime") });
  equal(find("[name=shared]").checked, true);
});

test("a password is kept nowhere", async () => {
  await load();
  type("password", "secret");
  equal(sessionStorage.length, 0);
});

test("a password is kept nowhere while it is shown", async () => {
  await load();
  document.querySelector("[name=password]").type = "text";
  type("password", "secret");
  equal(sessionStorage.length, 0);
});

test("a passphrase that is chosen for somebody is kept nowhere", async () => {
  await load({ form: FORM.replace('name="due"', 'name="passphrase"') });
  type("passphrase", "secret");
  equal(sessionStorage.length, 0);
  type("body", "The logo leaves");
  equal(Object.values({ ...sessionStorage }).join().includes("secret"), false);
});

test("what the server took is not kept, what it refused is", async () => {
  await load();
  for (const [status, left] of [[422, 1], [409, 1], [401, 1], [200, 0]]) {
    type("body", "The logo leaves");
    send("htmx:beforeOnLoad", { xhr: { status }, requestConfig: { elt: find("form") } });
    equal([status, sessionStorage.length], [status, left]);
  }
});

test("a form sent without htmx is kept until a page for the same person says that it was taken", async () => {
  const answer = (more) => {
    performance.getEntriesByType = () => [{ type: "navigate", responseStatus: 200, ...more }];
  };
  const sent = async (more, person) => {
    answer();
    await load();
    type("body", "The logo leaves");
    document.addEventListener("submit", (event) => event.preventDefault(), { once: true });
    send("submit", {}, find("form"));
    answer(more);
    await again({ person });
    answer();
    await again();
    return body();
  };
  equal(await sent(), "");
  for (const more of [{ responseStatus: 422 }, { type: "back_forward" }]) equal(await sent(more), "The logo leaves");
  equal(await sent({}, ""), "The logo leaves");
  delete performance.getEntriesByType;
});

test("a page that refused what was typed keeps it with what is typed on it", async () => {
  const answer = (responseStatus) => {
    performance.getEntriesByType = () => [{ type: "navigate", responseStatus }];
  };
  await load();
  type("body", "The logo leaves");
  type("use", true);
  answer(422);
  await again({ form: FORM.replace("></textarea>", ">The logo leaves</textarea>").replace('value="web"', 'value="web" checked') });
  type("due", "tom");
  type("due", "tomorrow");
  type("body", "The logo leaves t");
  type("body", "The logo leaves too");
  answer(200);
  await again();
  equal([body(), find("[name=due]").value, find("[name=use]").checked], ["The logo leaves too", "tomorrow", true]);
  delete performance.getEntriesByType;
});

test("what somebody else wrote meanwhile is not written over", async () => {
  await load();
  type("due", "tomorrow");
  await again({ form: FORM.replace('name="due"', 'name="due" value="today"') });
  equal(find("[name=due]").value, "today");
});

test("nothing is left after signing out", async () => {
  await load();
  type("body", "The logo leaves");
  document.dispatchEvent(new Event("signed-out"));
  equal(sessionStorage.length, 0);
});

test("nobody gets what another person typed", async () => {
  await load();
  type("body", "The logo leaves");
  await again({ person: "8" });
  equal([body(), sessionStorage.length], ["", 0]);
});

test("a guest without an account gets what they typed by the same link, and nobody does by another", async () => {
  await load({ guest: "link-a" });
  type("body", "The logo leaves");
  await again({ guest: "link-a" });
  equal(body(), "The logo leaves");
  await again({ guest: "link-b" });
  equal([body(), sessionStorage.length], ["", 0]);
  type("body", "Too dark");
  await again();
  equal([body(), sessionStorage.length], ["", 0]);
});

test("what is typed back to how it was is no draft", async () => {
  await load();
  type("body", "The logo");
  type("body", "");
  equal(sessionStorage.length, 0);
});

test("a dialog that was open with a draft in it is open again, and what it lay folded in is unfolded", async () => {
  const form = `<dialog>${FORM.replace('<input name="due">', '<details><summary>More</summary><input name="due"></details>')}</dialog>`;
  const leave = async ({ open }) => {
    await load({ form });
    if (open) find("dialog").showModal();
    type("due", "tomorrow");
    window.dispatchEvent(new Event("pagehide"));
    await again({ person: "", form: "" }); // the sign-in page lies between
    window.dispatchEvent(new Event("pagehide"));
    await again({ form });
    return find("dialog").open;
  };
  equal(await leave({ open: false }), false);
  equal(await leave({ open: true }), true);
  equal([find("[name=due]").value, find("details").open], ["tomorrow", true]);
  equal([document.activeElement, find("#toasts").parentElement], [find("textarea"), find("dialog")]);
});

test("a form that had come in the place of a piece of the page is fetched again", async () => {
  await load();
  type("body", "The logo leaves");
  window.dispatchEvent(new Event("pagehide"));
  html('<a href="#" hx-get="/comments/">Edit</a><a href="#" hx-get="/other/">Other</a>');
  const pressed = [];
  for (const link of document.querySelectorAll("a")) link.addEventListener("click", () => pressed.push(link.textContent));
  document.body.dataset.person = "7";
  await import(`/static/dam/js/drafts.js?${Math.random()}`);
  equal(pressed, ["Edit"]);
});

test("what is back in a piece that htmx brings is said as well, once", async () => {
  sessionStorage.setItem("draft 7 /comments/ ", '{"changed":{"body":["","The logo leaves"]}}');
  await again({ form: "<section></section>" });
  for (let time = 0; time < 2; time += 1) {
    find("section").innerHTML = FORM;
    send("htmx:load", { elt: find("section") });
  }
  equal([...document.querySelectorAll("#toasts p")].map((each) => each.textContent), ["What you had typed is back."]);
});

test("what was sent with the cursor still in it is no draft once it is taken out of the page", async () => {
  await load();
  find("textarea").focus();
  document.execCommand("insertText", false, "The logo leaves"); // as somebody types it
  send("htmx:beforeOnLoad", { xhr: { status: 200 }, requestConfig: { elt: find("form") } });
  find("form").remove(); // here Chromium fires "change"
  equal(sessionStorage.length, 0);
});
