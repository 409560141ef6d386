// Claims as they are typed in notes.

const PLAIN = /^[\p{L}\p{N}][\p{L}\p{N} .'’()\/+<>=~-]*$/u;
const ODD = /^(~|null|true|false|yes|no|[0-9.,:-]+)$/i;

/** Writes words as YAML: bare where that is read as the same, else in quotation marks. */
export function scalar(words) {
  if (PLAIN.test(words) && !ODD.test(words) && !/\s$/.test(words) && words.length < 200) return words;
  // JSON strings are YAML; what JSON leaves as it is and YAML may not hold is escaped as well.
  return JSON.stringify(words).replace(
    /[\u007f-\u009f\u2028\u2029\ufeff\u202a-\u202e\u2066-\u2069]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

const LONG = 9; // words, beyond which the first and last ones stand for all

/** Says where a passage is: by the number of its sentence, by its words, or by offsets. */
export function place(text, start, end, sentences, offsets) {
  const first = sentences.findIndex(([from]) => from === start);
  const last = sentences.findIndex(([, to]) => to === end);
  if (first >= 0 && last >= first) return first === last ? `${first + 1}` : `${first + 1}-${last + 1}`;
  const words = text.slice(start, end);
  const count = words.trim().split(/\s+/).length;
  if (count <= LONG && occurrences(text, words) === 1 && !ODD.test(words) && !/[\r\n]/.test(words)) {
    return scalar(words);
  }
  return `char=${offsets.toPoints(start)},${offsets.toPoints(end)}`;
}

function occurrences(text, words) {
  let count = 0;
  for (let at = text.indexOf(words); at >= 0 && count < 2; at = text.indexOf(words, at + 1)) count++;
  return count;
}

/** Writes the template of a claim, with ${} for the fields to fill in. */
export function claimTemplate({ at, who = "", says = "" }) {
  const literal = (words) => words.replace(/[\\#$]\{|\}/g, (found) => found.replace(/[{}]/g, "\\$&"));
  return `- {at: ${literal(at)}, who: #{${literal(who)}}, says: #{${literal(says)}}}#{}`;
}

/** Finds where a list's next item goes: the position, and what must stand before and after it. */
export function listEnd(doc, section) {
  let header = null;
  let last = null;
  let indent = "";
  for (let number = 1; number <= doc.lines; number++) {
    const line = doc.line(number);
    if (header === null) {
      if (line.text.startsWith(`${section}:`)) header = line;
      continue;
    }
    if (/^[^\s#-]/.test(line.text)) break;
    const item = /^(\s*)- /.exec(line.text);
    if (item && last === null) indent = item[1];
    if (line.text.trim() && !/^\s*#/.test(line.text)) last = line;
  }
  if (header === null) {
    const gap = doc.length && !doc.toString().endsWith("\n") ? "\n" : "";
    return { from: doc.length, to: doc.length, before: `${gap}${section}:\n`, after: "\n" };
  }
  if (last !== null) return { from: last.to, to: last.to, before: `\n${indent}`, after: "" };
  const empty = new RegExp(`^${section}:\\s*(\\[\\s*\\]|~|null)?`).exec(header.text)[0];
  const from = header.from + section.length + 1;
  return { from, to: header.to, before: `${header.text.slice(empty.length)}\n`, after: "" };
}
