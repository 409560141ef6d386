// The SPARQL page of an endpoint: the form sends the query, as it does without scripts; they add the editor and drawings.
import { pathOf } from "./addresses.js";
import { QueryEditor, Views } from "./editor.js";

const LARGEST = 16 * 2 ** 20; // bytes of an answer that is drawn
const MOST_DRAWN = 5000;
const byId = (name) => document.getElementById(name);
const [form, field] = [byId("form"), byId("query")];
const editor = new QueryEditor(field, {
  terms: "terms.json", languages: navigator.languages.map((tag) => tag.toLowerCase()), ask: () => form.requestSubmit(),
});
byId("examples-field").hidden = false;
byId("keys").hidden = false;
editor.offer(byId("examples"), "examples.json");

// What a problem says of its place: "query:2:5".
const problem = document.querySelector("main .problem");
const place = /^query:(\d+):(\d+)$/.exec(problem?.querySelector("code")?.textContent ?? "");
if (place) editor.showFault(Number(place[1]), Number(place[2]), [...problem.querySelectorAll("p")].map((p) => p.textContent).join("\n"));

const href = (iri) => `${pathOf(iri).split("/").map(encodeURIComponent).join("/")}.html`;

function term(row, name) {
  const found = row[name];
  if (!found) return null;
  if (found.type !== "uri") {
    const type = found.type === "bnode" ? "BlankNode" : "Literal";
    return { type, value: String(found.value), language: found["xml:lang"] ?? "", datatype: found.datatype ?? "" };
  }
  const label = row[`${name}_label`]?.value;
  return { type: "NamedNode", value: found.value, label: label && { text: label, language: "" }, href: label && href(found.value) };
}

async function answer() {
  const asked = new URLSearchParams(location.search);
  if (!asked.has("query")) asked.set("query", field.defaultValue);
  asked.set("format", "json");
  asked.set("labels", "true");
  const reply = await fetch(`sparql?${asked}`, { headers: { Accept: "application/sparql-results+json" } });
  if (!reply.ok) throw new Error(`The answer cannot be drawn: ${(await reply.json()).detail ?? reply.status}`);
  if (Number(reply.headers.get("Content-Length")) > LARGEST) throw new Error("The answer is too large to be drawn. Add a LIMIT.");
  const { head, results } = await reply.json();
  const added = new Set(head.vars.filter((name) => name.endsWith("_label") && head.vars.includes(name.slice(0, -6))));
  const names = head.vars.filter((name) => !added.has(name));
  const rows = results.bindings.slice(0, MOST_DRAWN).map((row) => names.map((name) => term(row, name)));
  return { names, rows, total: results.bindings.length };
}

if (byId("answer")?.dataset.kind === "solutions") {
  let asked = null;
  new Views(byId("table"), {
    answer: () => (asked ??= answer().catch((error) => { asked = null; throw error; })),
    vocabulary: () => editor.vocabulary(), outlines: "outlines.json",
  });
}
