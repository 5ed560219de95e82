// What people are told when an upload doesn't go on, whichever road its bytes take.
import { _ } from "../words.js";

export const SIGNED_OUT = _("You're signed out. The part already uploaded is kept. Sign in in another tab, then try again.");

// The server's own words for why it does not want a file; `code` is for programs.
export class Refused extends Error {
  constructor(message, code) {
    super(message);
    this.code = code;
  }
}

// Worth another try: what has arrived is kept.
export class Lost extends Error {
  constructor(message = _("Connection lost. The part already uploaded is kept. Try again to continue.")) {
    super(message);
  }
}

// The server, or what it needs, is away for a moment. A full disk has words of its own.
export const isAway = (status) => status >= 502 && status !== 507;

// No room, or too much under way: that ends, and the server's own words say how.
export const isFull = (status) => status === 429 || status === 507;

// Somebody signed in in another tab since the request was made: the next one carries the token of now.
export const isStale = (status, fresh) => status === 403 && Boolean(fresh);

export function refusal(status, text) {
  try {
    const { detail, code } = JSON.parse(text);
    return new Refused(detail, code);
  } catch {
    return new Refused(_("The upload failed (error {status}). Reload the page and try again.", { status }), "unknown");
  }
}

// A browser says of a file that it can't read any more only that the connection broke.
export async function requireReadable(file) {
  try {
    await file.slice(0, 1).arrayBuffer();
  } catch {
    throw new Refused(_("The file can't be read: it was moved, changed or deleted. Add it again."), "unreadable");
  }
}
