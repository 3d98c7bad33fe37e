// The list of takes, and one of them with its bands.
import { api } from "./api.js";
import { MelodyEditor } from "./edit.js";
import { Listening } from "./listen.js";
import { colors, drawTake } from "./roll.js";
import { text } from "./strings.js";
import { fill, find, make, toast } from "./view.js";

const page = 40;
const date = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
const when = (moment) => date.format(new Date(moment));
const beats = (tempo) => String(Math.round(tempo * 10) / 10);

export class Takes {
  constructor() {
    this.takes = [];
    this.query = {};
    this.shown = null;
    this.listening = new Listening(() => this.redraw());
    this.editor = new MelodyEditor((id, band) => this.show(id, band));
    this.buildSearch();
    this.buildDrop();
    addEventListener("resize", () => this.redraw());
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.redraw());
  }

  refuse(error) { toast([error.message, error.advice].filter(Boolean).join(": ") || text.failed); }

  buildSearch() {
    const words = make("input", { type: "search", name: "words", id: "words" });
    const rating = make("select", { name: "rating", id: "rating" }, make("option", { value: "" }, text.any),
      ...[1, 2, 3, 4, 5].map((stars) => make("option", { value: stars }, text.stars(stars))));
    this.tag = make("select", { name: "tag", id: "tag" });
    const deleted = make("input", { type: "checkbox", name: "deleted", id: "deleted", value: "true" });
    const form = find("search");
    fill(form, make("label", {}, text.words, words), make("label", {}, text.ratingAtLeast, rating),
      make("label", {}, text.tag, this.tag), make("label", {}, text.deleted, deleted), make("button", {}, text.search));
    const search = (event) => {
      event?.preventDefault();
      this.query = Object.fromEntries([...new FormData(form)].filter(([, value]) => value !== ""));
      this.load();
    };
    form.onsubmit = search;
    form.onchange = (event) => event.target === words || search();
  }

  buildDrop() {
    const place = find("drop");
    const file = make("input", {
      type: "file", accept: ".mid,.midi,audio/midi", multiple: true, id: "file",
      onchange: () => { this.importAll([...file.files]); file.value = ""; },
    });
    fill(place, make("label", { for: "file" }, text.dropHere), file);
    place.ondragover = (event) => { event.preventDefault(); place.classList.add("over"); };
    place.ondragleave = () => place.classList.remove("over");
    place.ondrop = (event) => {
      event.preventDefault();
      place.classList.remove("over");
      this.importAll([...event.dataTransfer.files]);
    };
  }

  async importAll(files) {
    for (const file of files) {
      try {
        const report = await api.importFile(await file.arrayBuffer(), file.name);
        toast([text.imported(report.take.id), ...(report.notices ?? [])].join(" "));
      } catch (error) {
        this.refuse(error);
      }
    }
    this.load();
  }

  async load() {
    try {
      const [{ takes }, { tags }] = await Promise.all([api.takes({ limit: page, ...this.query }), api.tags()]);
      this.takes = takes;
      this.hasMore = takes.length === page;
      const chosen = this.query.tag ?? "";
      fill(this.tag, make("option", { value: "" }, text.any),
        ...tags.map(({ tag }) => make("option", { value: tag, selected: tag === chosen }, tag)));
      this.draw();
    } catch (error) {
      this.refuse(error);
    }
  }

  async loadMore() {
    try {
      const { takes } = await api.takes({ limit: page, ...this.query, before: this.takes.at(-1).id });
      this.takes.push(...takes);
      this.hasMore = takes.length === page;
      this.draw();
    } catch (error) {
      this.refuse(error);
    }
  }

  hear(event) {
    const isOpen = !find("takes").hidden;
    if (event.type === "takeStored" && isOpen) this.load();
    if (event.type === "arrangementStored" && this.shown && event.arrangement.takeID === this.shown.take.summary.id) {
      this.open(event.arrangement.takeID, event.arrangement.id);
    }
  }

  what(take) {
    return `${text.notes(take.noteCount)}, ${text.bars(take.bars)} ${take.meter}, ♩ = ${beats(take.tempo)}`
      + (take.key ? `, ${take.key}` : "");
  }

  stars(take, redraw) {
    const place = make("span", { class: "stars", role: "group", "aria-label": text.head.rating });
    for (let star = 1; star <= 5; star++) {
      const isOn = (take.rating ?? 0) >= star;
      place.append(make("button", {
        type: "button", "aria-pressed": String(isOn), "aria-label": text.stars(star),
        // The star that is set already takes the rating away.
        onclick: () => this.mark(take, { rating: take.rating === star ? -1 : star }, redraw),
      }, isOn ? "★" : "☆"));
    }
    return place;
  }

  async mark(take, marks, redraw) {
    try {
      Object.assign(take, await api.mark(take.id, marks));
      if (marks.rating === -1) take.rating = undefined;
      redraw();
    } catch (error) {
      this.refuse(error);
    }
  }

  async play(id, band) {
    try {
      toast((await api.play(id, band)).message);
    } catch (error) {
      this.refuse(error);
    }
  }

  async remove(take) {
    try {
      await api.remove(take.id);
      this.takes = this.takes.filter((other) => other.id !== take.id);
      this.draw();
      toast(text.removed(take.id), text.actions.undo, () => this.restore(take));
    } catch (error) {
      this.refuse(error);
    }
  }

  async restore(take) {
    try {
      await api.restore(take.id);
      toast(text.undone);
      this.load();
    } catch (error) {
      this.refuse(error);
    }
  }

  draw() {
    const place = find("take-list");
    if (!this.takes.length) {
      const isAsked = Object.keys(this.query).length > 0;
      return fill(place, make("p", { class: "hint" }, isAsked ? text.noTakes : text.noTakesYet));
    }
    const head = text.head;
    const rows = this.takes.map((take) => make("tr", {},
      make("td", {}, make("a", { href: `#take/${take.id}` }, text.take(take.id))),
      make("td", {}, when(take.savedAt)),
      make("td", {}, this.what(take), take.note ? make("div", { class: "hint" }, take.note) : null),
      make("td", {}, this.stars(take, () => this.draw())),
      make("td", {}, take.tags.join(", ")),
      make("td", { class: "choices" }, ...(take.deletedAt
        ? [make("button", { type: "button", onclick: () => this.restore(take) }, text.restore)]
        : [
          make("button", { type: "button", onclick: () => this.play(take.id) }, text.play),
          make("a", { class: "button", href: `/v1/takes/${take.id}.mid`, download: true }, text.download),
          make("button", { type: "button", onclick: () => this.remove(take) }, text.remove),
        ]))));
    const columns = [head.take, head.when, head.what, head.rating, head.tags, head.do];
    fill(place, make("table", { class: "list" },
      make("thead", {}, make("tr", {}, ...columns.map((name) => make("th", { scope: "col" }, name)))),
      make("tbody", {}, ...rows)),
    this.hasMore ? make("button", { type: "button", onclick: () => this.loadMore() }, text.more) : null);
  }

  /// Shows a take with its newest band, or with another one.
  async open(id, band) {
    if (this.wanted?.id === id) band ??= this.wanted.band;
    this.wanted = null;
    try {
      const [take, { genre, genres }] = await Promise.all([api.take(id), api.status()]);
      this.genre = genre;
      this.genres = genres;
      const chosen = take.arrangements.find((other) => other.id === band) ?? take.arrangements.at(-1);
      const arrangement = chosen ? await api.arrangement(chosen.id) : null;
      if (this.editor.isOpen && this.editor.take.summary.id !== take.summary.id) this.editor.hide();
      this.shown = { take, arrangement };
      this.drawTake();
    } catch (error) {
      this.refuse(error);
      location.hash = "#takes";
    }
  }

  /// Goes to a take's own page, with a band.
  show(id, band) {
    if (location.hash === `#take/${id}`) this.open(id, band);
    else {
      this.wanted = { id, band };
      location.hash = `#take/${id}`;
    }
  }

  async arrange(id, genre) {
    try {
      this.open(id, (await api.arrange(id, { genre })).summary.id);
    } catch (error) {
      this.refuse(error);
    }
  }

  drawTake() {
    const { take, arrangement } = this.shown;
    const summary = take.summary;
    find("take-title").textContent = text.take(summary.id);
    fill(find("take-facts"), `${when(summary.savedAt)}, ${summary.keyboard || summary.source}. ${this.what(summary)}. `,
      summary.isDamaged ? make("strong", {}, `${text.damaged}. `) : null, this.stars(summary, () => this.drawTake()),
      summary.note ? make("span", { class: "hint" }, ` ${summary.note}`) : null);
    const tags = make("input", { type: "text", value: summary.tags.join(", "), "aria-label": text.tagsPrompt });
    const save = (event) => {
      event.preventDefault();
      const wanted = tags.value.split(",").map((tag) => tag.trim()).filter(Boolean);
      this.mark(summary, {
        tag: wanted.filter((tag) => !summary.tags.includes(tag)), untag: summary.tags.filter((tag) => !wanted.includes(tag)),
      }, () => this.drawTake());
    };
    const style = arrangement?.summary.genre ?? this.genre;
    const genre = make("select", { id: "take-genre", "aria-label": text.genre },
      ...this.genres.map((name) => make("option", { value: name, selected: name === style }, name)));
    const file = arrangement ? `/v1/arrangements/${arrangement.summary.id}.mid` : `/v1/takes/${summary.id}.mid`;
    fill(find("take-tools"),
      make("button", { type: "button", class: "main", onclick: () => this.play(summary.id, arrangement?.summary.id) }, text.play),
      make("a", { class: "button", href: file, download: true }, text.download),
      make("button", { type: "button", id: "take-edit", onclick: () => this.editor.open(take, genre.value, this.genres) },
        text.editMelody),
      make("span", { class: "choices" },
        make("button", { type: "button", id: "take-arrange", onclick: () => this.arrange(summary.id, genre.value) },
          text.newBand), genre),
      make("form", { class: "choices", onsubmit: save }, tags, make("button", {}, text.saveTags)));
    const number = take.arrangements.findIndex((band) => band.id === arrangement?.summary.id) + 1;
    if (number) {
      // The daemon has no way to the internet; the player's own session has.
      find("take-tools").append(make("details", { id: "publish" }, make("summary", {}, text.publish),
        make("p", {}, text.publishHow), make("pre", {}, `continuo publish ${summary.id} --band ${number}`)));
    }
    const rows = take.arrangements.map((band, index) => make("tr", {},
      make("td", { class: "number" }, String(index + 1)), make("td", {}, when(band.savedAt)), make("td", {}, band.genre),
      make("td", { class: "number" }, band.seed), make("td", {}, band.accompanist),
      make("td", {}, make("button", {
        type: "button", "aria-pressed": String(band.id === arrangement?.summary.id),
        onclick: () => this.open(summary.id, band.id),
      }, text.show))));
    fill(find("take-bands"), ...(rows.length
      ? [make("caption", { class: "visually-hidden" }, text.bands),
        make("thead", {}, make("tr", {}, ...text.bandHead.map((name) => make("th", { scope: "col" }, name)))),
        make("tbody", {}, ...rows)]
      : [make("caption", {}, text.noBands)]));
    find("take-roll").setAttribute("aria-label", text.takeRoll(summary.id));
    this.listening.show(summary.id, arrangement);
    this.redraw();
  }

  redraw() {
    if (this.shown && !find("take").hidden) {
      drawTake(find("take-roll"), this.shown.take, this.shown.arrangement, this.listening.place);
    }
  }
}
