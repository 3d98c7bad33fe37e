// Piano rolls on a canvas: what is played at this moment, and a take with its band.

const light = {
  paper: "#ffffff", black: "#f4f3f0", octave: "#d8d5ce", beat: "#edebe6", bar: "#b4b0a8", ink: "#2b2d42", quiet: "#6b6e82",
  melody: "#f2333d", drums: "#404e56", bass: "#1b61e9", chords: "#1fa35b", pad: "#9866b3", line: "#5e6e0f",
};
const dark = {
  paper: "#1b1e27", black: "#171a22", octave: "#343947", beat: "#252935", bar: "#4a5063", ink: "#ecedf4", quiet: "#9da1b5",
  melody: "#ff6038", drums: "#a6c2bd", bass: "#2481ff", chords: "#3fe08a", pad: "#a9b6ff", line: "#f5f04a",
};
const darkness = matchMedia("(prefers-color-scheme: dark)");
const calm = matchMedia("(prefers-reduced-motion: reduce)");

export const parts = ["melody", "line", "chords", "pad", "bass", "drums"];
export const colors = () => (darkness.matches ? dark : light);

/// The part that an event's source is; keyboards are the melody.
export const partOf = (source) => (parts.includes(source) ? source : "melody");

const drumRows = [["cymbal", [49, 51, 52, 53, 55, 57, 59]], ["hat", [42, 44, 46, 54, 80, 81]], ["tom", [41, 43, 45, 47, 48, 50]],
  ["snare", [37, 38, 39, 40]], ["kick", [35, 36]]];
const drumRow = (pitch) => {
  const row = drumRows.findIndex(([, pitches]) => pitches.includes(pitch));
  return row < 0 ? drumRows.length - 1 : row;
};

export function prepare(canvas) {
  const scale = devicePixelRatio || 1;
  const width = Math.round(canvas.clientWidth * scale);
  const height = Math.round(canvas.clientHeight * scale);
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  const context = canvas.getContext("2d");
  context.setTransform(scale, 0, 0, scale, 0, 0);
  return { context, width: canvas.clientWidth, height: canvas.clientHeight };
}

/// Rows of the keys with their names, from low to high; `y` tells where a pitch lies.
export function drawGround(context, width, top, height, low, high, palette) {
  const row = height / (high - low + 1);
  const y = (pitch) => top + height - (pitch - low + 1) * row;
  context.fillStyle = palette.paper;
  context.fillRect(0, top, width, height);
  context.font = "11px system-ui, sans-serif";
  for (let pitch = low; pitch <= high; pitch++) {
    if ([1, 3, 6, 8, 10].includes(pitch % 12)) {
      context.fillStyle = palette.black;
      context.fillRect(0, y(pitch), width, row);
    }
  }
  for (let pitch = Math.ceil(low / 12) * 12; pitch <= high; pitch += 12) {
    context.fillStyle = palette.octave;
    context.fillRect(0, y(pitch) + row, width, 1);
    context.fillStyle = palette.quiet;
    context.fillText(`C${pitch / 12 - 1}`, 4, y(pitch) + row - 2);
  }
  return { y, row };
}

export function drawNote(context, x, y, width, height, color) {
  context.fillStyle = color;
  context.beginPath();
  context.roundRect(x, y, Math.max(2, width), Math.max(2, height), Math.min(3, height / 2));
  context.fill();
}

/// What sounds now and sounded a moment ago, moving past a line that is the present.
export class LiveRoll {
  constructor(canvas) {
    this.canvas = canvas;
    this.notes = [];
    this.open = new Map();
    this.low = 48;
    this.high = 79;
    /// Browser seconds minus the daemon's.
    this.offset = null;
    this.seen = 0;
    this.isShown = false;
    addEventListener("resize", () => this.wake());
    darkness.addEventListener("change", () => this.wake());
  }

  static past = 9;
  static future = 1;

  now() { return performance.now() / 1000 - (this.offset ?? 0); }

  /// Learns the daemon's clock from a request that was asked and answered at these moments.
  setClock(clock, asked, answered) {
    const offset = (asked + answered) / 2 - clock;
    this.offset = this.offset === null || Math.abs(offset - this.offset) > 0.5 ? offset : this.offset * 0.8 + offset * 0.2;
  }

  hear({ pitch, velocity, source, time }) {
    const part = partOf(source);
    const key = `${source} ${pitch}`;
    const before = this.open.get(key);
    if (before) {
      before.end = time;
      this.open.delete(key);
    }
    if (velocity > 0) {
      const note = { pitch, part, start: time, end: null, velocity };
      this.notes.push(note);
      this.open.set(key, note);
      if (part !== "drums") {
        this.low = Math.max(0, Math.min(this.low, pitch - 2));
        this.high = Math.min(127, Math.max(this.high, pitch + 2));
      }
    }
    this.seen = performance.now();
    this.wake();
  }

  clear() {
    this.notes = [];
    this.open.clear();
    this.wake();
  }

