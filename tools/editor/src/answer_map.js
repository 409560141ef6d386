// Draws the places of an answer over the outlines of countries that come with the pages: nothing is asked elsewhere.
import { wordsOf } from "./answer_values.js";
import { drawn, element } from "./elements.js";

const WIDTH = 360;
const [LOWEST, HIGHEST] = [180, 240]; // of the height of a map, which shows no more than is needed
const EDGE = 26; // around the marks
const NARROWEST = 5; // degrees of longitude that a map shows at least
const RADIUS = 7;
const MOST_PINS = 200;

/** `places` are those of answer_values.js; `outlines` has the rings of each country, in hundredths of a degree. */
export function map(places, outlines) {
  const shown = places.slice(0, MOST_PINS);
  const { place, height } = projection(shown.map((pin) => pin.point));
  const groups = joined(shown.map((pin) => ({ ...pin, at: place(pin.point) })));
  const pins = groups.flat();
  const drawing = drawn("svg", {
    viewBox: `0 0 ${WIDTH} ${height}`, role: "img", "aria-label": `A map with ${pins.length} numbered places, which the list below names.`,
  }, drawn("rect", { width: WIDTH, height, class: "sea" }));
  const names = [];
  for (const [name, rings] of Object.entries(outlines)) {
    const seen = rings.flatMap((ring) => [-360, 0, 360].map((turn) => projected(ring, place, turn))).filter((points) => inSight(points, height));
    if (!seen.length) continue;
    drawing.append(drawn("path", { d: seen.map(path).join(""), class: "land" }));
    const middle = middleOf(seen, height);
    if (!middle) continue;
    const half = name.length * 2.6; // about half of the width of the name
    const x = Math.min(Math.max(middle[0], half), WIDTH - half);
    names.push(drawn("text", { x: x.toFixed(1), y: middle[1].toFixed(1), class: "country" }, name));
  }
  drawing.append(...names);
  let first = 1;
  for (const group of groups) {
    drawing.append(...mark(group, first));
    first += group.length;
  }
  const list = element("ol", {}, ...pins.map(entry));
  const more = places.length - pins.length;
  return element("figure", { class: "map" }, drawing, list, more > 0 ? element("p", { class: "tags" }, `${more} more places are only in the table.`) : "");
}

/** Puts together the pins that would cover each other, each with those around the first of them. */
function joined(pins) {
  const groups = [];
  for (const pin of pins) {
    const near = groups.find(([one]) => Math.hypot(one.at[0] - pin.at[0], one.at[1] - pin.at[1]) < 2 * RADIUS);
    if (near) near.push(pin); else groups.push([pin]);
  }
  return groups;
}

/** The mark of a pin, or of several that are numbered one after the other. */
function mark(group, first) {
  const [x, y] = group[0].at.map((each) => each.toFixed(1));
  if (group.length === 1) return [drawn("circle", { cx: x, cy: y, r: RADIUS, class: "pin" }), number(x, y, first)];
  const text = `${first}–${first + group.length - 1}`;
  const width = 8 + 5 * text.length;
  const box = { x: (x - width / 2).toFixed(1), y: (y - RADIUS).toFixed(1), width, height: 2 * RADIUS, rx: RADIUS, class: "pin" };
  return [drawn("rect", box), number(x, y, text)];
}

const number = (x, y, text) => drawn("text", { x, y: Number(y) + 3, class: "pin-number" }, text);

function entry({ point: [north, east], things, rows }) {
  const shown = [...things.values()].slice(0, 5).map((term) => term.href
    ? element("a", { href: term.href, lang: term.label?.language || undefined, dir: "auto" }, wordsOf(term))
    : element("span", { dir: "auto" }, wordsOf(term)));
  const words = `${Math.abs(north)}° ${north < 0 ? "S" : "N"}, ${Math.abs(east)}° ${east < 0 ? "W" : "E"}; ${rows} row${rows === 1 ? "" : "s"}`;
  const named = shown.flatMap((each, index) => index ? [", ", each] : [each]);
  if (things.size > 5) named.push(` and ${things.size - 5} more`);
  return element("li", {}, ...named, " ", element("span", { class: "tags" }, words));
}

