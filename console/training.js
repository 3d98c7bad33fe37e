// Jobs that train genres: begin one, see the queue, the curves as they grow, and hear what checkpoints make of the same melody.
import { api } from "./api.js";
import { chart, points } from "./chart.js";
import { colors } from "./roll.js";
import { refuse } from "./models.js";
import { text } from "./strings.js";
import { fill, find, make, toast } from "./view.js";

const finished = new Set(["done", "failed", "cancelled"]);
const date = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
const when = (moment) => date.format(new Date(moment));

function duration(seconds) {
  if (seconds < 90) return text.training.seconds(Math.max(1, Math.round(seconds)));
  const minutes = Math.round(seconds / 60);
  return minutes < 90 ? text.training.minutes(minutes) : text.training.hours(Math.floor(minutes / 60), minutes % 60);
}

export class Training {
  constructor() {
    this.jobs = [];
    this.id = null;
    this.build();
    addEventListener("resize", () => this.redraw());
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.redraw());
  }

  build() {
    const words = text.training;
    const field = (label, input) => make("label", {}, label, input);
    const genre = make("input", { type: "text", id: "job-genre", required: true, maxlength: 32, pattern: "[a-z][a-z0-9_\\-]*", autocapitalize: "none", placeholder: "waltz" });
    const data = make("input", { type: "text", id: "job-data", required: true, placeholder: "/srv/music/waltz", spellcheck: "false", autocapitalize: "none" });
    const filter = make("input", { type: "text", id: "job-filter", placeholder: "metre:3/4 tempo:90-180" });
    const preset = make("select", { id: "job-preset" }, ...Object.entries(words.presets).map(([name, label]) => make("option", { value: name }, label)));
    this.start = make("select", { id: "job-start" });
    const settings = make("input", { type: "text", id: "job-settings", placeholder: "batch=16 critic-steps=2" });
    const begin = async (event) => {
      event.preventDefault();
      const request = { genre: genre.value.trim(), data: data.value.trim(), preset: preset.value, settings: {} };
      if (filter.value.trim()) request.filter = filter.value.trim();
      if (this.start.value) request.start = this.start.value;
      for (const word of settings.value.split(/\s+/).filter(Boolean)) {
        const [name, ...value] = word.split("=");
        request.settings[name] = value.join("=") || "true";
      }
      try {
        const job = await api.createJob(request);
        toast(words.begun(job.summary.id));
        location.hash = `#job/${job.summary.id}`;
      } catch (error) {
        refuse(error);
      }
    };
    fill(find("job-form"), make("p", { class: "hint" }, words.hint),
      make("form", { class: "search", onsubmit: begin }, field(words.genre, genre), field(words.data, data),
        field(words.filter, filter), field(words.preset, preset), field(words.start, this.start), field(words.settings, settings),
        make("button", { class: "main", id: "job-begin" }, words.begin)));
  }

  hear(event) {
    if (event.type !== "job") return;
    const index = this.jobs.findIndex((job) => job.id === event.job.id);
    if (index < 0) this.jobs.unshift(event.job);
    else this.jobs[index] = event.job;
    if (!find("training").hidden) this.draw();
    if (!find("job").hidden && event.job.id === this.id) {
      this.job.summary = event.job;
      this.drawHead();
      // Curves are asked for as often as a person looks.
      if (performance.now() - this.asked > 3000) this.loadCurves();
    }
  }

  async load() {
    try {
      const [{ jobs, problems }, { models }] = await Promise.all([api.jobs(), api.models()]);
      this.jobs = jobs;
      this.problems = problems;
      fill(this.start, make("option", { value: "" }, text.training.fresh),
        ...models.filter((model) => model.summary.hash).map((model) => make("option", { value: model.summary.genre }, model.summary.genre)));
      this.draw();
    } catch (error) {
      refuse(error);
    }
  }

  draw() {
    const words = text.training;
    const rows = this.jobs.map((job) => make("tr", {},
      make("td", {}, make("a", { href: `#job/${job.id}` }, words.job(job.id))), make("td", {}, job.genre),
      make("td", {}, words.states[job.state]), make("td", {}, this.progress(job)), make("td", {}, when(job.createdAt))));
    fill(find("job-list"), ...(this.problems ?? []).map((problem) => make("p", { class: "problem" }, problem)),
      rows.length
        ? make("table", { class: "list" }, make("thead", {}, make("tr", {}, ...words.head.map((name) => make("th", { scope: "col" }, name)))),
          make("tbody", {}, ...rows))
        : make("p", { class: "hint" }, words.none));
  }

  progress(job) {
    const { progress } = job;
    if (!progress || finished.has(job.state) || !progress.totalSteps) return job.reason || "";
    const left = progress.secondsLeft && job.state === "training" ? `, ${text.training.left(duration(progress.secondsLeft))}` : "";
    return make("span", { class: "choices" },
      make("progress", { max: progress.totalSteps, value: progress.step, "aria-label": text.training.steps(progress.step, progress.totalSteps) }),
      `${text.training.steps(progress.step, progress.totalSteps)}${left}`);
  }

  async open(id) {
    this.id = id;
    this.curves = null;
    try {
      this.job = await api.job(id);
      this.drawHead();
      await this.loadCurves();
    } catch (error) {
      refuse(error);
      location.hash = "#training";
    }
  }

  async loadCurves() {
    this.asked = performance.now();
    const id = this.id;
    try {
      const curves = await api.jobCurves(id);
      if (id !== this.id) return;
      this.curves = curves;
      this.redraw();
      this.drawSamples();
    } catch (error) {
      refuse(error);
    }
  }

  drawHead() {
    const words = text.training;
    const { summary, request, changes } = this.job;
    find("job-title").textContent = `${words.job(summary.id)}: ${summary.genre}`;
    const warnings = summary.progress?.warnings ?? [];
    fill(find("job-facts"),
      make("p", {}, make("span", { class: "badge" }, words.states[summary.state]), " ", this.progress(summary)),
      summary.reason ? make("p", {}, summary.reason) : null,
      ...warnings.map((warning) => make("p", { class: "problem" }, `${words.step} ${warning.step}: ${warning.text}`)),
      make("details", {}, make("summary", {}, words.asked),
        make("dl", { class: "card-facts" },
          ...[["data", request.data], ["filter", request.filter], ["preset", request.preset], ["start", request.start],
            ...Object.entries(request.settings ?? {})].filter(([, value]) => value)
            .flatMap(([name, value]) => [make("dt", {}, name), make("dd", {}, String(value))]),
          ...changes.flatMap((change) => [make("dt", {}, when(change.at)),
            make("dd", {}, words.states[change.state] + (change.reason ? `: ${change.reason}` : ""))]))));
    const step = (name, label) => make("button", { type: "button", id: `job-${name}`, onclick: () => this.change(name) }, label);
    const isOver = finished.has(summary.state);
    const tools = [];
    if (!isOver && summary.state !== "paused") tools.push(step("pause", words.pause));
    if (summary.state === "paused" || summary.state === "failed") tools.push(step("resume", words.resume));
    if (!isOver) tools.push(step("cancel", words.cancel));
    if (isOver) {
      tools.push(make("button", { type: "button", id: "job-delete", onclick: () => this.remove() }, words.delete));
      if (summary.state === "failed") {
        tools.push(make("button", { type: "button", onclick: () => this.release() }, words.force));
      }
    }
    fill(find("job-tools"), ...tools);
  }

  async change(name) {
    try {
      this.job = await api.changeJob(this.id, name);
      this.drawHead();
    } catch (error) {
      refuse(error);
    }
  }

  async remove() {
    if (!confirm(text.training.reallyDelete(this.id))) return;
    try {
      await api.deleteJob(this.id);
      location.hash = "#training";
    } catch (error) {
      refuse(error);
    }
  }

  async release() {
    if (!confirm(text.training.reallyForce)) return;
    try {
      const model = await api.release(this.job.summary.genre, { job: this.id, force: true });
      toast(text.models.changed(model.summary.genre, model.summary.version));
      this.open(this.id);
    } catch (error) {
      refuse(error);
    }
  }

  // MARK: Curves

  redraw() {
    if (!this.curves || find("job").hidden) return;
    const { losses, heldOut } = this.curves;
    const palette = colors();
    const words = text.training;
    const charts = [
      [words.charts.generator, losses, [["generator", palette.melody]], [[heldOut, "loss", palette.bass]]],
      [words.charts.plan, losses, [["plan", palette.chords]], [[heldOut, "plan", palette.bass]]],
      [words.charts.discriminator, losses, [["discriminator", palette.pad]], []],
      [words.charts.verdicts, losses, [["real", palette.chords], ["fake", palette.melody]], []],
      [words.charts.music, heldOut, [["chordToneRatio", palette.chords], ["conditioningGap", palette.bass], ["distinctBars", palette.pad], ["semitoneClash", palette.melody]], []],
    ];
    const drawn = charts.map(([title, table, lines, beside]) => {
      const series = [...lines.map(([name, color]) => [table, name, color, ""]), ...beside.map(([other, name, color]) => [other, name, color, words.heldOut])]
        .map(([from, name, color, note]) => ({ name: (words.columns[name] ?? name) + note, color, points: points(from, name) }))
        .filter((line) => line.points.length > 1);
      return series.length ? chart(title, series) : null;
    });
    fill(find("job-curves"), ...(drawn.some(Boolean) ? drawn : [make("p", { class: "hint" }, words.noCurves)]));
  }

  /// The same melody from early to late.
  drawSamples() {
    const words = text.training;
    const { samples } = this.curves;
    const melodies = [...new Set(samples.map((sample) => sample.melody))].sort((a, b) => a - b);
    const key = JSON.stringify(samples);
    // Drawn anew, a sound that plays would end.
    if (key === this.sampled) return;
    this.sampled = key;
    const url = (sample, format) => `/v1/jobs/${this.id}/sample?step=${sample.step}&melody=${sample.melody}&format=${format}`;
    fill(find("job-samples"), ...melodies.flatMap((melody) => [
      make("h3", {}, words.melody(melody)),
      make("div", { class: "samples" }, ...samples.filter((sample) => sample.melody === melody).map((sample) => make("figure", {},
        make("figcaption", {}, `${words.step} ${sample.step}`),
        sample.formats.includes("png")
          ? make("img", { src: url(sample, "png"), loading: "lazy", alt: words.sampleRoll(melody, sample.step) }) : null,
        sample.formats.includes("ogg")
          ? make("audio", { controls: true, preload: "none", src: url(sample, "ogg"), "aria-label": words.sampleAudio(melody, sample.step) }) : null,
        sample.formats.includes("mid")
          ? make("a", { class: "button", href: url(sample, "mid"), download: `job-${this.id}-step-${sample.step}-melody-${melody}.mid` }, text.download) : null))),
    ]));
  }
}
