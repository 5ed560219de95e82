// What changed on the server, for every tab from one stream: browsers allow six connections to a server, and a
// stream of each tab's own would leave none for the seventh. The tab that holds the lock reads and tells the others;
// a hidden tab takes no part, and catches up when it is looked at again. Whoever has a version's room open is seen
// there by that same stream.

const AWAY_MS = 2000; // a tab that is hidden no longer than this stays
const SILENCE_MS = 45000; // the server says something every 15 seconds
const RETRY_MS = 1000;
const RETRY_MOST_MS = 60000;
const SOON_MS = 300;
const RECENT_MS = 5000; // as the server has it: what a page may have missed while it loaded

const until = (signal) =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener("abort", resolve, { once: true });
  });

// The names of a stream of server-sent events, which carry nothing else. `spoke` is called at all that comes.
export async function* names(body, wait = SILENCE_MS, spoke = () => {}) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const timer = setTimeout(() => reader.cancel().catch(() => {}), wait);
    const { done, value } = await reader.read().finally(() => clearTimeout(timer));
    if (done) return;
    spoke();
    const lines = (rest + value).split("\n");
    rest = lines.pop();
    for (const line of lines) if (line.startsWith("event: ")) yield line.slice(7).trim();
  }
}

// In the place of an EventSource: htmx listens to it.
export class Changes extends EventTarget {
  heard = new Set();
  recent = new Map(); // of the tab that reads: when each name last came
  began = performance.now();
  failures = 0;

  // `room` is the version whose room the page is, if it is one.
  constructor(address, room = document.body.dataset.room) {
    super();
    this.address = address;
    this.room = room;
    this.name = `changes ${document.body.dataset.person ?? ""} ${address}`;
    this.listening = new AbortController();
    const { signal } = this.listening;
    document.addEventListener("visibilitychange", () => this.look(), { signal });
    addEventListener("pagehide", () => this.leave(), { signal });
    addEventListener("pageshow", (event) => event.persisted && this.look(), { signal });
    this.look();
  }

  addEventListener(name, ...rest) {
    this.heard.add(name);
    super.addEventListener(name, ...rest);
  }

  look() {
    clearTimeout(this.leaving);
    if (document.visibilityState === "visible") this.join();
    else this.leaving = setTimeout(() => this.leave(), AWAY_MS);
  }

  join() {
    if (this.joined) return;
    this.joined = new AbortController();
    const { signal } = this.joined;
    this.channel = new BroadcastChannel(this.name);
    this.channel.onmessage = ({ data }) => this.hear(data);
    this.channel.postMessage({ hello: true });
    if (this.left) this.catchUpSoon();
    this.sit(signal);
    // Without https there are no locks; then each tab that is looked at has a stream.
    if (!navigator.locks) this.read(signal);
    else navigator.locks.request(this.name, { signal }, () => this.read(signal)).catch(() => {});
  }

  leave() {
    this.left = Boolean(this.joined) || this.left;
    this.joined?.abort();
    if (this.joined && this.room) this.channel.postMessage({ moved: true });
    this.channel?.close();
    this.joined = undefined;
  }

  close() {
    this.leave();
    this.listening.abort();
  }

  // A tab says which room it is by a lock that all such tabs share: the browser lets go of it however the tab ends.
  // The tab that reads asks for the seats of all rooms with its one stream.
  sit(signal) {
    if (!this.room || !navigator.locks) return;
    const seated = () => {
      if (!signal.aborted) this.tell({ moved: true });
      return until(signal);
    };
    navigator.locks.request(`${this.name}?room=${this.room}`, { mode: "shared", signal }, seated).catch(() => {});
  }

  async rooms() {
    if (!navigator.locks) return this.room ? [this.room] : [];
    const start = `${this.name}?room=`;
    const { held } = await navigator.locks.query();
    const rooms = held.filter(({ name }) => name.startsWith(start)).map(({ name }) => name.slice(start.length));
    return [...new Set(rooms)].sort();
  }

  // Once the locks of whoever came or went are settled: another stream where the rooms are no longer the same.
  lookRoundSoon() {
    clearTimeout(this.looking);
    if (this.turn) this.looking = setTimeout(() => this.lookRound(), SOON_MS);
  }

  async lookRound() {
    const { turn, asked } = this;
    if (turn && String(await this.rooms()) !== String(asked)) turn.abort();
  }

  async read(signal) {
    signal.addEventListener("abort", () => this.turn?.abort());
    let moved = false;
    while (!signal.aborted) {
      this.turn = new AbortController();
      try {
        this.asked = await this.rooms();
        if (signal.aborted) return;
        const query = this.asked.map((room) => `room=${room}`).join("&");
        const address = query ? `${this.address}?${query}` : this.address;
        const answer = await fetch(address, { signal: this.turn.signal, redirect: "manual", cache: "no-store" });
        // Signed out, or no longer a member: asking again changes nothing.
        if (answer.type === "opaqueredirect" || [401, 403, 404].includes(answer.status)) return this.tell({ over: true });
        if (answer.ok) {
          this.failures = 0;
          // What came in between, the server tells again.
          if (!moved) this.tell({ open: true });
          const spoke = () => this.asked.length && this.lookRoundSoon();
          for await (const name of names(answer.body, SILENCE_MS, spoke)) {
            this.recent.set(name, performance.now());
            this.tell({ name });
          }
        }
      } catch {
        // The connection was lost, or this tab leaves.
      }
      if (signal.aborted) return;
      moved = this.turn.signal.aborted;
      if (!moved) await Promise.race([until(signal), this.pause()]);
    }
  }

  pause() {
    const most = Math.min(RETRY_MOST_MS, RETRY_MS * 2 ** this.failures);
    this.failures += 1;
    return new Promise((resolve) => setTimeout(resolve, most * (0.5 + Math.random() / 2)));
  }

  tell(news) {
    this.channel.postMessage(news);
    this.hear(news);
  }

  hear({ name, open, over, hello, past, moved }) {
    if (moved) this.lookRoundSoon();
    if (hello) this.remind();
    if (past && performance.now() - this.began < RECENT_MS) for (const each of past) this.hear({ name: each });
    if (name) this.dispatchEvent(new MessageEvent(name, { data: "changed" }));
    // What happened before the stream began again was told to nobody; a page that is as new as the stream knows it.
    if (open && performance.now() - this.began > RETRY_MS) this.catchUpSoon();
    if (over) this.leave();
  }

  // A tab that has just loaded missed what came meanwhile. Only the tab that reads knows of any.
  remind() {
    const since = performance.now() - RECENT_MS;
    for (const [name, at] of this.recent) if (at < since) this.recent.delete(name);
    if (this.recent.size) this.channel.postMessage({ past: [...this.recent.keys()] });
  }

  catchUpSoon() {
    clearTimeout(this.catching);
    this.catching = setTimeout(() => {
      for (const name of this.heard) this.dispatchEvent(new MessageEvent(name, { data: "changed" }));
    }, SOON_MS);
  }
}

if (globalThis.htmx) htmx.createEventSource = (address) => new Changes(address);
