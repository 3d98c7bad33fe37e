// Keys on the screen, of the computer's keyboard, and of a MIDI keyboard that the browser sees: all are one more keyboard
// of the daemon.
import { text } from "./strings.js";
import { fill, find, make, toast, toggle } from "./view.js";
import { samples } from "./samples.js";

const letters = "awsedftgyhujkolp";
const isBlack = (pitch) => [1, 3, 6, 8, 10].includes(pitch % 12);

export class Piano {
  /// `send` takes messages as the API wants them.
  constructor(send) {
    this.send = send;
    this.lowest = 48;
    this.count = innerWidth < 640 ? 17 : 37;
    this.held = new Map();
    this.pointers = new Map();
    this.typed = new Map();
    this.sustained = false;
    this.keys = new Map();
    this.build();
    this.buildTools();
    addEventListener("keydown", (event) => this.type(event, true));
    addEventListener("keyup", (event) => this.type(event, false));
    // Nothing may hang when the page is left.
    addEventListener("blur", () => this.releaseAll());
    addEventListener("pagehide", () => this.releaseAll());
    addEventListener("resize", () => this.place());
    find("piano-hint").textContent = text.pianoHint;
  }

  build() {
    const piano = find("piano");
    piano.setAttribute("aria-label", text.keyboard);
    this.keys.clear();
    const keys = [];
    for (let pitch = this.lowest; pitch < this.lowest + this.count; pitch++) {
      const octave = Math.floor(pitch / 12) - 1;
      const names = ["C", "C sharp", "D", "D sharp", "E", "F", "F sharp", "G", "G sharp", "A", "A sharp", "B"];
      const key = make("button", {
        type: "button", class: isBlack(pitch) ? "black" : "white", tabindex: pitch === this.lowest ? "0" : "-1",
        "aria-label": `${names[pitch % 12]} ${octave}`, "data-pitch": pitch,
      }, pitch % 12 === 0 ? `C${octave}` : "");
      this.keys.set(pitch, key);
      keys.push(key);
    }
    fill(piano, ...keys);
    piano.onpointerdown = (event) => this.point(event, true);
    piano.onpointermove = (event) => this.pointers.has(event.pointerId) && this.point(event, true);
    piano.onpointerup = piano.onpointercancel = (event) => this.point(event, false);
    piano.onkeydown = (event) => this.walk(event);
    piano.onkeyup = (event) => {
      if (event.key === " " || event.key === "Enter") this.up(`focus ${document.activeElement?.dataset.pitch}`);
    };
    this.place();
  }

  /// White keys share the width; a black one lies between two of them.
  place() {
    const whites = [...this.keys.keys()].filter((pitch) => !isBlack(pitch)).length;
    const width = Math.max(26, Math.min(46, (find("piano").clientWidth || 800) / whites));
    let white = 0;
    for (const [pitch, key] of this.keys) {
      if (isBlack(pitch)) {
        key.style.left = `${white * width - width * 0.3}px`;
        key.style.width = `${width * 0.6}px`;
      } else {
        key.style.left = `${white * width}px`;
        key.style.width = `${width}px`;
        white += 1;
      }
    }
  }

  buildTools() {
    const choose = make("select", { "aria-label": text.samples, onchange: (event) => this.playSample(event.target) },
      make("option", { value: "" }, text.samples),
      ...Object.keys(samples).map((name) => make("option", { value: name }, name)));
    fill(find("piano-tools"),
      make("button", { type: "button", onclick: () => this.move(-12) }, text.octaveDown),
      make("button", { type: "button", onclick: () => this.move(12) }, text.octaveUp),
      toggle(text.sustain, this.sustained, () => this.sustain()),
      choose,
      make("button", { type: "button", id: "midi", onclick: () => this.openMIDI() }, text.midi));
  }

  move(semitones) {
    const lowest = this.lowest + semitones;
    if (lowest < 12 || lowest + this.count > 127) return;
    this.releaseAll();
    this.lowest = lowest;
    this.build();
  }

  sustain() {
    this.sustained = !this.sustained;
    this.send([{ bytes: [0xb0, 64, this.sustained ? 127 : 0] }]);
    this.buildTools();
  }

