// How a GAN makes music, shown by this machine's own networks: the noise, the moments of training, the verdict, the losses.
import { api } from "./api.js";
import { chart, points } from "./chart.js";
import { refuse } from "./models.js";
import { colors, drawTake } from "./roll.js";
import { text } from "./strings.js";
import { fill, find, make } from "./view.js";

const words = text.lesson;
const mean = (numbers) => numbers.reduce((sum, value) => sum + value, 0) / Math.max(1, numbers.length);

export class Lesson {
  constructor() {
    this.audio = new Audio();
    this.audio.onended = () => this.mark(null);
    this.shown = new Map();
    addEventListener("resize", () => this.redraw());
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.redraw());
  }

  async load() {
    if (this.lessons) return this.redraw();
    try {
      this.lessons = await api.lessons();
    } catch (error) {
      if (error.status !== 404) return refuse(error);
      return fill(find("lesson-body"), make("p", {}, words.none));
    }
    this.melody = this.lessons.melodies.includes("ode-to-joy") ? "ode-to-joy" : this.lessons.melodies[0];
    this.seed = 1;
    this.shift = 0;
    this.build();
    this.loadAll();
  }

  build() {
    const { genre, steps, melodies } = this.lessons;
    const melody = make("select", { id: "lesson-melody", onchange: () => { this.melody = melody.value; this.loadAll(); } },
      ...melodies.map((name) => make("option", { value: name, selected: name === this.melody }, name.replaceAll("-", " "))));
    const dial = make("input", {
      type: "range", id: "lesson-dial", min: -3, max: 3, step: 0.25, value: 0,
      oninput: () => { this.shift = Number(dial.value); this.say(); this.turn(); },
    });
    const seed = make("input", {
      type: "number", id: "lesson-seed", min: 1, max: 999, value: 1,
      onchange: () => { this.seed = Math.max(1, Math.round(Number(seed.value)) || 1); this.say(); this.turn(); },
    });
    this.dialText = make("output", { for: "lesson-dial lesson-seed", class: "hint" });
    this.verdictText = make("p", { class: "hint", role: "status" });
    const authors = ["arranger", "network", "stranger"];
    fill(find("lesson-body"),
      make("p", {}, words.intro(genre, steps.at(-1))),
      make("p", {}, make("label", {}, `${words.melody} `, melody)),
      make("h3", {}, words.dialTitle), make("p", {}, words.dialHow),
      make("div", { class: "choices" }, make("label", { class: "dial" }, words.dial, dial), make("label", {}, `${words.seed} `, seed),
        this.button("dial"), this.dialText),
      make("div", { class: "roll-frame" }, this.canvas("dial")),
      make("h3", {}, words.timeTitle), make("p", {}, words.timeHow),
      make("div", { class: "moments" }, ...steps.map((step) => make("figure", {},
        make("figcaption", {}, words.step(step), this.verdict(`step-${step}`), this.button(`step-${step}`)), this.canvas(`step-${step}`)))),
      make("h3", {}, words.verdictTitle), make("p", {}, words.verdictHow),
      make("div", { class: "moments" }, ...authors.map((author) => make("figure", {},
        make("figcaption", {}, words.authors[author], this.verdict(author), this.button(author)),
        make("div", { class: "bars", id: `lesson-bars-${author}`, "aria-hidden": "true" })))),
      this.verdictText,
      make("h3", {}, words.lossTitle), make("p", {}, words.lossHow), make("div", { class: "charts", id: "lesson-losses" }));
    this.say();
  }

  canvas(name) { return make("canvas", { id: `lesson-roll-${name}`, role: "img", tabindex: "-1" }); }
  verdict(name) { return make("span", { class: "hint", id: `lesson-verdict-${name}` }); }

  button(name) {
    return make("button", { type: "button", id: `lesson-hear-${name}`, "aria-pressed": "false", onclick: () => this.hear(name) }, words.play);
  }

  say() { this.dialText.textContent = words.dialAt(this.shift.toFixed(2), this.seed); }

  /// What is asked for by the name of a picture.
  query(name) {
    if (name === "dial") return { melody: this.melody, seed: this.seed, shift: this.shift };
    if (name.startsWith("step-")) return { melody: this.melody, step: name.slice(5) };
    return { melody: this.melody, by: name };
  }

  async loadAll() {
    this.shown.clear();
    const melody = this.melody;
    for (const name of ["dial", "arranger", "network", "stranger", ...this.lessons.steps.map((step) => `step-${step}`)]) {
      if (melody !== this.melody) return;
      await this.fetch(name);
    }
  }

  /// One request at a time while the dial turns; the last place wins.
  async turn() {
    if (this.turning) { this.again = true; return; }
    this.turning = true;
    do {
      this.again = false;
      await this.fetch("dial");
    } while (this.again);
    this.turning = false;
  }

  async fetch(name) {
    try {
      this.shown.set(name, await api.lesson(this.query(name)));
      this.draw(name);
    } catch (error) {
      refuse(error);
    }
  }

  redraw() {
    if (find("lesson").hidden || !this.lessons) return;
    for (const name of this.shown.keys()) this.draw(name);
    this.drawLosses();
  }

  draw(name) {
    const report = this.shown.get(name);
    const canvas = find(`lesson-roll-${name}`);
    const value = mean(report.verdicts).toFixed(2);
    if (canvas) {
      drawTake(canvas, null, report.band);
      canvas.setAttribute("aria-label", words.roll(name === "dial" ? this.dialText.textContent : words.step(report.step)));
    }
    const verdict = find(`lesson-verdict-${name}`);
    if (verdict) verdict.textContent = words.verdict(value);
    const bars = find(`lesson-bars-${name}`);
    if (bars) this.drawBars(bars, report.verdicts);
    const [real, made, strange] = ["arranger", "network", "stranger"].map((author) => this.shown.get(author));
    if (real && made && strange) {
      const [a, b, c] = [real, made, strange].map((other) => mean(other.verdicts));
      fill(this.verdictText, `${words.compare(a, b)} ${words.stranger(a, c)}`);
    }
    this.drawLosses();
  }

  /// Each bar of the music from the middle up or down; two is as sure as it gets.
  drawBars(place, verdicts) {
    fill(place, ...verdicts.map((value) => {
      const height = Math.min(1, Math.abs(value) / 2) * 50;
      const mark = make("b", { class: value < 0 ? "low" : "" });
      mark.style.height = `${height}%`;
      mark.style[value < 0 ? "top" : "bottom"] = "50%";
      return make("i", { title: value.toFixed(2) }, mark);
    }));
  }

  drawLosses() {
    const place = find("lesson-losses");
    const palette = colors();
    const key = palette.paper;
    if (place.dataset.drawn === key) return;
    place.dataset.drawn = key;
    const { losses } = this.lessons;
    const names = text.training.columns;
    const line = (name, color) => ({ name: names[name] ?? name, color, points: points(losses, name) });
    const charts = [
      [text.training.charts.generator, [line("generator", palette.melody)]],
      [text.training.charts.discriminator, [line("discriminator", palette.pad)]],
      [text.training.charts.verdicts, [line("real", palette.chords), line("fake", palette.melody)]],
    ];
    // A run of an earlier version measured less.
    fill(place, ...charts.map(([title, lines]) => [title, lines.filter((one) => one.points.length > 1)])
      .map(([title, lines]) => (lines.length ? chart(title, lines) : null)));
  }

  mark(name) {
    for (const button of find("lesson-body").querySelectorAll("button[id^='lesson-hear-']")) {
      const isOn = button.id === `lesson-hear-${name}`;
      button.setAttribute("aria-pressed", String(isOn));
      button.textContent = isOn ? words.stop : words.play;
    }
    this.heard = name;
  }

  hear(name) {
    this.audio.pause();
    if (this.heard === name) return this.mark(null);
    this.audio.src = `/v1/lessons/audio?${new URLSearchParams(this.query(name))}`;
    this.mark(name);
    this.audio.play().catch((error) => {
      if (error.name === "AbortError") return;
      this.mark(null);
      refuse(error);
    });
  }
}