  show(isShown) {
    this.isShown = isShown;
    if (isShown) this.wake();
  }

  wake() {
    if (this.frame || !this.isShown) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      this.draw();
      // Nothing moves when nothing sounds.
      if (performance.now() - this.seen < 1000 * (LiveRoll.past + LiveRoll.future + 1)) {
        if (calm.matches) setTimeout(() => this.wake(), 250);
        else this.wake();
      }
    });
  }

  draw() {
    const palette = colors();
    const { context, width, height } = prepare(this.canvas);
    if (height < 40) return;
    const now = this.now();
    const first = now - LiveRoll.past;
    this.notes = this.notes.filter((note) => note.end === null || note.end > first);
    const drumHeight = Math.min(70, height * 0.22);
    const { y, row } = drawGround(context, width, 0, height - drumHeight, this.low, this.high, palette);
    const x = (time) => ((time - first) / (LiveRoll.past + LiveRoll.future)) * width;
    context.fillStyle = palette.black;
    context.fillRect(0, height - drumHeight, width, drumHeight);
    const drum = drumHeight / drumRows.length;
    for (const part of [...parts].reverse()) {
      for (const note of this.notes) {
        if (note.part !== part) continue;
        const end = note.end ?? now;
        if (part === "drums") {
          const size = Math.min(drum - 2, 9);
          context.fillStyle = palette.drums;
          context.beginPath();
          context.arc(x(note.start), height - drumHeight + (drumRow(note.pitch) + 0.5) * drum, size / 2, 0, 7);
          context.fill();
        } else {
          context.globalAlpha = note.start > now ? 0.45 : 1;
          drawNote(context, x(note.start), y(note.pitch) + 1, x(Math.max(end, note.start)) - x(note.start), row - 1,
            palette[part]);
          context.globalAlpha = 1;
        }
      }
    }
    context.fillStyle = palette.ink;
    context.fillRect(x(now), 0, 1.5, height);
  }
}

/// A take with one of its bands, from the first bar to the last.
///
/// `place` is where the sound is, as a share of the bars; null where nothing sounds.
export function drawTake(canvas, take, band, place = null) {
  const palette = colors();
  const { context, width, height } = prepare(canvas);
  if (height < 40) return;
  const melody = band ? band.melody : take.notes;
  const meter = (band ? band.meter : take.summary.meter).split("/").map(Number);
  const barTicks = (480 * 4 * meter[0]) / meter[1];
  const bars = band ? band.bars : take.summary.bars;
  const pitched = band ? Object.entries(band.parts).filter(([part]) => part !== "drums") : [];
  const all = [...melody, ...pitched.flatMap(([, part]) => part.notes)].map((note) => note.pitch);
  if (!all.length || !bars) return;
  const top = 24;
  const drums = band?.parts.drums?.notes ?? [];
  const drumHeight = drums.length ? Math.min(70, height * 0.22) : 0;
  const low = Math.min(...all) - 2;
  const high = Math.max(...all) + 2;
  context.fillStyle = palette.paper;
  context.fillRect(0, 0, width, height);
  const { y, row } = drawGround(context, width, top, height - drumHeight - top, low, high, palette);
  const x = (tick) => 26 + (tick / (bars * barTicks)) * (width - 32);
  context.fillStyle = palette.black;
  context.fillRect(0, height - drumHeight, width, drumHeight);
  const beat = barTicks / (meter[1] === 8 && meter[0] % 3 === 0 ? meter[0] / 3 : meter[0]);
  for (let tick = 0; tick <= bars * barTicks; tick += beat) {
    const isBar = tick % barTicks === 0;
    context.fillStyle = isBar ? palette.bar : palette.beat;
    context.fillRect(x(tick), top, 1, height - top);
  }
  context.fillStyle = palette.ink;
  context.font = "600 12px system-ui, sans-serif";
  let free = 0;
  for (const { onset, chord } of band?.chords ?? []) {
    if (x(onset) < free) continue;
    context.fillText(chord, x(onset), 16);
    free = x(onset) + context.measureText(chord).width + 6;
  }
  for (const part of ["pad", "chords", "bass", "line"]) {
    for (const note of band?.parts[part]?.notes ?? []) {
      drawNote(context, x(note.onset), y(note.pitch) + 0.5, x(note.onset + note.length) - x(note.onset) - 1, row - 1,
        palette[part]);
    }
  }
  for (const note of melody) {
    drawNote(context, x(note.onset), y(note.pitch) + 0.5, x(note.onset + note.length) - x(note.onset) - 1, row - 1,
      palette.melody);
  }
  const drum = drumHeight / drumRows.length;
  for (const note of drums) {
    context.fillStyle = palette.drums;
    context.beginPath();
    context.arc(x(note.onset), height - drumHeight + (drumRow(note.pitch) + 0.5) * drum, Math.min(drum - 3, 7) / 2, 0, 7);
    context.fill();
  }
  if (place !== null) {
    context.fillStyle = palette.ink;
    context.fillRect(x(place * bars * barTicks), 0, 1.5, height);
  }
}
