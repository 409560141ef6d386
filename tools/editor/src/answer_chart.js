// Draws an answer as bars, one for each value, or as points over numbers or time. All of it is in the table as well.
import { scaleLinear, scaleUtc } from "d3-scale";
import { columnsOf, isCoordinate, numberOf, timeOf, wordsOf } from "./answer_values.js";
import { drawn, element } from "./elements.js";

const [WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM] = [360, 220, 40, 12, 12, 28];
const [BAR, STEP] = [11, 27];
const MOST_BARS = 60;
const COUNT = -1; // stands for the number of rows

/** The columns that can go across and up, and the choice to begin with; null if nothing can be drawn. */
export function choices(answer) {
  const { names, rows } = answer;
  if (rows.length < 1 || names.length < 1) return null;
  const numbers = columnsOf(answer, numberOf);
  const times = columnsOf(answer, timeOf);
  // What a query counts or sums up comes last; a coordinate says nothing as the length of a bar.
  const up = numbers.findLast((index) => !isCoordinate(names[index])) ?? COUNT;
  const others = names.map((_, index) => index).filter((index) => index !== up);
  const across = times.find((index) => index !== up) ?? others.find((index) => !numbers.includes(index)) ?? others[0] ?? 0;
  return {
    across, up,
    acrossColumns: names.map((name, index) => [index, name]),
    upColumns: [[COUNT, "number of rows"], ...numbers.map((index) => [index, names[index]])],
    ordered: new Set([...times, ...numbers]),
    times: new Set(times),
  };
}

export function chart(answer, across, up, { ordered, times }) {
  const title = `${up === COUNT ? "Number of rows" : answer.names[up]} by ${answer.names[across]}`;
  const made = ordered.has(across) && up !== COUNT && across !== up
    ? points(answer, across, up, times.has(across))
    : bars(answer, across, up);
  made.drawing.setAttribute("role", "img");
  made.drawing.setAttribute("aria-label", `${title}. ${made.words}`);
  return element("figure", { class: "chart" }, element("figcaption", {}, title), made.drawing,
    element("p", { class: "tags" }, [made.words, made.missing].filter(Boolean).join(" ")));
}

/** One bar for each value; where several rows have the same value, one for each row, since their sum may mean nothing. */
function bars(answer, across, up) {
  const found = [];
  if (up === COUNT) {
    const counted = new Map();
    for (const row of answer.rows) {
      const key = row[across]?.value ?? "";
      const bar = counted.get(key) ?? { words: wordsOf(row[across]) || "(nothing)", value: 0 };
      bar.value += 1;
      counted.set(key, bar);
    }
    found.push(...[...counted.values()].sort((one, other) => other.value - one.value));
  } else {
    // Of rows with the same value, the other columns say which is meant.
    const repeated = new Set(answer.rows.map((row) => row[across]?.value)).size < answer.rows.length;
    for (const row of answer.rows) {
      const value = numberOf(row[up]);
      const others = repeated ? row.filter((_, index) => index !== across && index !== up) : [];
      if (value !== null) found.push({ words: [row[across], ...others].map(wordsOf).filter(Boolean).join(" · ") || "(nothing)", value });
    }
  }
  const shown = found.slice(0, MOST_BARS);
  const height = shown.length * STEP + 6;
  const values = shown.map((bar) => bar.value);
  // Bars begin at zero, so that a small difference does not look like a large one.
  const scale = scaleLinear().domain([Math.min(0, ...values), Math.max(0, ...values, 1)]).range([2, WIDTH - 52]);
  const drawing = drawn("svg", { viewBox: `0 0 ${WIDTH} ${height}` });
  shown.forEach(({ words, value }, index) => {
    const top = index * STEP;
    const [from, to] = [scale(Math.min(0, value)), scale(Math.max(0, value))];
    drawing.append(
      drawn("text", { x: 2, y: top + 10, class: "axis bar-name" }, words.length > 62 ? `${words.slice(0, 60)}…` : words),
      drawn("rect", { x: from, y: top + 13, width: Math.max(to - from, 1), height: BAR, class: "mark" }),
      drawn("text", { x: to + 4, y: top + 22, class: "axis" }, value.toLocaleString("en")),
    );
  });
  const ends = values.length ? `From ${Math.min(...values).toLocaleString("en")} to ${Math.max(...values).toLocaleString("en")}.` : "Nothing to draw.";
  return {
    drawing, words: `${shown.length} bars. ${ends}`,
    missing: found.length > shown.length ? `${found.length - shown.length} more are only in the table.` : "",
  };
}

function points(answer, across, up, isTime) {
  const valueOf = isTime ? timeOf : numberOf;
  const found = answer.rows.map((row) => [valueOf(row[across]), numberOf(row[up]), row]).filter(([x, y]) => x !== null && y !== null);
  const [xs, ys] = [found.map((each) => each[0]), found.map((each) => each[1])];
  const [first, last] = [Math.min(...xs), Math.max(...xs)];
  const margin = (last - first) * 0.03 || (isTime ? 43_200_000 : 1);
  const x = (isTime ? scaleUtc() : scaleLinear()).domain([first - margin, last + margin]).range([LEFT, WIDTH - RIGHT]);
  const y = scaleLinear().domain([Math.min(0, ...ys), Math.max(0, ...ys, 1)]).nice(4).range([HEIGHT - BOTTOM, TOP]);
  const drawing = drawn("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}` });
  for (const tick of y.ticks(4)) {
    drawing.append(
      drawn("path", { d: `M${LEFT} ${y(tick)}H${WIDTH - RIGHT}`, class: "guide" }),
      drawn("text", { x: LEFT - 4, y: y(tick) + 3, class: "axis end" }, tick.toLocaleString("en")),
    );
  }
  const format = x.tickFormat(3);
  for (const tick of x.ticks(3)) {
    drawing.append(drawn("text", { x: x(tick), y: HEIGHT - 10, class: "axis middle" }, isTime ? day(tick, last - first) : format(tick)));
  }
  for (const [at, value, row] of found) {
    drawing.append(drawn("circle", { cx: x(at).toFixed(1), cy: y(value).toFixed(1), r: 4, class: "mark point" },
      drawn("title", {}, row.map(wordsOf).filter(Boolean).join(" · "))));
  }
  const missing = answer.rows.length - found.length;
  return {
    drawing, words: `${found.length} points.`,
    missing: missing ? `${missing} rows without both values are only in the table.` : "",
  };
}

/** The day of a time, or its hour where everything is within three days. */
function day(time, span) {
  const text = new Date(time).toISOString();
  return span < 3 * 86_400_000 && !text.includes("T00:00:00") ? `${text.slice(5, 10)} ${text.slice(11, 16)}` : text.slice(0, 10);
}

