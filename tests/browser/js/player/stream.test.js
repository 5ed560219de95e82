import { play } from "/static/dam/js/player/stream.js";
import { equal, html, find, ok, test } from "/tests/harness.js";

const settled = () => new Promise((resolve) => setTimeout(resolve, 0));

// hls.js, as far as it is used; `supported` says whether this browser can.
function engine({ supported = true } = {}) {
  const did = [];
  class Hls {
    static Events = { ERROR: "error" };
    static isSupported = () => supported;
    on = (_, act) => (this.fail = (fatal) => act("error", { fatal }));
    loadSource = (address) => did.push(`load ${address}`);
    attachMedia = () => did.push("attach");
    destroy = () => did.push("destroy");
    constructor() {
      did.made = this;
    }
  }
  return { did, load: async () => Hls };
}

function begun(options = {}) {
  html('<video src="/proxy.mp4" preload="none"></video>');
  const video = find("video");
  const { did, load } = engine(options);
  const fell = [];
  const playing = play(video, "/stream", { otherwise: () => fell.push(video.getAttribute("src")), load });
  return { video, did, fell, playing };
}

test("a clip without a stream plays its file", () => {
  html('<video src="/proxy.mp4"></video>');
  equal(play(find("video"), undefined, { otherwise: () => ok(false) }), undefined);
  equal(find("video").getAttribute("src"), "/proxy.mp4");
});

test("a stream takes the place of the file", async () => {
  const { video, did, fell } = begun();
  await settled();
  equal([...did], ["load /stream", "attach"]);
  equal(video.getAttribute("src"), null);
  equal(video.preload, "auto");
  equal(fell, []);
});

test("an error that can be mended changes nothing, one that can't brings the file", async () => {
  const { video, did, fell } = begun();
  await settled();
  did.made.fail(false);
  equal(fell, []);
  did.made.fail(true);
  did.made.fail(true);
  equal(fell, ["/proxy.mp4"]);
  equal(did.at(-1), "destroy");
  equal(video.getAttribute("src"), "/proxy.mp4");
});

test("a browser that can't has the file", async () => {
  const { video, did, fell } = begun({ supported: false });
  video.canPlayType = () => "";
  await settled();
  equal([[...did], fell], [[], ["/proxy.mp4"]]);
});

test("a script that doesn't come brings the file", async () => {
  html('<video src="/proxy.mp4"></video>');
  const fell = [];
  play(find("video"), "/stream", { otherwise: () => fell.push(true), load: () => Promise.reject(new Error("offline")) });
  await settled();
  equal([fell, find("video").getAttribute("src")], [[true], "/proxy.mp4"]);
});

test("falling back is done once, and not after the end", async () => {
  const { fell, playing } = begun();
  await settled();
  playing.stop();
  equal(playing.fallBack(), false);
  equal(fell, []);
});
