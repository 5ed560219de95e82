// What the tests of the scripts are written with. Each test runs in a page of its own (test_scripts.py).

const tests = new Map();
const troubles = [];

addEventListener("error", (event) => troubles.push(event.error?.stack ?? event.message));
addEventListener("unhandledrejection", (event) => troubles.push(`Unhandled: ${event.reason?.stack ?? event.reason}`));

export function test(name, act) {
  if (tests.has(name)) throw new Error(`Two tests are named "${name}".`);
  tests.set(name, act);
}

// Returns what failed, in words; null when nothing did.
export async function run(name) {
  localStorage.clear();
  sessionStorage.clear();
  document.cookie = "csrftoken=; max-age=0";
  try {
    await tests.get(name)();
    await settled();
  } catch (error) {
    return error.stack;
  }
  return troubles.length ? troubles.join("\n") : null;
}

export function ok(value, words = "true was expected") {
  if (!value) throw new Error(`${words}, and it was ${show(value)}`);
}

export function equal(actual, expected) {
  if (!same(actual, expected)) throw new Error(`expected ${show(expected)}, got ${show(actual)}`);
}

export function close(actual, expected, tolerance = 1e-6) {
  if (!(Math.abs(actual - expected) <= tolerance)) throw new Error(`expected about ${expected}, got ${actual}`);
}

// The error that a promise is rejected with.
export async function rejected(promise) {
  const value = await promise.then(
    (result) => ({ result }),
    (error) => ({ error }),
  );
  if (!("error" in value)) throw new Error(`an error was expected, and it came to ${show(value.result)}`);
  return value.error;
}

function same(one, other) {
  if (Object.is(one, other)) return true;
  if (typeof one !== "object" || typeof other !== "object" || !one || !other) return false;
  if (Array.isArray(one) !== Array.isArray(other)) return false;
  const keys = Object.keys(one);
  return keys.length === Object.keys(other).length && keys.every((key) => key in other && same(one[key], other[key]));
}

function show(value) {
  return value instanceof Node ? (value.outerHTML ?? value.textContent) : (JSON.stringify(value) ?? String(value));
}

// The page's content; returns its first element.
export function html(markup) {
  document.body.innerHTML = markup;
  return document.body.firstElementChild;
}

export const find = (selector) => document.querySelector(selector);

// A key press on `target`; whether the page took it (preventDefault).
export function press(key, { target = document.body, ...options } = {}) {
  const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...options });
  return !target.dispatchEvent(event);
}

// An event with a detail, as htmx sends them; whether the page refused it (preventDefault).
export function send(name, detail, target = document.body) {
  return !target.dispatchEvent(new CustomEvent(name, { bubbles: true, cancelable: true, detail }));
}

export function pointer(name, target, options = {}) {
  target.dispatchEvent(new PointerEvent(name, { bubbles: true, cancelable: true, ...options }));
}

export function click(target, options = {}) {
  target.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true, ...options }));
}

// Everything that is due now has been done: promises, and events that the browser sends by itself.
export const settled = () => new Promise((resolve) => realTimeout(resolve, 0));

const realTimeout = setTimeout;

// Time that only passes when told to: `const time = stopTime(); await time.pass(500)`.
export function stopTime() {
  let now = 0;
  let last = 0;
  const due = new Map();
  globalThis.setTimeout = (act, after = 0) => {
    due.set(++last, { act, at: now + after });
    return last;
  };
  globalThis.clearTimeout = (id) => due.delete(id);
  return {
    async pass(milliseconds) {
      now += milliseconds;
      for (const [id, { act, at }] of [...due].sort((one, other) => one[1].at - other[1].at)) {
        if (at > now || !due.delete(id)) continue;
        act();
        await settled();
      }
    },
    get waiting() {
      return [...due.values()].map(({ at }) => at - now);
    },
  };
}
