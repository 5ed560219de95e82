// How loud a player is, remembered between visits: silence apart from the level, so that sound comes back as it was.
import { recall, remember } from "./memory.js";

export function bringBack(video) {
  video.volume = recall("volume", 1);
  video.muted = recall("muted", false);
}

// None of it is silence.
export function set(video, level) {
  video.volume = level;
  video.muted = level === 0;
  if (level > 0) remember("volume", level);
  remember("muted", video.muted);
}

export function toggle(video) {
  video.muted = !video.muted;
  if (!video.muted && video.volume === 0) video.volume = recall("volume", 1) || 1; // turned down to nothing
  remember("muted", video.muted);
}