/** An equirectangular projection around some points, which are all in sight, and the height that it needs. */
function projection(points) {
  const norths = points.map((each) => each[0]);
  const [south, north] = [Math.min(...norths), Math.max(...norths)];
  const [west, wide] = stretch(points.map((each) => each[1]));
  const middle = [(south + north) / 2, west + wide / 2];
  const shrink = Math.max(Math.cos((middle[0] * Math.PI) / 180), 0.2); // a degree of longitude, in degrees of latitude
  const fits = [(WIDTH - 2 * EDGE) / wide, ((HIGHEST - 2 * EDGE) * shrink) / (north - south), WIDTH / NARROWEST];
  const scale = Math.min(...fits.filter(Number.isFinite));
  const height = Math.round(Math.min(Math.max(((north - south) * scale) / shrink + 2 * EDGE, LOWEST), HIGHEST));
  // Points west of the first are beyond the date line; outlines are turned around the globe before.
  const place = ([lat, lon]) => [WIDTH / 2 + (lon - middle[1]) * scale, height / 2 - ((lat - middle[0]) * scale) / shrink];
  return { place: ([lat, lon], turned = lon < west ? lon + 360 : lon) => place([lat, turned]), height };
}

/** The shortest stretch of longitudes that has them all: where it begins, and its width. */
function stretch(easts) {
  const sorted = [...new Set(easts)].sort((one, other) => one - other);
  const widths = sorted.map((east, index) => [east, index ? sorted[index - 1] + 360 - east : sorted.at(-1) - east]);
  return widths.sort((one, other) => one[1] - other[1])[0];
}

/** The points of a ring, turned around the globe; one that crosses the date line goes on beyond it. */
function projected(ring, place, turn) {
  const found = [];
  let east = null;
  for (let index = 0; index < ring.length; index += 2) {
    let next = ring[index] / 100;
    if (east !== null) next += 360 * Math.round((east - next) / 360);
    east = next;
    found.push(place([ring[index + 1] / 100, 0], east + turn));
  }
  return found;
}

function inSight(points, height) {
  const [xs, ys] = [points.map((each) => each[0]), points.map((each) => each[1])];
  return Math.max(...xs) > 0 && Math.min(...xs) < WIDTH && Math.max(...ys) > 0 && Math.min(...ys) < height;
}

const path = (points) => `M${points.map(([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`).join("L")}Z`;

/** The middle of the part in sight of the largest ring, if that part is large enough for a name. */
function middleOf(rings, height) {
  const boxes = rings.map((points) => {
    const cut = (values, most) => [Math.max(Math.min(...values), 0), Math.min(Math.max(...values), most)];
    const [left, right] = cut(points.map((each) => each[0]), WIDTH);
    const [top, bottom] = cut(points.map((each) => each[1]), height);
    return { x: (left + right) / 2, y: (top + bottom) / 2, width: right - left, height: bottom - top, points };
  });
  const [box] = boxes.sort((one, other) => other.width * other.height - one.width * one.height);
  return box.width > 40 && box.height > 20 && contains(box.points, box.x, box.y) ? [box.x, box.y] : null;
}

/** Whether a ring contains a point: how often a ray from it crosses the ring (even or odd). */
function contains(points, x, y) {
  let inside = false;
  for (let index = 0, before = points.length - 1; index < points.length; before = index++) {
    const [[x1, y1], [x2, y2]] = [points[index], points[before]];
    if (y1 > y !== y2 > y && x < ((x2 - x1) * (y - y1)) / (y2 - y1) + x1) inside = !inside;
  }
  return inside;
}
