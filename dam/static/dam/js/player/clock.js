// Frames and timecode. Rates are fractions ("24000/1001"); frames are integers. A sound has none: its clock counts
// milliseconds as frames, and says times.

export class Clock {
  // `holds`: [first, last] of each stretch of frames that shows one picture, which the video doesn't repeat.
  constructor(rate, frames, holds = []) {
    [this.numerator, this.denominator] = rate.split("/").map(Number);
    this.frames = frames;
    this.holds = holds;
  }

  get last() {
    return Math.max(0, this.frames - 1);
  }

  clamp(frame) {
    return Math.min(Math.max(0, frame), this.last);
  }

  // The middle of a frame, in seconds: rounding in a decoder can't land beside it.
  middleOf(frame) {
    return ((frame + 0.5) * this.denominator) / this.numerator;
  }

  // The frame that is presented at its own time, which decoders report a little off.
  presentedAt(seconds) {
    return this.clamp(Math.round((seconds * this.numerator) / this.denominator));
  }

  // The frame on screen at any time.
  frameAt(seconds) {
    return this.clamp(Math.floor((seconds * this.numerator) / this.denominator + 1e-4));
  }

  // The frame that begins at a time which was rounded to milliseconds, or else the one on screen then.
  frameAtMilliseconds(milliseconds) {
    return this.frameAt((milliseconds + 0.5) / 1000);
  }

  holdAt(frame) {
    return this.holds.find(([first, last]) => first <= frame && frame <= last);
  }

  // The frame on screen, by the time stamp of the picture that is presented; while one is held, the time says it.
  shownAt(mediaTime, currentTime) {
    const picture = this.presentedAt(mediaTime);
    return this.within(this.frameAt(currentTime), this.holdAt(picture) ?? [picture, picture]);
  }

  within(frame, [first, last]) {
    return Math.min(Math.max(frame, first), last);
  }

  // SMPTE, as editing programs and our exports say it (dam/web/timecode.py): counted in the nominal rate, 24 for
  // 24000/1001, and at 29.97 and 59.94 drop-frame, with a semicolon.
  timecode(frame) {
    const nominal = Math.max(1, Math.round(this.numerator / this.denominator));
    const drops = this.denominator === 1001 && nominal % 30 === 0;
    const counted = drops ? frame + skipped(frame, nominal) : frame;
    const two = (number) => String(number).padStart(2, "0");
    const seconds = Math.floor(counted / nominal);
    const clock = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60].map(two).join(":");
    return `${clock}${drops ? ";" : ":"}${two(counted % nominal)}`;
  }
}

export class SoundClock extends Clock {
  // As dam/web/timecode.py says it: 0:05.5, 1:02:05.0.
  timecode(frame) {
    const two = (number) => String(number).padStart(2, "0");
    const [seconds, minutes, hours] = [Math.floor(frame / 1000) % 60, Math.floor(frame / 60_000) % 60, Math.floor(frame / 3_600_000)];
    const whole = hours ? `${hours}:${two(minutes)}` : minutes;
    return `${whole}:${two(seconds)}.${Math.floor(frame / 100) % 10}`;
  }
}

// How many numbers drop-frame has left out before this frame: two (of 30) each minute, except every tenth.
function skipped(frame, nominal) {
  const each = nominal / 15;
  const inMinute = nominal * 60 - each;
  const inTen = nominal * 600 - 9 * each;
  const rest = frame % inTen;
  const minutes = rest < nominal * 60 ? 0 : 1 + Math.floor((rest - nominal * 60) / inMinute);
  return each * (9 * Math.floor(frame / inTen) + minutes);
}
