// Comment markers on the seek bar, from <script type="application/json" id="player-markers">.

export function read() {
  const source = document.getElementById("player-markers");
  const markers = source ? JSON.parse(source.textContent) : [];
  return markers.filter((marker) => Number.isInteger(marker.frame)).sort((a, b) => a.frame - b.frame);
}

export function show(container, markers, clock) {
  container.replaceChildren(
    ...markers.map((marker) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "player-marker";
      button.dataset.seekFrame = marker.frame;
      button.title = marker.text;
      button.setAttribute("aria-label", `Comment at ${clock.timecode(marker.frame)}: ${marker.text}`);
      button.style.insetInlineStart = `${(marker.frame / Math.max(1, clock.last)) * 100}%`;
      return button;
    }),
  );
}
