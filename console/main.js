// Which page is shown, who is let in, and the line to the daemon.
import { api, follow } from "./api.js";
import { Lesson } from "./lesson.js";
import { Live } from "./live.js";
import { Models } from "./models.js";
import { Takes } from "./takes.js";
import { Training } from "./training.js";
import { text } from "./strings.js";
import { fill, find, make, toast } from "./view.js";

for (const element of document.querySelectorAll("[data-text]")) element.textContent = text[element.dataset.text];

/// A ticket in the address is taken for the token, and goes from the address and the history.
async function enter() {
  const ticket = location.hash.match(/^#ticket=(.+)$/)?.[1];
  if (ticket) {
    history.replaceState(null, "", "#live");
    try {
      await api.enter(ticket);
    } catch (error) {
      toast([error.message, error.advice].filter(Boolean).join(": "));
    }
  }
  try {
    await api.status();
    return true;
  } catch (error) {
    return error.status !== 401;
  }
}

function showOutside() {
  find("outside").hidden = false;
  fill(find("outside"), make("h2", {}, text.outside), make("p", {}, text.outsideHow), make("pre", {}, text.command));
}

function begin() {
  const live = new Live();
  const takes = new Takes();
  const models = new Models();
  const training = new Training();
  const lesson = new Lesson();
  // A page of one thing belongs to the page with the list of them.
  const lists = { take: "takes", job: "training" };
  const pages = ["live", "takes", "models", "training", "lesson"];
  const titles = { takes: text.takes, models: text.modelsPage, training: text.trainingPage, lesson: text.lessonPage };

  function route() {
    const [page, id] = (location.hash.slice(1) || "live").split("/");
    const shown = lists[page] && id ? page : pages.includes(page) ? page : "live";
    for (const section of document.querySelectorAll("main > section")) section.hidden = section.id !== shown;
    for (const link of document.querySelectorAll("nav a")) {
      const isCurrent = link.hash === `#${lists[shown] ?? shown}`;
      if (isCurrent) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
    const title = shown === "take" ? text.take(id) : shown === "job" ? text.training.job(id) : titles[shown];
    document.title = title ? `${title} – Continuo` : "Continuo";
    live.roll.show(shown === "live");
    if (shown === "live") live.piano.place();
    if (shown === "takes") takes.load();
    if (shown === "take") takes.open(Number(id));
    if (shown === "models") models.load();
    if (shown === "training") training.load();
    if (shown === "lesson") lesson.load();
    if (shown === "job") training.open(Number(id));
  }

  const place = find("connection");
  let retry = 0;
  function listen() {
    follow(
      (event) => { for (const page of [live, takes, models, training]) page.hear(event); },
      (isConnected, isOver) => {
        place.textContent = isConnected ? text.connected : text.lost;
        place.classList.toggle("lost", !isConnected);
        if (isConnected) live.refresh();
        // The browser gives up where the daemon answered with an error, as one that just starts may.
        if (isOver) {
          clearTimeout(retry);
          retry = setTimeout(listen, 2000);
        }
      });
  }
  listen();
  addEventListener("hashchange", () => { route(); find("content").focus({ preventScroll: true }); });
  route();
  live.refresh();
  setInterval(() => document.hidden || live.refresh(), 5000);
}

if (await enter()) begin();
else showOutside();
