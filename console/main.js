// Which page is shown, and the line to the daemon.
import { follow } from "./api.js";
import { Live } from "./live.js";
import { Takes } from "./takes.js";
import { text } from "./strings.js";
import { find } from "./view.js";

for (const element of document.querySelectorAll("[data-text]")) element.textContent = text[element.dataset.text];

const live = new Live();
const takes = new Takes();

function route() {
  const [page, id] = (location.hash.slice(1) || "live").split("/");
  const shown = page === "take" && id ? "take" : page === "takes" ? "takes" : "live";
  for (const section of document.querySelectorAll("main > section")) section.hidden = section.id !== shown;
  for (const link of document.querySelectorAll("nav a")) {
    const isCurrent = link.hash === `#${shown}` || (shown === "take" && link.hash === "#takes");
    if (isCurrent) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  document.title = shown === "live" ? "Continuo" : `${shown === "take" ? text.take(id) : text.takes} – Continuo`;
  live.roll.show(shown === "live");
  if (shown === "live") live.piano.place();
  if (shown === "takes") takes.load();
  if (shown === "take") takes.open(Number(id));
}

const place = find("connection");
follow(
  (event) => { live.hear(event); takes.hear(event); },
  (isConnected) => {
    place.textContent = isConnected ? text.connected : text.lost;
    place.classList.toggle("lost", !isConnected);
    if (isConnected) live.refresh();
  });
addEventListener("hashchange", () => { route(); find("content").focus({ preventScroll: true }); });
route();
live.refresh();
setInterval(() => document.hidden || live.refresh(), 5000);
