// SPARQL without a server: loads the store into a worker when the reader asks for it, and shows answers.
import { pathOf } from "./addresses.js";
import { QueryEditor, rankOf, sortable, Views } from "./editor.js";

const MOST_SHOWN = 1000;
const SECONDS = 60;
const byId = (name) => document.getElementById(name);
const settings = JSON.parse(byId("settings").textContent);
const [form, status, answer, stop] = ["form", "status", "answer", "stop"].map(byId);
const LANGUAGES = navigator.languages.map((tag) => tag.toLowerCase());
let worker = null;
let loaded = null;
let waiting = null;
let last = null;

const say = (text, bad = false) => { status.textContent = text; status.className = bad ? "problem" : "tags"; };

function request(task, given = {}) {
  return new Promise((resolve, reject) => {
    const number = Math.random();
    waiting = reject;
    const listen = ({ data }) => {
      if (data.number !== number) return;
      worker.removeEventListener("message", listen);
      waiting = null;
      if (data.error === undefined) resolve(data.result); else reject(new Error(data.error));
    };
    worker.addEventListener("message", listen);
    worker.postMessage({ number, task, ...given });
  });
}

function load() {
  if (loaded) return loaded;
  worker = new Worker("local-store.js", { type: "module" });
  worker.addEventListener("error", (event) => waiting?.(new Error(event.message || "the store cannot be started")));
  const begun = performance.now();
  say("Loading the store and the data …");
  loaded = request("load").then(({ quads, memory }) => {
    const seconds = ((performance.now() - begun) / 1000).toFixed(1);
    say(`Loaded ${quads.toLocaleString("en")} statements in ${seconds} s; they take ${Math.round(memory / 2 ** 20)} MiB.`);
  });
  loaded.catch(halt);
  return loaded;
}

function halt() {
  worker?.terminate();
  [worker, loaded] = [null, null];
}

// Prefixes that the project knows need not be declared.
function withPrefixes(text) {
  const known = Object.entries(settings.prefixes).filter(([name]) => new RegExp(`(^|[^\\w-])${name}:`).test(text)
    && !new RegExp(`prefix\\s+${name}:`, "i").test(text));
  return { text: known.map(([name, iri]) => `PREFIX ${name}: <${iri}>\n`).join("") + text, lines: known.length };
}

function shortened(iri) {
  const fits = Object.entries(settings.prefixes).filter(([, space]) => iri.startsWith(space) && iri !== space);
  if (!fits.length) return iri;
  const [name, space] = fits.sort((one, other) => other[1].length - one[1].length)[0];
  return `${name}:${iri.slice(space.length)}`;
}

function element(tag, text, properties = {}) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(text);
  return made;
}

// Bounds of whole days are shown as days: two side by side in one zone, or those of a day anywhere on Earth.
function dayOf(row, index) {
  const parts = (term) => /#dateTime$/.test(term?.datatype) ? /^(.+)T(00:00:00|23:59:59)(Z|[+-]\d\d:\d\d)$/.exec(term.value) : null;
  const found = parts(row[index]);
  if (!found) return null;
  const [, day, time, zone] = found;
  const first = time === "00:00:00";
  const other = parts(row[first ? index + 1 : index - 1]);
  const paired = other && other[3] === zone && (other[2] === "00:00:00") !== first;
  return paired || zone === (first ? "+14:00" : "-12:00") ? day : null;
}

