// SPARQL without a server: loads the store into a worker when the reader asks for it, and shows answers as a table.
import { pathOf } from "./addresses.js";

const MOST_SHOWN = 1000;
const SECONDS = 60;
const byId = (name) => document.getElementById(name);
const settings = JSON.parse(byId("settings").textContent);
const [form, query, status, answer, stop] = ["form", "query", "status", "answer", "stop"].map(byId);
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

function cell(term, name) {
  const made = document.createElement("td");
  made.dataset.name = name;
  if (!term) return Object.assign(made, { className: "empty" });
  if (term.type !== "NamedNode") {
    made.append(element("span", term.value, { dir: "auto", lang: term.language || "" }));
    if (/#(integer|decimal|double|nonNegativeInteger)$/.test(term.datatype)) made.className = "number";
    return made;
  }
  const text = term.label ? term.label.text : shortened(term.value);
  const language = term.label && term.label.language !== "en" ? { lang: term.label.language, dir: "auto" } : {};
  if (term.described) {
    made.append(element("a", text, { href: `${pathOf(term.value).split("/").map(encodeURIComponent).join("/")}.html`, ...language }));
  } else made.append(element("span", text, language));
  if (term.label) made.append(element("code", shortened(term.value), { title: term.value }));
  return made;
}

function show(result) {
  last = result;
  byId("download").hidden = result.boolean !== undefined;
  if (result.boolean !== undefined) return answer.replaceChildren(element("p", result.boolean ? "Yes." : "No.", { className: "boolean" }));
  if (!result.rows.length) return answer.replaceChildren(element("p", "Nothing found."));
  const head = element("tr", "");
  head.append(...result.names.map((name) => element("th", name, { scope: "col" })));
  const body = document.createElement("tbody");
  for (const row of result.rows) {
    const line = document.createElement("tr");
    line.append(...row.map((term, index) => cell(term, result.names[index])));
    body.append(line);
  }
  const table = document.createElement("table");
  table.append(element("thead", head), body);
  const region = element("div", table, { className: "scroll", tabIndex: 0 });
  region.setAttribute("role", "region");
  region.setAttribute("aria-label", "Rows");
  const total = result.total > result.rows.length ? `The first ${result.rows.length} of ${result.total} rows` : `${result.total} rows`;
  return answer.replaceChildren(region, element("p", total));
}

async function run() {
  const began = performance.now();
  const written = query.value;
  history.replaceState(null, "", `#query=${encodeURIComponent(written)}`);
  try {
    await load();
    say("Running …");
    stop.hidden = false;
    const timer = setTimeout(() => { halt(); waiting?.(new Error(`stopped after ${SECONDS} seconds`)); }, SECONDS * 1000);
    const { text, lines } = withPrefixes(written);
    try {
      show(await request("ask", { query: text, languages: navigator.languages.map((l) => l.toLowerCase()), most: MOST_SHOWN }));
      say(`Answered in ${Math.round(performance.now() - began)} ms.`);
    } catch (error) {
      // Places are counted without the prefixes that were added.
      throw new Error(error.message.replace(/error at (\d+):/, (_, line) => `error at ${Math.max(1, line - lines)}:`));
    } finally { clearTimeout(timer); }
  } catch (error) {
    answer.replaceChildren();
    say(error.message, true);
  } finally { stop.hidden = true; }
}

function csv() {
  const quoted = (text) => /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  const line = (values) => values.map(quoted).join(",") + "\r\n";
  return line(last.names) + last.rows.map((row) => line(row.map((term) => (term ? term.value : "")))).join("");
}

byId("examples").addEventListener("change", ({ target }) => { if (target.value) query.value = settings.examples[target.value]; });
form.addEventListener("submit", (event) => { event.preventDefault(); run(); });
query.addEventListener("keydown", (event) => { if (event.ctrlKey && event.key === "Enter") run(); });
stop.addEventListener("click", () => { const reject = waiting; halt(); reject?.(new Error("stopped")); });
byId("download").addEventListener("click", () => {
  const link = element("a", "", { href: URL.createObjectURL(new Blob([csv()], { type: "text/csv" })), download: "answer.csv" });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
});
const asked = new URLSearchParams(location.hash.slice(1)).get("query");
if (asked) query.value = asked;
form.hidden = false;
