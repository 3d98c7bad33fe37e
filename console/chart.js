// Curves over the steps of a training.
import { make } from "./view.js";

const number = new Intl.NumberFormat(undefined, { maximumSignificantDigits: 3 });
const stages = ["plan", "reconstruction", "adversarial"];
/// The name that drawings have in a page.
const namespace = new DOMParser().parseFromString("<svg></svg>", "text/html").querySelector("svg").namespaceURI;

/// A column's numbers under their steps.
export function points(table, name) {
  const column = table.columns.indexOf(name);
  return column < 0 ? [] : table.rows.filter((row) => row.values[column] !== null)
    .map((row) => ({ x: row.step, y: row.values[column], stage: row.stage }));
}

/// Lines over steps, with where each stage began.
export function chart(title, series) {
  const [width, height, left, bottom, top] = [480, 190, 44, 22, 10];
  const svg = (tag, attributes, content) => {
    const element = document.createElementNS(namespace, tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    if (content !== undefined) element.textContent = content;
    return element;
  };
  const all = series.flatMap((line) => line.points);
  const [first, last] = [Math.min(...all.map((p) => p.x)), Math.max(...all.map((p) => p.x), 1)];
  // The first steps tower above everything that comes later.
  const sorted = all.map((p) => p.y).sort((a, b) => a - b);
  const [low, high] = [Math.min(0, sorted[0]), Math.max(sorted[Math.floor(sorted.length * 0.98)], sorted[0] + 1e-6)];
  const x = (step) => left + ((step - first) / Math.max(1, last - first)) * (width - left - 8);
  const y = (value) => top + (1 - (Math.min(value, high) - low) / (high - low)) * (height - top - bottom);
  const words = series.map((line) => `${line.name} ${number.format(line.points.at(-1).y)}`).join(", ");
  const picture = svg("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": `${title}: ${words}` });
  for (const share of [0, 0.5, 1]) {
    const value = low + (high - low) * share;
    picture.append(svg("line", { x1: left, x2: width - 8, y1: y(value), y2: y(value), class: "grid" }),
      svg("text", { x: left - 6, y: y(value) + 4, "text-anchor": "end" }, number.format(value)));
  }
  const starts = stages.map((stage) => all.filter((p) => p.stage === stage).map((p) => p.x)).map((steps) => (steps.length ? Math.min(...steps) : null));
  for (const start of starts) {
    if (start !== null && start > first) picture.append(svg("line", { x1: x(start), x2: x(start), y1: top, y2: height - bottom, class: "stage" }));
  }
  picture.append(svg("text", { x: left, y: height - 6 }, String(first)), svg("text", { x: width - 8, y: height - 6, "text-anchor": "end" }, String(last)));
  for (const line of series) {
    picture.append(svg("polyline", {
      points: line.points.map((p) => `${x(p.x).toFixed(1)},${y(p.y).toFixed(1)}`).join(" "), fill: "none", stroke: line.color, "stroke-width": 1.8, "stroke-linejoin": "round",
    }));
  }
  const legend = make("ul", { class: "chart-legend", "aria-hidden": "true" }, ...series.map((line) => {
    const mark = make("i", {});
    mark.style.background = line.color;
    return make("li", {}, mark, `${line.name} ${number.format(line.points.at(-1).y)}`);
  }));
  return make("figure", { class: "chart" }, make("figcaption", {}, title), picture, legend);
}
