// What the terms of an answer are worth: numbers, times, places, words.
const XSD = "http://www.w3.org/2001/XMLSchema#";
const NUMBERS = new Set(
  ["integer", "decimal", "double", "float", "int", "long", "short", "byte", "nonNegativeInteger", "positiveInteger", "unsignedInt", "unsignedLong"]
    .map((name) => XSD + name),
);
const TIMES = new Set(["dateTime", "date", "gYear", "gYearMonth", "dateTimeStamp"].map((name) => XSD + name));
const LATITUDE = /^(lat|latitude|north)$/i;
const LONGITUDE = /^(long?|lng|longitude|east)$/i;
const POINT = /^\s*(?:<[^>]*>\s*)?POINT\s*\(\s*(-?[\d.]+)\s+(-?[\d.]+)\s*\)\s*$/i; // longitude first (GeoSPARQL 1.1, 8.5)

export const isCoordinate = (name) => LATITUDE.test(name) || LONGITUDE.test(name);

export function numberOf(term) {
  if (!term || !NUMBERS.has(term.datatype)) return null;
  const number = Number(term.value);
  return Number.isFinite(number) ? number : null;
}

export function timeOf(term) {
  if (!term || !TIMES.has(term.datatype)) return null;
  const day = term.datatype.endsWith("#date") ? term.value.replace(/(Z|[+-]\d\d:\d\d)$/, "") : term.value;
  const time = Date.parse(day);
  return Number.isNaN(time) ? null : time;
}

/** The words for a term: its name, else what it is. */
export const wordsOf = (term) => term ? term.label?.text ?? term.short ?? term.value : "";

/** What rows are sorted by: a number or time if it is one, else words. */
export const rankOf = (term) => numberOf(term) ?? timeOf(term) ?? wordsOf(term);

/** The columns in which every term that there is gives a value. */
export function columnsOf({ names, rows }, valueOf) {
  return names.map((_, index) => index).filter((index) => {
    const terms = rows.map((row) => row[index]).filter(Boolean);
    return terms.length > 0 && terms.every((term) => valueOf(term) !== null);
  });
}

const within = (north, east) => Math.abs(north) <= 90 && Math.abs(east) <= 180 ? [north, east] : null;

/** The places in an answer: coordinates in it, or things whose coordinates the data have; each once, with its rows. */
export function placesOf({ names, rows }, known) {
  const [lat, lon] = [names.findIndex((name) => LATITUDE.test(name)), names.findIndex((name) => LONGITUDE.test(name))];
  const title = names.findIndex((_, index) => index !== lat && index !== lon && rows.some((row) => row[index]?.type === "NamedNode"));
  const found = new Map();
  const add = (point, term) => {
    if (!point) return;
    const key = point.join(" ");
    const place = found.get(key) ?? { point, things: new Map(), rows: 0 };
    place.rows += 1;
    if (term) place.things.set(term.value, term);
    found.set(key, place);
  };
  for (const row of rows) {
    if (lat >= 0 && lon >= 0) {
      const [north, east] = [Number(row[lat]?.value ?? NaN), Number(row[lon]?.value ?? NaN)];
      if (Number.isFinite(north) && Number.isFinite(east)) add(within(north, east), row[title] ?? null);
      continue;
    }
    const wkt = row.map((term) => term?.type === "Literal" ? POINT.exec(term.value) : null).find(Boolean);
    if (wkt) add(within(Number(wkt[2]), Number(wkt[1])), row[title] ?? null);
    else for (const term of row) if (term && known.has(term.value)) add(known.get(term.value).place, term);
  }
  return [...found.values()];
}
