/* A line of the recent past in a few pixels: its shape matters, its scale does not. Empty until there are two points. */

const SVG = "http://www.w3.org/2000/svg";
const WIDTH = 54;
const HEIGHT = 22;

export function drawSpark(target, values) {
  const known = values.filter((value) => value !== null && value !== undefined);
  const points = known.length < 2 ? "" : path(known);
  if (target.dataset.points === points) return;
  target.dataset.points = points;
  target.replaceChildren(...(points ? [line(points)] : []));
}

function path(values) {
  const least = Math.min(...values);
  const span = Math.max(...values) - least || 1;
  const step = (WIDTH - 2) / (values.length - 1);
  return values
    .map((value, i) => `${(1 + i * step).toFixed(1)},${(HEIGHT - 3 - ((value - least) / span) * (HEIGHT - 6)).toFixed(1)}`)
    .join(" ");
}

function line(points) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", `0 0 ${WIDTH} ${HEIGHT}`);
  svg.setAttribute("aria-hidden", "true");
  const made = document.createElementNS(SVG, "polyline");
  made.setAttribute("points", points);
  svg.append(made);
  return svg;
}
