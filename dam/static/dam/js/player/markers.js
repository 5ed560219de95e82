// Comment markers on the seek bar, from the page's [data-markers]. Not from a <script> with JSON: htmx is told to take
// every script out of what it brings.

export function read() {
  const source = document.querySelector("[data-markers]");
  const markers = JSON.parse(source?.dataset.markers || "[]");
  return markers.filter((marker) => Number.isInteger(marker.frame)).sort((a, b) => a.frame - b.frame);
}

export function show(container, markers, clock) {
  container.replaceChildren(
    ...markers.map((marker) => {
      // For the pointer alone: close to each other they would be too small to aim at, and the list of comments
      // has a button for each, as , and . go through them.
      const mark = document.createElement("span");
      mark.className = "player-marker";
      mark.dataset.seekFrame = marker.frame;
      mark.title = `${clock.timecode(marker.frame)} ${marker.text}`;
      mark.setAttribute("aria-hidden", "true");
      mark.style.insetInlineStart = `${(marker.frame / Math.max(1, clock.last)) * 100}%`;
      return mark;
    }),
  );
}
