// The melody of a take on a roll that can be changed: with the mouse, with a finger, and with the keyboard alone.
import { api } from "./api.js";
import { colors, drawGround, drawNote, prepare } from "./roll.js";
import { text } from "./strings.js";
import { fill, find, make, toast } from "./view.js";

/// Ticks of the grid that a melody lies on.
const step = 40;
const grids = [["1/4", 480], ["1/8", 240], ["1/8 T", 160], ["1/16", 120], ["1/16 T", 80]];
const edge = 9;
const rowHeight = 15;
const mostBars = 64;
const byTime = (a, b) => a.onset - b.onset || a.pitch - b.pitch;
const clamp = (value, low, high) => Math.min(high, Math.max(low, value));

/// Each pitch sounds once at a time: a note ends where its pitch begins again.
export function soundingOnce(notes, end) {
  const last = new Map();
  const kept = [];
  for (const note of [...notes].sort((a, b) => a.onset - b.onset || b.length - a.length)) {
    if (note.onset < 0 || note.onset >= end) continue;
    const before = last.get(note.pitch);
    if (before?.onset === note.onset) continue;
    if (before) before.length = Math.min(before.length, note.onset - before.onset);
    const copy = { ...note, length: clamp(note.length, step, end - note.onset) };
    last.set(note.pitch, copy);
    kept.push(copy);
  }
  return kept.sort(byTime);
}

/// What was done, so that it can be undone: whole melodies, which are small.
class History {
  constructor(first) { this.states = [first]; this.at = 0; }
  get now() { return this.states[this.at]; }
  get isChanged() { return JSON.stringify(this.now) !== JSON.stringify(this.states[0]); }
  push(state) {
    if (JSON.stringify(state) === JSON.stringify(this.now)) return;
    this.states.splice(++this.at, Infinity, state);
  }
  move(by) { this.at = clamp(this.at + by, 0, this.states.length - 1); }
}

