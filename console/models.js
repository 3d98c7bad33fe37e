// The genres' models: who plays, how good it is beside people, and the versions before.
import { api } from "./api.js";
import { text } from "./strings.js";
import { fill, find, make, toast } from "./view.js";

const number = new Intl.NumberFormat(undefined, { maximumFractionDigits: 3 });
const size = (bytes) => `${number.format(Math.round(bytes / 1e5) / 10)} MB`;
const short = (hash) => make("code", { title: hash }, hash.slice(0, 8));

export const refuse = (error) => toast([error.message, error.advice].filter(Boolean).join(": ") || text.failed);

export class Models {
  constructor() { this.opened = new Set(); }

  hear(event) { if (event.type === "model" && !find("models").hidden) this.load(); }

  async load() {
    try {
      const [{ models }, status] = await Promise.all([api.models(), api.status()]);
      this.draw(models, status.genre);
    } catch (error) {
      refuse(error);
    }
  }

  draw(models, playing) {
    fill(find("model-list"), ...models.map((model) => this.card(model, model.summary.genre === playing)));
  }

  card(model, isPlaying) {
    const words = text.models;
    const { summary } = model;
    const origin = words.origins[summary.origin] + (summary.version ? `, ${words.version(summary.version)}` : "");
    const known = new Set(["metrics", "training", "format", "genre"]);
    const facts = Object.entries(model.card).filter(([name]) => !known.has(name)).sort(([a], [b]) => a.localeCompare(b));
    const title = `model-${summary.genre}`;
    const details = make("details", {
      open: this.opened.has(summary.genre),
      ontoggle: () => this.opened[details.open ? "add" : "delete"](summary.genre),
    }, make("summary", {}, words.card),
    make("dl", { class: "card-facts" }, ...facts.flatMap(([name, value]) => [make("dt", {}, name), make("dd", {}, value)])));
    return make("section", { class: "model", "aria-labelledby": title },
      make("h3", { id: title }, summary.genre, isPlaying ? make("span", { class: "badge" }, words.playing) : null),
      make("p", {}, `${origin}${summary.bytes ? `, ${size(summary.bytes)}` : ""}${summary.licence ? `, ${summary.licence}` : ""} `,
        summary.hash ? short(summary.hash) : null),
      ...summary.problems.map((problem) => make("p", { class: "problem" }, problem)),
      this.figures(model),
      facts.length ? details : null,
      this.versions(model));
  }

  /// Each figure on a line of its own scale, with people's range behind it.
  figures(model) {
    if (!model.metrics.length) return make("p", { class: "hint" }, text.models.noFigures);
    const head = text.models.head;
    const rows = model.metrics.map((metric) => {
      const [low, high] = [Math.min(...metric.people), Math.max(...metric.people)];
      const people = metric.people.length ? low === high ? number.format(low) : `${number.format(low)} – ${number.format(high)}` : "–";
      return make("tr", {}, make("th", { scope: "row" }, metric.title), make("td", { class: "number" }, number.format(metric.value)),
        make("td", { class: "number" }, people), make("td", {}, text.models.aims[metric.aim] ?? metric.aim));
    });
    return make("table", { class: "list figures" },
      make("thead", {}, make("tr", {}, ...head.map((name) => make("th", { scope: "col" }, name)))), make("tbody", {}, ...rows));
  }

  versions(model) {
    if (!model.history.length) return null;
    const { genre, origin } = model.summary;
    const back = (version, hash) => make("button", {
      type: "button", onclick: () => this.rollBack(genre, { version, hash }),
      "aria-label": text.models.takeThis(genre, version),
    }, text.models.take);
    return make("table", { class: "list" }, make("caption", {}, text.models.versions),
      make("tbody", {}, ...[...model.history].reverse().map((version) => make("tr", {},
        make("td", {}, text.models.version(version.version)), make("td", {}, version.released ?? ""), make("td", {}, short(version.hash)),
        make("td", {}, version.isInUse ? text.models.inUse : back(version.version, version.hash)))),
      origin === "own" ? make("tr", {}, make("td", {}, text.models.origins.shipped), make("td", {}), make("td", {}), make("td", {}, back(0))) : null));
  }

  async rollBack(genre, wish) {
    try {
      const model = await api.rollBack(genre, wish);
      toast(text.models.changed(genre, model.summary.version));
      this.load();
    } catch (error) {
      refuse(error);
    }
  }
}
