// Hears a band in the browser: all together as it comes, or voice by voice, which may be silenced while they sound.
import { text } from "./strings.js";
import { fill, find, make, toast, toggle } from "./view.js";

const order = ["melody", "line", "chords", "pad", "bass", "drums"];
/// Seconds that the voices may be off the clock of the audio element before they are put right.
const tolerance = 0.06;

export class Listening {
  /// `redraw` is called while the place moves.
  constructor(redraw) {
    this.redraw = redraw;
    this.audio = find("listen-audio");
    this.band = null;
    this.forget();
    this.audio.onplaying = () => { this.say(""); this.start(); this.follow(); };
    this.audio.onwaiting = () => this.say(text.listenMaking);
    this.audio.onpause = () => { this.stop(); this.redraw(); };
    this.audio.onended = () => { this.stop(); this.redraw(); };
    this.audio.onseeked = () => { this.restart(); this.redraw(); };
    this.audio.onvolumechange = () => this.balance();
    this.audio.onerror = () => this.explain();
  }

  /// Where the sound is, as a share of the bars; null where nothing was started.
  get place() {
    if (!this.band || !this.seconds || !this.audio.currentTime) return null;
    return Math.min(this.audio.currentTime / this.seconds, 1);
  }

  url(part) {
    const query = part ? `?part=${part}` : "";
    return `/v1/arrangements/${this.band.summary.id}/audio${query}`;
  }

  /// Offers a band to be heard; null offers nothing.
  show(take, band) {
    find("listen").hidden = !band;
    if (band?.summary.id === this.band?.summary.id) return;
    this.audio.pause();
    this.forget();
    this.band = band;
    if (!band) return this.audio.removeAttribute("src");
    const [beats, unit] = band.meter.split("/").map(Number);
    this.seconds = (band.bars * beats * (4 / unit) * 60) / band.tempo;
    this.audio.setAttribute("aria-label", text.listenAudio(take));
    this.audio.muted = false;
    this.audio.src = this.url();
    this.parts = order.filter((part) => part === "melody" || band.parts[part]?.notes.length);
    this.say("");
    this.drawParts();
    fill(find("listen-files"), ...["ogg", "mp3", "flac"].map((format) => make("a", {
      class: "button", href: `/v1/arrangements/${band.summary.id}/audio?format=${format}`,
      download: `continuo-${band.summary.id}.${format}`,
    }, text.listenAs(format))), make("button", { type: "button", id: "listen-picture", onclick: () => this.picture() },
      text.listenPicture));
  }

  forget() {
    this.stop();
    this.voices = null;
    this.silent = new Set();
    this.parts = [];
    this.seconds = 0;
  }

  say(words) { find("listen-state").textContent = words; }

  drawParts() {
    const place = find("listen-parts");
    place.setAttribute("aria-label", text.listenParts);
    fill(place, ...this.parts.map((part) => toggle(text.parts[part], !this.silent.has(part), () => this.toggle(part),
      { id: `listen-${part}` })));
  }

  /// Silences a voice or lets it be heard again, at once.
  async toggle(part) {
    if (!this.silent.delete(part)) this.silent.add(part);
    this.drawParts();
    find(`listen-${part}`).focus();
    try {
      await this.load();
      this.balance();
      if (!this.audio.paused) this.restart();
    } catch (error) {
      toast(error.message || text.failed);
    }
  }

  /// Fetches the voices one by one; from then on they sound, and the audio element keeps their time in silence.
  async load() {
    if (this.voices) return;
    const band = this.band;
    this.say(text.listenStems);
    this.context ??= new AudioContext();
    await this.context.resume();
    const voices = await Promise.all(this.parts.map(async (part) => {
      const answer = await fetch(this.url(part));
      // A voice that never sounds has no file.
      if (answer.status === 404) return null;
      if (!answer.ok) throw new Error((await answer.json()).error);
      const buffer = await this.context.decodeAudioData(await answer.arrayBuffer());
      const gain = this.context.createGain();
      gain.connect(this.context.destination);
      return { part, buffer, gain, source: null };
    }));
    if (band !== this.band) return;
    this.voices = voices.filter(Boolean);
    this.say("");
  }

  balance() {
    if (!this.voices) return;
    // Else the whole would sound beside its voices.
    if (!this.audio.muted) this.audio.muted = true;
    // The element's own slider stays the loudness of all.
    for (const voice of this.voices) {
      const level = this.silent.has(voice.part) ? 0 : this.audio.volume;
      voice.gain.gain.setTargetAtTime(level, this.context.currentTime, 0.01);
    }
  }

  start() {
    if (!this.voices) return;
    this.stop();
    this.audio.muted = true;
    this.balance();
    const offset = this.audio.currentTime;
    const now = this.context.currentTime;
    for (const voice of this.voices) {
      voice.source = this.context.createBufferSource();
      voice.source.buffer = voice.buffer;
      voice.source.connect(voice.gain);
      voice.source.start(now, Math.min(offset, voice.buffer.duration));
    }
    this.origin = now - offset;
  }

  stop() {
    for (const voice of this.voices ?? []) {
      voice.source?.stop();
      voice.source = null;
    }
  }

  restart() {
    if (this.audio.paused) this.stop();
    else this.start();
  }

  /// Moves the line in the picture, and keeps the voices on the clock.
  follow() {
    if (this.audio.paused) return;
    const isOff = this.voices && Math.abs(this.context.currentTime - this.origin - this.audio.currentTime) > tolerance;
    if (isOff) this.start();
    this.redraw();
    requestAnimationFrame(() => this.follow());
  }

  /// An audio element tells no reasons: they are asked for.
  async explain() {
    if (!this.audio.getAttribute("src")) return;
    const answer = await fetch(this.url(), { headers: { Range: "bytes=0-0" } }).catch(() => null);
    const body = answer?.ok ? {} : await answer?.json().catch(() => ({}));
    this.say([body?.error, body?.advice].filter(Boolean).join(": ") || text.failed);
  }

  /// The roll as it is drawn, as a file.
  picture() {
    const name = `continuo-${this.band.summary.id}.png`;
    find("take-roll").toBlob((blob) => {
      const link = make("a", { href: URL.createObjectURL(blob), download: name });
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 1000);
    });
  }
}