export class MelodyEditor {
  /// `saved(id, band)` is told what it became: a take, and its band where one was written.
  constructor(saved) {
    this.saved = saved;
    this.canvas = find("edit-roll");
    this.take = null;
    this.canvas.onpointerdown = (event) => this.press(event);
    this.canvas.onpointermove = (event) => this.drag(event);
    this.canvas.onpointerup = () => this.drop();
    this.canvas.onpointercancel = () => { this.gesture = null; this.draw(); };
    this.canvas.onkeydown = (event) => this.key(event);
    this.canvas.onfocus = () => this.draw();
    this.canvas.onblur = () => this.draw();
    // A finger on a note moves the note; anywhere else it moves the page.
    this.canvas.addEventListener("touchstart", (event) => {
      if (this.hit(this.place(event.touches[0]))) event.preventDefault();
    }, { passive: false });
    addEventListener("resize", () => this.draw());
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.draw());
    addEventListener("beforeunload", (event) => { if (this.isDirty) event.preventDefault(); });
  }

  get isOpen() { return this.take !== null; }
  get isDirty() { return this.isOpen && this.history.isChanged; }
  get notes() { return this.history.now.notes; }
  get bars() { return this.history.now.bars; }
  get end() { return this.bars * this.barTicks; }
  get draft() { return `continuo melody ${this.take.summary.id}`; }

  /// Opens a take's melody; what was changed before in this tab and not kept is there again, and can be undone.
  open(take, genre, genres) {
    this.take = take;
    const [beats, unit] = take.summary.meter.split("/").map(Number);
    this.barTicks = (480 * 4 * beats) / unit;
    this.beatTicks = unit === 8 && beats % 3 === 0 ? 720 : (480 * 4) / unit;
    this.grid = 240;
    this.selected = null;
    this.cursor = { pitch: take.notes[0]?.pitch ?? 60, onset: 0 };
    this.history = new History({ notes: [...take.notes].sort(byTime), bars: take.summary.bars });
    try {
      const draft = JSON.parse(sessionStorage.getItem(this.draft));
      if (draft) { this.history.push(draft); toast(text.edit.draft); }
    } catch { sessionStorage.removeItem(this.draft); }
    find("edit-say").textContent = "";
    this.fit();
    this.build(genre, genres);
    find("edit").hidden = false;
    this.draw();
    this.canvas.focus({ preventScroll: true });
    find("edit").scrollIntoView({ block: "nearest" });
  }

  close() {
    if (this.isOpen) sessionStorage.removeItem(this.draft);
    this.hide();
  }

  /// Away from the page; what was changed stays for the next time.
  hide() {
    this.take = null;
    find("edit").hidden = true;
  }

  build(genre, genres) {
    const words = text.edit;
    const button = (id, label, onclick, more = {}) => make("button", { type: "button", id, onclick, ...more }, label);
    const grid = make("select", { id: "edit-grid", onchange: () => { this.grid = Number(grid.value); this.draw(); } },
      ...grids.map(([name, ticks]) => make("option", { value: ticks, selected: ticks === this.grid }, name)));
    fill(find("edit-tools"),
      button("edit-undo", text.actions.undo, () => this.undo(-1)), button("edit-redo", text.actions.redo, () => this.undo(1)),
      button("edit-delete", words.delete, () => this.remove()),
      button("edit-shorter", words.shorter, () => this.change({ length: -this.grid })),
      button("edit-longer", words.longer, () => this.change({ length: this.grid })),
      button("edit-bar-less", words.barLess, () => this.setBars(this.bars - 1)),
      button("edit-bar-more", words.barMore, () => this.setBars(this.bars + 1)),
      make("label", {}, `${words.grid} `, grid), button("edit-hear", words.hear, () => this.hear()));
    const genreChoice = make("select", { id: "edit-genre", "aria-label": text.genre },
      ...genres.map((name) => make("option", { value: name, selected: name === genre }, name)));
    fill(find("edit-done"),
      button("edit-band", words.saveWithBand, () => this.save(genreChoice.value), { class: "main" }), genreChoice,
      button("edit-save", words.save, () => this.save(null)),
      button("edit-cancel", words.cancel, () => this.cancel()));
    find("edit-hint").textContent = words.hint;
    this.canvas.setAttribute("aria-label", words.roll(this.take.summary.id));
  }

  /// Rows from a fourth below the lowest note to a fourth above the highest, two octaves at least.
  fit() {
    const pitches = this.notes.map((note) => note.pitch).concat(this.cursor.pitch);
    let low = Math.min(...pitches) - 5;
    let high = Math.max(...pitches) + 5;
    while (high - low < 24) { low--; high++; }
    this.low = clamp(low, 0, 103);
    this.high = clamp(high, 24, 127);
  }

  // MARK: Changes

  commit(notes, bars = this.bars, selected = this.selected) {
    const kept = soundingOnce(notes, bars * this.barTicks);
    this.history.push({ notes: kept, bars });
    this.select(selected && kept.find((note) => note.pitch === selected.pitch && note.onset === selected.onset));
    this.keepDraft();
  }

  keepDraft() {
    if (this.isDirty) sessionStorage.setItem(this.draft, JSON.stringify(this.history.now));
    else sessionStorage.removeItem(this.draft);
    this.draw();
  }

  select(note) {
    this.selected = note ?? null;
    if (note) {
      this.cursor = { pitch: note.pitch, onset: note.onset };
      find("edit-say").textContent = text.edit.note(this.name(note), Math.floor(note.onset / this.barTicks) + 1,
        ((note.onset % this.barTicks) / this.beatTicks + 1).toFixed(2).replace(/\.?0+$/, ""), (note.length / 480).toFixed(2).replace(/\.?0+$/, ""));
    } else {
      find("edit-say").textContent = "";
    }
  }

  name({ pitch }) {
    return `${["C", "C♯", "D", "E♭", "E", "F", "F♯", "G", "A♭", "A", "B♭", "B"][pitch % 12]}${Math.floor(pitch / 12) - 1}`;
  }

  add(pitch, onset) {
    const velocity = this.selected?.velocity ?? this.notes.at(-1)?.velocity ?? 80;
    const note = { pitch, onset, length: Math.min(this.grid, this.end - onset), velocity };
    this.blip(pitch);
    this.commit([...this.notes, note], this.bars, note);
  }

  remove() {
    if (!this.selected) return;
    const index = this.notes.indexOf(this.selected);
    this.commit(this.notes.filter((note) => note !== this.selected), this.bars, this.notes[index + 1] ?? this.notes[index - 1]);
  }

  change({ pitch = 0, onset = 0, length = 0 }) {
    const note = this.selected;
    if (!note) return;
    const moved = { ...note, pitch: clamp(note.pitch + pitch, 0, 127), onset: clamp(note.onset + onset, 0, this.end - step) };
    moved.length = clamp(note.length + length, step, this.end - moved.onset);
    if (pitch) this.blip(moved.pitch);
    this.commit([...this.notes.filter((other) => other !== note), moved], this.bars, moved);
    this.fitTo(moved.pitch);
  }

  fitTo(pitch) {
    if (pitch <= this.low || pitch >= this.high) { this.fit(); this.draw(); }
  }

  setBars(bars) {
    const wanted = clamp(bars, 1, mostBars);
    const left = this.notes.filter((note) => note.onset < wanted * this.barTicks);
    if (!left.length) return toast(text.edit.empty);
    this.commit(left, wanted);
  }

  undo(by) {
    this.history.move(by);
    this.select(null);
    this.fit();
    this.keepDraft();
  }

  cancel() {
    const draft = this.isDirty ? this.history.now : null;
    const take = this.take;
    const chosen = find("edit-genre");
    const [genre, genres] = [chosen.value, [...chosen.options].map((option) => option.value)];
    this.close();
    if (draft) {
      toast(text.edit.dropped, text.actions.undo, () => {
        this.open(take, genre, genres);
        this.history.push(draft);
        this.keepDraft();
      });
    }
  }

  /// Keeps the melody as a take of its own, and has a band written for it in a genre; null writes none.
  async save(genre) {
    if (!this.notes.length) return toast(text.edit.empty);
    const buttons = find("edit-done").querySelectorAll("button");
    for (const button of buttons) button.disabled = true;
    find("edit-say").textContent = text.edit.saving;
    try {
      // A band for the melody as it is needs no other take.
      const id = this.isDirty || !genre
        ? (await api.edit(this.take.summary.id, { notes: this.notes, bars: this.bars })).id : this.take.summary.id;
      this.close();
      const band = genre ? await api.arrange(id, { genre }) : null;
      toast(text.edit.saved(id));
      this.saved(id, band?.summary.id);
    } catch (error) {
      toast([error.message, error.advice].filter(Boolean).join(": ") || text.failed);
      find("edit-say").textContent = "";
    } finally {
      for (const button of buttons) button.disabled = false;
    }
  }

  // MARK: Keys

  key(event) {
    const actions = {
      ArrowUp: () => this.move(event, { pitch: event.shiftKey ? 12 : 1 }),
      ArrowDown: () => this.move(event, { pitch: event.shiftKey ? -12 : -1 }),
      ArrowLeft: () => (event.shiftKey ? this.change({ length: -this.grid }) : this.move(event, { onset: -this.grid })),
      ArrowRight: () => (event.shiftKey ? this.change({ length: this.grid }) : this.move(event, { onset: this.grid })),
      Delete: () => this.remove(), Backspace: () => this.remove(),
      Enter: () => this.add(this.cursor.pitch, this.cursor.onset), " ": () => this.hear(),
      Escape: () => { this.select(null); this.draw(); },
      ".": () => this.next(1), ",": () => this.next(-1),
      z: () => (event.ctrlKey || event.metaKey) && this.undo(event.shiftKey ? 1 : -1),
      Z: () => (event.ctrlKey || event.metaKey) && this.undo(1),
      y: () => (event.ctrlKey || event.metaKey) && this.undo(1),
    };
    const action = actions[event.key];
    if (!action) return;
    event.preventDefault();
    event.stopPropagation();
    action();
  }

  /// Moves the note that is chosen, else the place where Enter adds one.
  move(event, by) {
    if (this.selected) return this.change(by);
    this.cursor = {
      pitch: clamp(this.cursor.pitch + (by.pitch ?? 0), 0, 127),
      onset: clamp(this.cursor.onset + (by.onset ?? 0), 0, this.end - this.grid),
    };
    find("edit-say").textContent = text.edit.cursor(this.name(this.cursor), Math.floor(this.cursor.onset / this.barTicks) + 1);
    this.fitTo(this.cursor.pitch);
    this.draw();
  }

  next(by) {
    if (!this.notes.length) return;
    const at = this.selected ? this.notes.indexOf(this.selected) + by
      : by > 0 ? this.notes.findIndex((note) => note.onset >= this.cursor.onset) : this.notes.length - 1;
    this.select(this.notes[clamp(at, 0, this.notes.length - 1)]);
    this.blip(this.selected.pitch);
    this.draw();
    this.reveal(this.selected.onset);
  }

  reveal(onset) {
    const frame = this.canvas.parentElement;
    const x = this.x(onset);
    if (x < frame.scrollLeft + 40 || x > frame.scrollLeft + frame.clientWidth - 40) frame.scrollLeft = x - frame.clientWidth / 2;
  }

  // MARK: Mouse and finger

  x(tick) { return 26 + (tick / this.end) * (this.canvas.clientWidth - 34); }
  y(pitch) { return (this.high - pitch) * rowHeight; }

  place(event) {
    const box = this.canvas.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left, event.clientY - box.top];
    return { x, y, tick: ((x - 26) / (this.canvas.clientWidth - 34)) * this.end, pitch: this.high - Math.floor(y / rowHeight) };
  }

  hit({ x, y }) {
    return this.notes.findLast((note) => {
      const [left, right] = [this.x(note.onset), this.x(note.onset + note.length)];
      return y >= this.y(note.pitch) && y < this.y(note.pitch) + rowHeight && x >= left - 2 && x <= Math.max(right, left + 12) + 2;
    });
  }

  press(event) {
    if (event.button) return;
    const place = this.place(event);
    const note = this.hit(place);
    this.canvas.focus({ preventScroll: true });
    if (note) {
      const isEdge = this.x(note.onset + note.length) - place.x < edge;
      this.select(note);
      this.gesture = { note, place, isEdge, moved: note };
      this.canvas.setPointerCapture(event.pointerId);
      this.blip(note.pitch);
    } else {
      this.gesture = { place, note: null };
    }
    this.draw();
  }

  drag(event) {
    const place = this.place(event);
    if (!this.gesture) {
      const note = this.hit(place);
      const isEdge = note && this.x(note.onset + note.length) - place.x < edge;
      this.canvas.style.cursor = isEdge ? "ew-resize" : note ? "grab" : "crosshair";
      return;
    }
    const { note, isEdge, place: start } = this.gesture;
    if (!note) return;
    const by = Math.round((place.tick - start.tick) / this.grid) * this.grid;
    const moved = { ...note };
    if (isEdge) moved.length = clamp(note.length + by, step, this.end - note.onset);
    else {
      moved.onset = clamp(note.onset + by, 0, this.end - step);
      moved.length = Math.min(note.length, this.end - moved.onset);
      moved.pitch = clamp(note.pitch + place.pitch - start.pitch, 0, 127);
      if (moved.pitch !== this.gesture.moved.pitch) this.blip(moved.pitch);
    }
    this.gesture.moved = moved;
    this.draw();
  }

  drop() {
    const gesture = this.gesture;
    this.gesture = null;
    if (!gesture) return;
    if (gesture.note) {
      this.commit([...this.notes.filter((note) => note !== gesture.note), gesture.moved], this.bars, gesture.moved);
    } else {
      const { tick, pitch } = gesture.place;
      const onset = Math.floor(tick / this.grid) * this.grid;
      if (tick >= 0 && onset < this.end && pitch >= this.low && pitch <= this.high) this.add(pitch, onset);
    }
    this.fitTo(this.selected?.pitch ?? this.cursor.pitch);
  }

  // MARK: Sound

  /// A short tone: what the ear needs to place a note. It does not go to the daemon.
  blip(pitch, at = 0, seconds = 0.16) {
    this.context ??= new AudioContext();
    const start = this.context.currentTime + at;
    const [tone, gain] = [this.context.createOscillator(), this.context.createGain()];
    tone.type = "triangle";
    tone.frequency.value = 440 * 2 ** ((pitch - 69) / 12);
    gain.gain.setValueAtTime(0, start);
    gain.gain.linearRampToValueAtTime(0.16, start + 0.008);
    gain.gain.setTargetAtTime(0, start + seconds * 0.8, 0.03);
    tone.connect(gain).connect(this.context.destination);
    tone.start(start);
    tone.stop(start + seconds + 0.2);
    return tone;
  }

  /// The melody alone, in simple tones; a second time ends it.
  hear() {
    if (this.tones?.length) {
      for (const tone of this.tones) tone.stop();
      this.tones = null;
      return;
    }
    const seconds = 60 / this.take.summary.tempo / 480;
    const from = this.selected?.onset ?? 0;
    this.tones = this.notes.filter((note) => note.onset >= from)
      .map((note) => this.blip(note.pitch, 0.05 + (note.onset - from) * seconds, note.length * seconds));
    const last = this.tones.at(-1);
    if (last) last.onended = () => { this.tones = null; };
  }

  // MARK: Picture

  draw() {
    if (!this.isOpen || find("edit").hidden) return;
    const frame = this.canvas.parentElement;
    this.canvas.style.width = `${Math.max(frame.clientWidth, this.bars * 120)}px`;
    this.canvas.style.height = `${(this.high - this.low + 1) * rowHeight}px`;
    const palette = colors();
    const { context, width, height } = prepare(this.canvas);
    drawGround(context, width, 0, height, this.low, this.high, palette);
    for (let tick = 0; tick <= this.end; tick += this.grid) {
      const isBar = tick % this.barTicks === 0;
      const isBeat = tick % this.beatTicks === 0;
      context.globalAlpha = isBar || isBeat ? 1 : 0.6;
      context.fillStyle = isBar ? palette.bar : isBeat ? palette.octave : palette.beat;
      context.fillRect(this.x(tick), 0, isBar ? 1.5 : 1, height);
    }
    context.globalAlpha = 1;
    context.fillStyle = palette.quiet;
    for (let bar = 0; bar < this.bars; bar++) context.fillText(String(bar + 1), this.x(bar * this.barTicks) + 4, 11);
    for (const note of this.notes) {
      if (note !== this.gesture?.note) this.drawOne(context, note, palette, note === this.selected);
    }
    if (this.gesture?.note) this.drawOne(context, this.gesture.moved, palette, true);
    if (!this.selected && document.activeElement === this.canvas) {
      context.strokeStyle = palette.ink;
      context.setLineDash([3, 3]);
      context.strokeRect(this.x(this.cursor.onset), this.y(this.cursor.pitch) + 1,
        this.x(this.cursor.onset + this.grid) - this.x(this.cursor.onset), rowHeight - 2);
      context.setLineDash([]);
    }
    find("edit-undo").disabled = this.history.at === 0;
    find("edit-redo").disabled = this.history.at === this.history.states.length - 1;
    for (const id of ["edit-delete", "edit-shorter", "edit-longer"]) find(id).disabled = !this.selected;
    find("edit-bar-less").disabled = this.bars <= 1;
    find("edit-bar-more").disabled = this.bars >= mostBars;
  }

  drawOne(context, note, palette, isSelected) {
    const [x, y] = [this.x(note.onset), this.y(note.pitch) + 1];
    const width = this.x(note.onset + note.length) - x - 1;
    drawNote(context, x, y, width, rowHeight - 2, palette.melody);
    if (!isSelected) return;
    context.strokeStyle = palette.ink;
    context.lineWidth = 2;
    context.strokeRect(x - 1, y - 1, Math.max(2, width) + 2, rowHeight);
    context.lineWidth = 1;
  }
}
