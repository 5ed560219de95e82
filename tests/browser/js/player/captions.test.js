import { Captions } from "/static/dam/js/player/captions.js";
import { equal, find, html, test } from "/tests/harness.js";

// A player with captions in these languages, whose words a test says.
function player(...languages) {
  const tracks = languages.map((each) => `<track srclang="${each}">`).join("");
  const options = languages.map((each) => `<option>${each}</option>`).join("");
  const element = html(`<reel-player><video>${tracks}</video><div class="player-captions"></div>
    <button data-do="captions"></button>${languages.length > 1 ? `<select data-captions>${options}</select>` : ""}</reel-player>`);
  const player = find("reel-player") ?? element;
  for (const track of player.querySelectorAll("track")) {
    const said = Object.assign(new EventTarget(), { mode: "disabled", activeCues: [] });
    Object.defineProperty(track, "track", { value: said });
  }
  const captions = new Captions(player);
  captions.listen(new AbortController().signal);
  return captions;
}

function say(captions, at, ...words) {
  const { track } = captions.tracks[at];
  track.activeCues = words.map((text) => ({ text }));
  track.dispatchEvent(new Event("cuechange"));
}

const read = () => [...document.querySelectorAll(".player-captions p")].map((each) => each.textContent);
const pressed = () => find('[data-do="captions"]').getAttribute("aria-pressed");

test("captions are off until somebody turns them on", () => {
  const captions = player("en");
  say(captions, 0, "Hello");
  equal([read(), pressed()], [[], "false"]);
  captions.toggle();
  equal([read(), pressed(), captions.tracks[0].track.mode], [["Hello"], "true", "hidden"]);
  captions.toggle();
  equal([read(), pressed(), captions.tracks[0].track.mode], [[], "false", "disabled"]);
});

test("each is shown as long as it is said, several one below another", () => {
  const captions = player("en");
  captions.toggle();
  say(captions, 0, "Hello", "(music)");
  equal(read(), ["Hello", "(music)"]);
  say(captions, 0);
  equal(read(), []);
});

test("words are words and no markup", () => {
  const captions = player("en");
  captions.toggle();
  say(captions, 0, "<img src=x>");
  equal(read(), ["<img src=x>"]);
});

test("of several languages the chosen one is shown and remembered", () => {
  const captions = player("en", "de");
  captions.menu.selectedIndex = 1;
  captions.menu.dispatchEvent(new Event("change"));
  say(captions, 0, "Hello");
  say(captions, 1, "Hallo");
  equal(read(), ["Hallo"]);
  equal(find(".player-captions p").lang, "de");
  const next = player("en", "fr", "de");
  equal([next.menu.selectedIndex, pressed(), next.shown.srclang], [2, "true", "de"]);
});

test("a language from elsewhere stands for one that isn't there", () => {
  const first = player("pt-BR", "en");
  first.toggle();
  equal(player("en", "pt-PT").shown.srclang, "pt-PT");
  equal(player("en", "fr").shown.srclang, "en");
});

test("a longer tag that only begins alike is another language", () => {
  player("fi", "en").toggle();
  equal(player("en", "fil").shown.srclang, "en");
});

test("turned off they stay off in the next player", () => {
  const captions = player("en");
  captions.toggle();
  captions.toggle();
  equal([player("en").shown, pressed()], [null, "false"]);
});

test("a clip without captions takes the key and does nothing", () => {
  html("<reel-player><video></video></reel-player>");
  const captions = new Captions(find("reel-player"));
  captions.listen(new AbortController().signal);
  captions.toggle();
  equal(captions.shown, null);
});
