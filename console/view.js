// Small helpers to make and fill elements; text is never taken for markup.

export const find = (id) => document.getElementById(id);

export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "class") element.className = value;
    else if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== undefined && value !== null) element.setAttribute(name, value);
  }
  for (const child of children) if (child !== null && child !== undefined) element.append(child);
  return element;
}

export function fill(element, ...children) {
  element.replaceChildren(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

/// A button that is on or off.
export const toggle = (label, isOn, onclick, more = {}) =>
  make("button", { type: "button", "aria-pressed": String(Boolean(isOn)), onclick, ...more }, label);

let timer = 0;

/// A short message at the bottom, with something to do about it.
export function toast(message, label, onclick) {
  const place = find("toast");
  const close = () => (place.hidden = true);
  const button = label
    ? make("button", { type: "button", onclick: () => { close(); onclick(); } }, label) : null;
  fill(place, make("span", {}, message), button);
  place.hidden = false;
  clearTimeout(timer);
  timer = setTimeout(close, label ? 10000 : 5000);
}
