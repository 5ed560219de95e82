import { equal, html, test } from "/tests/harness.js";
import { follow } from "/static/dam/js/in-step.js";

const FRAME = 1 / 24;

// Two videos without files; what they are told is what they do.
function pair({ lengths = [2, 2] } = {}) {
  html("<video></video><video></video>");
  const media = [...document.querySelectorAll("video")];
  media.forEach((video, place) => {
    const state = { now: 0, paused: true, rate: 1 };
    const own = (name, get, set) => Object.defineProperty(video, name, { get, set });
    own("duration", () => lengths[place]);
    own("readyState", () => 4);
    own("ended", () => state.now >= lengths[place]);
    own("paused", () => state.paused);
    own("currentTime", () => state.now, (to) => (state.now = Math.min(to, lengths[place])));
    own("playbackRate", () => state.rate, (to) => (state.rate = to));
    video.play = async () => (state.paused = false);
    video.pause = () => (state.paused = true);
  });
  const ending = new AbortController();
  follow(...media, { frame: FRAME, signal: ending.signal });
  const tell = (name) => media[0].dispatchEvent(new Event(name));
  return { leader: media[0], follower: media[1], tell, ending };
}

test("the second plays, stops and runs as fast as the first", () => {
  const { leader, follower, tell } = pair();
  leader.play();
  tell("play");
  leader.playbackRate = 2;
  tell("ratechange");
  equal([follower.paused, follower.playbackRate], [false, 2]);
  leader.currentTime = 0.75;
  leader.pause();
  tell("pause");
  equal([follower.paused, follower.currentTime], [true, 0.75]);
});

test("wherever the first is led, the second goes, and plays on where it had come to its end", () => {
  const { leader, follower, tell } = pair({ lengths: [2, 1] });
  leader.play();
  follower.currentTime = 1;
  leader.currentTime = 0.5;
  tell("seeking");
  equal([follower.currentTime, follower.paused], [0.5, false]);
});

test("while they play a frame is let go, and more than two are set right", () => {
  const { leader, follower, tell } = pair();
  leader.play();
  [leader.currentTime, follower.currentTime] = [1, 1 - FRAME];
  tell("timeupdate");
  equal(follower.currentTime, 1 - FRAME);
  follower.currentTime = 0.5;
  tell("timeupdate");
  equal(follower.currentTime, 1);
});

test("what only the longer one has is not left when the first stands at its end", () => {
  const { leader, follower, tell } = pair({ lengths: [1, 2] });
  [leader.currentTime, follower.currentTime] = [1, 1.5];
  tell("seeking");
  equal(follower.currentTime, 1.5);
});

test("once it is over the second is left alone", () => {
  const { leader, follower, tell, ending } = pair();
  ending.abort();
  leader.currentTime = 1;
  tell("seeking");
  equal(follower.currentTime, 0);
});
