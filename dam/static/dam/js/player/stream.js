// A clip's adaptive stream (HLS), where it has one and the browser can; else the file in `video.src`.

const TYPE = "application/vnd.apple.mpegurl";
const OPTIONS = {
  enableWorker: false, // the pages' policy has no scripts but our own files
  capLevelToPlayerSize: true,
  abrEwmaDefaultEstimate: 4_000_000, // bits a second until it is measured: nobody begins with the smallest
  backBufferLength: 60, // seconds, to step back in
};

// Play the stream at this address. `otherwise` is called once the file has taken its place, as it was before.
// Nothing where there is no address. `load` gives hls.js, for tests.
export function play(video, address, { otherwise, load = hls }) {
  if (!address) return undefined;
  const file = video.getAttribute("src");
  let engine;
  let over = false;

  const fallBack = () => {
    if (over) return false;
    over = true;
    engine?.destroy();
    video.preload = "auto";
    video.src = file;
    otherwise();
    return true;
  };

  const begin = async () => {
    const Hls = await load();
    if (over) return;
    if (Hls.isSupported()) {
      engine = new Hls(OPTIONS);
      engine.on(Hls.Events.ERROR, (_, { fatal }) => fatal && fallBack());
      engine.loadSource(address);
      engine.attachMedia(video);
    } else if (video.canPlayType(TYPE)) {
      video.src = address;
    } else {
      fallBack();
    }
  };

  video.removeAttribute("src");
  video.load();
  video.preload = "auto";
  begin().catch(fallBack);
  return {
    fallBack,
    stop() {
      over = true;
      engine?.destroy();
    },
  };
}

// Only for clips that have a stream: others need none of it.
const hls = async () => (await import("../../../vendor/hls.light.min.js")).default;
