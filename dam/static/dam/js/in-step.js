// Two films or sounds in step: the second does what the first does, whoever moves that (compare.js, beside.js).
const OFF = 2; // frames that a browser may be off while it plays

// `frame`: its length in seconds. What only the longer one has is shown of that alone. `mapped()` says how the
// second's time follows from the first's: {ratio, offset} in seconds.
export function follow(leader, follower, { frame, signal, mapped = () => ({ ratio: 1, offset: 0 }) }) {
  const on = (target, name, act) => target.addEventListener(name, act, { signal });
  const wanted = () => {
    const { ratio, offset } = mapped();
    return Math.max(0, leader.currentTime * ratio + offset);
  };
  const isBeyond = () => follower.currentTime > wanted() && leader.currentTime >= leader.duration - frame;
  const play = () => follower.play().catch(() => {}); // the end of the shorter one
  const meet = () => {
    if (follower.readyState && !isBeyond()) follower.currentTime = wanted();
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
    follower.playbackRate = leader.playbackRate * mapped().ratio;
  });
  on(leader, "timeupdate", () => {
    const off = Math.abs(follower.currentTime - wanted());
    if (!leader.paused && !follower.ended && off > OFF * frame) meet();
  });
  const join = () => {
    follower.playbackRate = leader.playbackRate * mapped().ratio;
    meet();
    if (!leader.paused) play();
  };
  on(follower, "loadedmetadata", join);
  if (follower.readyState) join();
}
