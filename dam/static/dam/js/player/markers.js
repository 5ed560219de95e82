// Comment markers on the seek bar, from the page's [data-markers]: those of this version, and of earlier ones. Not from a
// <script> with JSON: htmx is told to take every script out of what it brings.

export function read() {
  const sources = [...document.querySelectorAll("[data-markers]")];
  const markers = sources.flatMap((source) => JSON.parse(source.dataset.markers || "[]"));
  return markers.filter((marker) => Number.isInteger(marker.frame)).sort((a, b) => a.frame - b.frame);
}

export function show(container, markers, clock) {
  container.replaceChildren(
    ...markers.map((marker) => {
      // For the pointer alone: close to each other they would be too small to aim at, and the list of comments
      // has a button for each, as , and . go through them.
      const mark = document.createElement("span");
      mark.className = "player-marker";
      if (marker.earlier) mark.classList.add("player-marker-earlier");
      mark.dataset.seekFrame = marker.frame;
      const last = marker.end > marker.frame ? marker.end : null;
      const place = last === null ? clock.timecode(marker.frame) : `${clock.timecode(marker.frame)} – ${clock.timecode(last)}`;
      mark.title = `${place} ${marker.text}`;
      mark.setAttribute("aria-hidden", "true");
      const share = (frames) => `${(frames / Math.max(1, clock.last)) * 100}%`;
      mark.style.insetInlineStart = share(marker.frame);
      if (last !== null) {
        mark.classList.add("player-marker-range");
        mark.dataset.seekEnd = last;
        mark.style.inlineSize = share(last - marker.frame);
      }
      return mark;
    }),
  );
}
