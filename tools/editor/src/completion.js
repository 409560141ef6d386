// Completes variables, keywords, prefixes and the terms of the data. Names are found in any language.
import { autocompletion } from "@codemirror/autocomplete";
import { syntaxTree } from "@codemirror/language";
import { element } from "./elements.js";

const MOST = 60;
const KEYWORDS = (
  "SELECT ASK CONSTRUCT DESCRIBE DISTINCT WHERE FILTER OPTIONAL UNION MINUS GRAPH VALUES BIND AS PREFIX LIMIT OFFSET " +
  "ORDER GROUP BY HAVING ASC DESC UNDEF EXISTS NOT IN COUNT SUM MIN MAX AVG SAMPLE GROUP_CONCAT SEPARATOR STR LANG " +
  "LANGMATCHES DATATYPE BOUND IRI IF COALESCE CONTAINS STRSTARTS STRENDS STRLEN SUBSTR REPLACE REGEX LCASE UCASE " +
  "CONCAT YEAR MONTH DAY HOURS NOW ABS ROUND CEIL FLOOR isIRI isBlank isLiteral isNumeric true false"
).split(" ");

/** The kinds of term that are likely, by how many terms of the statement come before. */
function likely(before) {
  const words = before.replace(/"(?:[^"\\\n]|\\.)*"|#.*$/gm, "x").split(/[.;{}[\]()](?=\s|$)|\b(?:WHERE|OPTIONAL|UNION|FILTER|SELECT)\b/i);
  const last = words.at(-1).trim().split(/\s+/).filter(Boolean);
  const follows = /;\s*$/.test(before) || /;[^.{}]*$/.test(before) && last.length < 1;
  const place = last.length + (follows || /;\s*\S*$/.test(before) ? 1 : 0);
  if (last.at(-1) === "a") return ["class"];
  if (place === 1) return ["property"];
  if (place >= 2) return ["code", "class"];
  return [];
}

export function completing(vocabulary) {
  return autocompletion({
    override: [(context) => options(context, vocabulary)],
    icons: false,
    defaultKeymap: true,
    optionClass: () => "term",
    addToOptions: [{ position: 70, render: ({ term }) => term ? named(term) : null }],
  });
}

function named({ name, kind }) {
  const shown = element("span", { class: "term-name" });
  if (name) shown.append(element("span", { lang: name.language || undefined, dir: "auto" }, name.text), " ");
  shown.append(element("small", {}, kind));
  return shown;
}

async function options(context, vocabulary) {
  const inside = syntaxTree(context.state).resolveInner(context.pos, -1).name.toLowerCase();
  if (/comment|string/.test(inside)) return null;
  const variable = context.matchBefore(/[?$][\p{L}\p{N}_]*/u);
  if (variable) return variables(context, variable.from);
  const word = context.matchBefore(/<[^<>\s]*|[\p{L}\p{N}_][\p{L}\p{N}_.:/-]*/u);
  if (!word && !context.explicit) return null;
  const from = word ? word.from : context.pos;
  const typed = word ? word.text : "";
  const known = await vocabulary();
  if (context.aborted) return null;
  const before = context.state.sliceDoc(0, from);
  if (/\bprefix\s+$/i.test(before)) return { from, options: declarations(typed, known.prefixes), filter: false };
  const terms = known.matching(typed, likely(before), MOST).map((term) => ({
    label: term.text, type: term.kind, term, info: term.gloss ? () => element("p", { dir: "auto" }, term.gloss) : undefined,
  }));
  return { from, options: [...keywords(typed), ...prefixes(typed, known.prefixes), ...terms], filter: false };
}

function variables(context, from) {
  const found = new Set(context.state.doc.toString().match(/[?$][\p{L}\p{N}_]+/gu) ?? []);
  found.delete(context.state.sliceDoc(from, context.pos)); // unless it is elsewhere as well, it is the one being typed
  const typed = context.state.sliceDoc(from + 1, context.pos).toLowerCase();
  const fitting = [...found].filter((name) => name.slice(1).toLowerCase().startsWith(typed)).sort();
  return fitting.length ? { from, options: fitting.map((label) => ({ label, type: "variable" })), filter: false } : null;
}

function keywords(typed) {
  if (!/^[a-z_]+$/i.test(typed)) return [];
  return KEYWORDS.filter((word) => word.toLowerCase().startsWith(typed.toLowerCase())).slice(0, 5)
    .map((label) => ({ label, type: "keyword" }));
}

function prefixes(typed, known) {
  if (!/^[a-z][\w-]*$/i.test(typed)) return [];
  return Object.entries(known).filter(([prefix]) => prefix.startsWith(typed.toLowerCase()))
    .map(([prefix, space]) => ({ label: `${prefix}:`, detail: space, type: "prefix" }));
}

function declarations(typed, known) {
  const wanted = typed.toLowerCase();
  return Object.entries(known).filter(([prefix]) => prefix.startsWith(wanted.replace(/:.*$/, "")))
    .map(([prefix, space]) => ({ label: `${prefix}: <${space}>`, type: "prefix" }));
}
