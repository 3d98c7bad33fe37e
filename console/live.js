// What happens at this moment, and everything that a player's buttons do.
import { api } from "./api.js";
import { LiveRoll, colors, parts } from "./roll.js";
import { Piano } from "./piano.js";
import { text } from "./strings.js";
import { fill, find, make, toast, toggle } from "./view.js";

export class Live {
  constructor() {
    this.status = null;
    this.volumes = {};
    this.waiting = 0;
    this.roll = new LiveRoll(find("live-roll"));
    find("live-roll").setAttribute("aria-label", text.liveRoll);
    this.queue = [];
    this.isSending = false;
    this.piano = new Piano((messages) => this.send(messages));
    this.buildActions();
    this.drawLegend();
  }

  /// Keys one behind the other: a key's end must not overtake its beginning. What comes while a request is on its way goes with the next
  /// one, so that a chord waits for two answers at most.
  async send(messages) {
    this.queue.push(...messages);
    if (this.isSending) return;
    this.isSending = true;
    while (this.queue.length) {
      try {
        await api.input(this.queue.splice(0, 128));
      } catch (error) {
        this.refuse(error);
      }
    }
    this.isSending = false;
  }

  refuse(error) {
    toast([error.message, error.advice].filter(Boolean).join(": ") || text.failed);
  }

  async act(action, more) {
    try {
      const report = await api.act(action, more);
      this.say(report);
    } catch (error) {
      this.refuse(error);
    }
    this.refresh();
  }

  say(report) {
    const state = find("state");
    state.textContent = text.states[report.state] ?? report.state;
    state.dataset.state = report.state;
    if (report.message) find("message").textContent = report.message;
  }

  hear(event) {
    switch (event.type) {
      case "noteIn":
      case "bandNote": return this.roll.hear(event.note);
      case "state":
        this.say(event.state);
        return this.refresh();
      case "problem": return toast([event.problem.error, event.problem.advice].filter(Boolean).join(": "));
      case "lost": return toast(text.lostEvents);
      case "deviceCame":
      case "deviceWent":
      case "arrangementStored": return this.refresh();
    }
  }

  /// Reads the state soon, once for any number of wishes.
  refresh() {
    if (this.waiting) return;
    this.waiting = setTimeout(async () => {
      this.waiting = 0;
      try {
        const asked = performance.now() / 1000;
        this.status = await api.status();
        this.roll.setClock(this.status.clock, asked, performance.now() / 1000);
        this.draw();
      } catch { /* the stream says that the connection is lost */ }
    }, 60);
  }

  buildActions() {
    const button = (name, kind = "") =>
      make("button", {
        type: "button", class: kind, id: `action-${name}`, title: text.hints[name] ?? false, onclick: () => this.act(name),
      }, text.actions[name]);
    fill(find("actions"), button("accompany", "main"), button("record", "record"), button("stop"), button("previous"),
      button("next"), button("regenerate"), button("undo"), button("redo"), button("panic"));
    find("actions").setAttribute("aria-label", text.band);
  }

  drawLegend() {
    const palette = colors();
    fill(find("legend"), ...parts.map((part) => {
      const mark = make("i");
      mark.style.background = palette[part];
      return make("li", {}, mark, text.parts[part]);
    }));
  }

  draw() {
    const status = this.status;
    this.say({ state: status.state });
    const fact = (name, value) => make("div", {}, make("dt", {}, name), make("dd", {}, value));
    const tempo = status.tempo ? String(Math.round(status.tempo * 10) / 10) : text.tempoFromPlaying;
    fill(find("facts"), fact(text.tempo, tempo), fact(text.meter, status.meter),
      status.variation ? fact(text.variation, `${status.variation}/${status.variations}`) : null,
      fact(text.output, status.output ?? status.synth ?? text.noOutput),
      fact(text.keyboards, status.keyboards.map((keyboard) => keyboard.name).join(", ") || text.noKeyboards));
    fill(find("problems"), ...status.problems.map((problem) => make("li", {}, problem)));
    this.keepFocus(() => {
      fill(find("genres"), ...status.genres.map((genre) =>
        toggle(genre, genre === status.genre, () => this.act("genre", { genre }), { id: `genre-${genre}` })));
      this.drawTime(status);
      this.drawMixer(status);
    });
  }

  /// Elements are made anew; the one with the focus keeps it, by its name.
  keepFocus(body) {
    const id = document.activeElement?.id;
    body();
    if (id && document.activeElement?.id !== id) find(id)?.focus();
  }

  drawTime(status) {
    const present = find("tempo");
    if (!present) {
      const tempo = make("input", {
        type: "number", id: "tempo", min: 20, max: 400, step: "any", "aria-label": text.tempo, placeholder: text.tempo,
      });
      const form = make("form", {
        id: "tempo-form", class: "choices",
        onsubmit: (event) => {
          event.preventDefault();
          this.act("tempo", tempo.value ? { tempo: Number(tempo.value) } : {});
          tempo.value = "";
        },
      }, tempo, make("button", {}, text.setTempo));
      find("time").append(form, make("span", { id: "time-buttons", class: "choices" }));
    }
    const button = (name, isOn) =>
      isOn === undefined
        ? make("button", { type: "button", id: `time-${name}`, onclick: () => this.act(name) }, text.actions[name])
        : toggle(text.actions[name], isOn, () => this.act(name, name === "listen" ? { on: !isOn } : {}),
          { id: `time-${name}`, title: text.hints[name] ?? false });
    const meter = make("select", {
      id: "meter", "aria-label": text.meter, onchange: (event) => this.act("meter", { meter: event.target.value }),
    }, ...["4/4", "3/4", "6/8", "2/4"].map((name) =>
      make("option", { value: name, selected: name === status.meter }, name)));
    fill(find("time-buttons"), button("tap"), button("half"), button("double"), meter,
      button("metronome", status.metronome), button("loop", status.loop), button("listen", status.listening));
  }

  drawMixer(status) {
    const palette = colors();
    const isHeld = document.activeElement?.type === "range";
    if (isHeld) return;
    const rows = parts.map((part) => {
      const swatch = make("span", { class: "swatch" });
      swatch.style.background = palette[part];
      const name = text.parts[part];
      const choice = (label, action, isOn) =>
        make("td", {}, toggle(label, isOn, () => this.act(action, { part }),
          { id: `${action}-${part}`, "aria-label": `${label} ${name}` }));
      const volume = make("input", {
        type: "range", min: 0, max: 127, value: this.volumes[part] ?? 100, id: `volume-${part}`, "aria-label": `${text.volume} ${name}`,
        onchange: (event) => {
          this.volumes[part] = Number(event.target.value);
          this.act("volume", { part, volume: this.volumes[part] });
        },
      });
      return make("tr", {}, make("th", { scope: "row" }, swatch, name), choice(text.mute, "mute", status.muted.includes(part)),
        part === "melody" ? make("td") : choice(text.solo, "solo", status.solo.includes(part)),
        part === "melody" ? make("td") : choice(text.lock, "lock", status.locked.includes(part)), make("td", {}, volume));
    });
    fill(find("mixer"), make("tbody", {}, ...rows));
  }
}