  /// A key goes down by some finger, pointer or letter; each ends only what it began.
  down(by, pitch, velocity = 88) {
    if (this.held.get(by) === pitch) return;
    this.up(by);
    const sounds = [...this.held.values()].includes(pitch);
    this.held.set(by, pitch);
    this.keys.get(pitch)?.classList.add("down");
    if (!sounds) this.send([{ bytes: [0x90, pitch, velocity] }]);
  }

  up(by) {
    const pitch = this.held.get(by);
    if (pitch === undefined) return;
    this.held.delete(by);
    if ([...this.held.values()].includes(pitch)) return;
    this.keys.get(pitch)?.classList.remove("down");
    this.send([{ bytes: [0x80, pitch, 0] }]);
  }

  releaseAll() {
    for (const by of [...this.held.keys()]) this.up(by);
    this.pointers.clear();
    if (this.sustained) this.sustain();
  }

  point(event, isDown) {
    const by = `pointer ${event.pointerId}`;
    if (!isDown) {
      this.pointers.delete(event.pointerId);
      return this.up(by);
    }
    const key = document.elementFromPoint(event.clientX, event.clientY)?.closest("[data-pitch]");
    if (!key) return this.up(by);
    if (event.type === "pointerdown") {
      key.releasePointerCapture?.(event.pointerId);
      key.focus({ preventScroll: true });
      event.preventDefault();
    }
    this.pointers.set(event.pointerId, true);
    // Lower down on a key is louder, as on a real one.
    const box = key.getBoundingClientRect();
    const velocity = Math.round(48 + 64 * Math.min(1, Math.max(0, (event.clientY - box.top) / box.height)));
    this.down(by, Number(key.dataset.pitch), velocity);
  }

  /// Arrow keys walk over the keys, space and enter play them.
  walk(event) {
    const pitch = Number(document.activeElement?.dataset.pitch);
    const step = { ArrowRight: 1, ArrowLeft: -1, ArrowUp: 12, ArrowDown: -12 }[event.key];
    if (step) {
      const next = this.keys.get(pitch + step);
      if (next) {
        this.keys.get(pitch).tabIndex = -1;
        next.tabIndex = 0;
        next.focus();
      }
      event.preventDefault();
    } else if ((event.key === " " || event.key === "Enter") && !event.repeat) {
      this.down(`focus ${pitch}`, pitch);
      event.preventDefault();
    }
  }

  type(event, isDown) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (/^(input|select|textarea)$/i.test(event.target.tagName ?? "")) return;
    if (find("live").hidden) return;
    const letter = event.key.toLowerCase();
    const place = letters.indexOf(letter);
    if (place >= 0) {
      if (isDown && !event.repeat) this.down(`letter ${letter}`, this.lowest + 12 + place);
      if (!isDown) this.up(`letter ${letter}`);
      event.preventDefault();
    } else if (isDown && !event.repeat && (letter === "z" || letter === "x")) {
      this.move(letter === "z" ? -12 : 12);
    }
  }

  playSample(choice) {
    const sample = samples[choice.value];
    choice.value = "";
    if (!sample) return;
    const beat = 60 / sample.tempo;
    let time = 0.2;
    const messages = [];
    for (const [pitch, beats] of sample.notes) {
      if (pitch) {
        messages.push({ bytes: [0x90, pitch, 84], delay: time });
        messages.push({ bytes: [0x80, pitch, 0], delay: time + beats * beat * 0.92 });
      }
      time += beats * beat;
    }
    this.send(messages);
  }

  async openMIDI() {
    if (!navigator.requestMIDIAccess) return toast(isSecureContext ? text.midiRefused : text.midiInsecure);
    try {
      const access = await navigator.requestMIDIAccess();
      const listen = () => {
        const inputs = [...access.inputs.values()];
        for (const input of inputs) input.onmidimessage = (event) => this.hearMIDI(event.data);
        const names = inputs.map((input) => input.name).join(", ");
        find("midi").textContent = names ? text.midiOn(names) : text.midiNone;
      };
      access.onstatechange = listen;
      listen();
    } catch {
      toast(text.midiRefused);
    }
  }

  hearMIDI(data) {
    const bytes = [...data];
    // Clocks and active sensing would only crowd the line.
    if (bytes.length === 0 || bytes[0] >= 0xf0) return;
    this.send([{ bytes }]);
  }
}
