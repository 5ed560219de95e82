// Two films or sounds in step: the second does what the first does, whoever moves that (compare.js, beside.js).
const OFF = 2; // frames that a browser may be off while it plays

// `frame`: its length in seconds. What only the longer one has is shown of that alone.
export function follow(leader, follower, { frame, signal }) {
  const on = (target, name, act) => target.addEventListener(name, act, { signal });
  const isBeyond = () => follower.currentTime > leader.currentTime && leader.currentTime >= leader.duration - frame;
  const play = () => follower.play().catch(() => {}); // the end of the shorter one
  const meet = () => {
    if (follower.readyState && !isBeyond()) follower.currentTime = leader.currentTime;
  };
  on(leader, "play", play);
  on(leader, "pause", () => {
    follower.pause();
    meet();
  });
  on(leader, "seeking", () => {
    meet();
    if (!leader.paused && follower.paused) play(); // it had come to its end
  });
  on(leader, "ratechange", () => {
    follower.playbackRate = leader.playbackRate;
  });
  on(leader, "timeupdate", () => {
    const off = Math.abs(follower.currentTime - leader.currentTime);
    if (!leader.paused && !follower.ended && off > OFF * frame) meet();
  });
  const join = () => {
    follower.playbackRate = leader.playbackRate;
    meet();
    if (!leader.paused) play();
  };
  on(follower, "loadedmetadata", join);
  if (follower.readyState) join();
}