function cell(term, name, day) {
  const made = document.createElement("td");
  made.dataset.name = name;
  if (!term) return Object.assign(made, { className: "empty" });
  if (day) {
    made.append(element("time", day, { dateTime: term.value, title: term.value }));
    return made;
  }
  if ((term.label?.text ?? term.value).length > 60) made.className = "long";
  if (term.type !== "NamedNode") {
    made.append(element("span", term.value, { dir: "auto", lang: term.language || "" }));
    if (/#(integer|decimal|double|nonNegativeInteger)$/.test(term.datatype)) made.className = "number";
    return made;
  }
  const text = term.label ? term.label.text : shortened(term.value);
  const language = term.label && term.label.language !== "en" ? { lang: term.label.language, dir: "auto" } : {};
  if (term.href) made.append(element("a", text, { href: term.href, ...language }));
  else made.append(element("span", text, language));
  if (term.label) made.append(element("code", shortened(term.value), { title: term.value }));
  return made;
}

// Adds what drawings and links need to the terms that the store gave; one object stands for a thing in all rows.
function completed({ names, rows, total }) {
  for (const term of rows.flat()) {
    if (term?.type !== "NamedNode" || term.short) continue;
    term.short = shortened(term.value);
    if (term.described) term.href = `${pathOf(term.value).split("/").map(encodeURIComponent).join("/")}.html`;
  }
  return { names, rows, total };
}

function tableOf({ names, rows }) {
  const head = element("tr", "");
  head.append(...names.map((name) => element("th", name, { scope: "col" })));
  const body = document.createElement("tbody");
  for (const row of rows) {
    const line = document.createElement("tr");
    line.append(...row.map((term, index) => cell(term, names[index], dayOf(row, index))));
    body.append(line);
  }
  const table = element("table", "", { className: "answers" });
  table.append(element("thead", head), body);
  sortable(table, (row, column) => rankOf(rows[row][column]));
  return table;
}

function show(result) {
  last = result;
  byId("download").hidden = result.boolean !== undefined;
  if (result.boolean !== undefined) return answer.replaceChildren(element("p", result.boolean ? "Yes." : "No.", { className: "boolean" }));
  if (!result.rows.length) return answer.replaceChildren(element("p", "Nothing found."));
  const found = completed(result);
  const region = element("div", tableOf(found), { className: "scroll", tabIndex: 0 });
  region.setAttribute("role", "region");
  region.setAttribute("aria-label", "Rows");
  const shown = result.rows.length;
  const total = result.total > shown ? `The first ${shown} of ${result.total} rows; charts, maps and the download have these` : `${shown} row${shown === 1 ? "" : "s"}`;
  answer.replaceChildren(region, element("p", total));
  return new Views(region, { answer: async () => found, vocabulary: () => editor.vocabulary(), outlines: "outlines.json" });
}

// What is wrong with a query that the store cannot parse, in words, at its place in what the reader wrote. The store names the
// farthest character that it came to, and all that it would have taken there.
function fault(message, written, added) {
  const place = /error at (\d+):(\d+): (?:expected (.*))?/s.exec(message);
  if (!place) return { message };
  const first = firstWord(written);
  if (first) return placed(...first);
  const [line, column, expected] = [Math.max(1, Number(place[1]) - added), Number(place[2]), place[3] ?? ""];
  const text = [...(written.split("\n")[line - 1] ?? "")];
  const name = /[^\s{}()[\];,<>"']+$/u.exec(text.slice(0, column - 1).join(""))?.[0] ?? "";
  if (expected.includes("Prefix not found") && name.includes(":")) {
    return placed(line, column - [...name].length, `the prefix ${name.split(":")[0]}: is not declared`);
  }
  if (expected.includes('":"') && /^[\p{L}_][\p{L}\p{N}_-]*$/u.test(name)) {
    return placed(line, column - [...name].length, `“${name}” is no word of SPARQL here, and a name would have a prefix, such as tmn:`);
  }
  const rule = /[A-Z]\w*(?: [\w*]+){2,}/.exec(expected.replace("Prefix not found", ""))?.[0];
  const end = written.trimEnd();
  if (!rule && end.endsWith("}") && end.split("{").length === end.split("}").length && column > text.length && line === written.split("\n").length) {
    return placed(line, [...text.join("").trimEnd()].length, "“}” cannot be here"); // it would have gone on before that
  }
  const found = /^[^\s{}()[\];,]+|^./u.exec(text.slice(column - 1).join("").trim())?.[0];
  return placed(line, column, rule ? `${rule[0].toLowerCase()}${rule.slice(1)}` : found ? `“${found}” cannot be here` : "something is missing here");
}

// The word that a query begins with, if it is none that a query may begin with.
function firstWord(written) {
  const start = /^(?:\s|#.*(?:\n|$)|prefix\s+[^\s:]*:\s*<[^>]*>|base\s+<[^>]*>)*/i.exec(written)[0];
  const word = /^\S*/.exec(written.slice(start.length))[0];
  if (/^(select|ask|construct|describe)\b/i.test(word)) return null;
  const lines = start.split("\n");
  const why = word ? `“${word}” is here` : "it ends here";
  return [lines.length, [...lines.at(-1)].length + 1, `a query begins with SELECT, ASK, CONSTRUCT or DESCRIBE, and ${why}`];
}

const placed = (line, column, why) => ({ line, column, message: `Error at ${line}:${column}: ${why}. Correct the query at that place.` });

// Goes to the answer, unless the reader has gone elsewhere or written on in the meantime.
function goToAnswer(from, written) {
  if (document.activeElement !== from || editor.text !== written) return;
  answer.focus({ preventScroll: true });
  status.scrollIntoView();
}

async function run() {
  const began = performance.now();
  const written = editor.text;
  const from = document.activeElement;
  history.replaceState(null, "", `#query=${encodeURIComponent(written)}`);
  try {
    await load();
    say("Running …");
    stop.hidden = false;
    const timer = setTimeout(() => { halt(); waiting?.(new Error(`stopped after ${SECONDS} seconds`)); }, SECONDS * 1000);
    const { text, lines } = withPrefixes(written);
    try {
      show(await request("ask", { query: text, languages: LANGUAGES, most: MOST_SHOWN }));
      say(`Answered in ${Math.round(performance.now() - began)} ms.`);
      goToAnswer(from, written);
    } catch (error) {
      // Places are counted without the prefixes that were added.
      const found = fault(error.message, written, lines);
      if (found.line) editor.showFault(found.line, found.column, found.message);
      throw new Error(found.message);
    } finally { clearTimeout(timer); }
  } catch (error) {
    answer.replaceChildren();
    byId("download").hidden = true;
    say(error.message, true);
  } finally { stop.hidden = true; }
}

function csv() {
  const quoted = (text) => /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  const line = (values) => values.map(quoted).join(",") + "\r\n";
  return line(last.names) + last.rows.map((row) => line(row.map((term) => (term ? term.value : "")))).join("");
}

form.addEventListener("submit", (event) => { event.preventDefault(); run(); });
stop.addEventListener("click", () => { const reject = waiting; halt(); reject?.(new Error("stopped")); });
byId("download").addEventListener("click", () => {
  const link = element("a", "", { href: URL.createObjectURL(new Blob([csv()], { type: "text/csv" })), download: "answer.csv" });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
});
const asked = new URLSearchParams(location.hash.slice(1)).get("query");
if (asked) byId("query").value = asked;
form.hidden = false;
byId("examples-field").hidden = false;
byId("keys").hidden = false;
const editor = new QueryEditor(byId("query"), { terms: "terms.json", languages: LANGUAGES, ask: () => form.requestSubmit() });
editor.offer(byId("examples"), "examples.json");
