// What every page carries. Each module finds its own elements, also those that htmx brings later.
import "./changes.js";
import "./toast.js";
import "./menu.js";
import "./dialog.js";
import "./focus.js";
import "./returning.js";
import "./search.js";
import "./session.js";
import "./drafts.js";
import "./requests.js";
import "./submit.js";
import "./form-errors.js";
import "./passwords.js";
import "./tabs.js";
import "./scrub.js";
import "./player.js";
import "./palette.js";
