import { equal, find, html, press, test } from "/tests/harness.js";

const asked = [];
let names = ["Ada Lovelace", "Zoë Adams"];
let groups;
globalThis.fetch = async (address) => {
  asked.push(address);
  return { ok: true, json: async () => ({ names, groups }) };
};

async function load() {
  html(`<div data-names="/people/"><textarea></textarea></div><textarea id="other"></textarea>`);
  await import("/static/dam/js/mentions.js");
  return find("textarea");
}

async function write(box, text) {
  box.focus();
  box.value = text;
  box.setSelectionRange(text.length, text.length);
  box.dispatchEvent(new Event("input", { bubbles: true }));
  await new Promise((done) => setTimeout(done, 200));
}

const offered = () => [...document.querySelectorAll('[role="option"]')].map((each) => each.textContent);
const chosen = () => find('[aria-selected="true"]')?.textContent ?? null;

test("after an @ people are offered, and Enter takes the chosen one", async () => {
  const box = await load();
  await write(box, "Look, @ad");
  equal([asked, offered(), chosen()], [["/people/?q=ad"], names, "Ada Lovelace"]);
  press("ArrowDown", { target: box });
  equal(chosen(), "Zoë Adams");
  equal(press("Enter", { target: box }), true);
  equal([box.value, offered()], ["Look, @Zoë Adams ", []]);
});

test("Escape closes the list and keeps what was typed", async () => {
  const box = await load();
  await write(box, "@ad");
  press("Escape", { target: box });
  equal([box.value, offered()], ["@ad", []]);
});

test("an address is no name, and another field offers nobody", async () => {
  const box = await load();
  await write(box, "me@ad");
  await write(find("#other"), "@ad");
  equal([asked, offered()], [[], []]);
});

test("where nobody is called so the list is gone, and Enter is a new line again", async () => {
  const box = await load();
  names = [];
  await write(box, "@xyz");
  equal([offered(), press("Enter", { target: box })], [[], false]);
});

test("groups are offered after people, and say that they are one", async () => {
  const box = await load();
  names = ["Ada Lovelace"];
  groups = ["Advice FR"];
  await write(box, "@ad");
  equal(offered(), ["Ada Lovelace", "Advice FR Group"]);
  press("ArrowDown", { target: box });
  press("Tab", { target: box });
  equal(box.value, "@Advice FR ");
  names = [];
  await write(box, "@ad");
  equal(offered(), ["Advice FR Group"]);
});
