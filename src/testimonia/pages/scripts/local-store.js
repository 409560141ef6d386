// The store of a static site: Oxigraph compiled to WebAssembly, in a worker of its own, so that a query can be stopped.
import init, { Store } from "./oxigraph.js";

const LABELS = ["http://www.w3.org/2004/02/skos/core#prefLabel", "http://www.w3.org/2000/01/rdf-schema#label"];
let store = null;

async function fetched(name) {
  const answer = await fetch(name);
  if (!answer.ok) throw new Error(`${name}: ${answer.status} ${answer.statusText}`);
  const stream = answer.body.pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

async function load() {
  const [program, data] = await Promise.all([fetched("oxigraph.wasm.gz"), fetched("data/all.nq.gz")]);
  const { memory } = await init({ module_or_path: program });
  store = new Store();
  store.load(data, { format: "application/n-quads", no_transaction: true });
  return { quads: store.size, memory: memory.buffer.byteLength };
}

// The name of a term: in the reader's language, else in English, else in any.
function label(node, languages) {
  const found = LABELS.flatMap((predicate) => store.match(node, { termType: "NamedNode", value: predicate }, null, null))
    .map((quad) => quad.object);
  for (const language of [...languages, "en"]) {
    const hit = found.find((one) => one.language === language || one.language.startsWith(`${language}-`));
    if (hit) return { text: hit.value, language: hit.language };
  }
  return found.length ? { text: found[0].value, language: found[0].language } : null;
}

function shown(one, languages, known) {
  if (!one) return null;
  if (one.termType !== "NamedNode") {
    return { type: one.termType, value: one.value, language: one.language || "", datatype: one.datatype?.value || "" };
  }
  if (!known.has(one.value)) {
    const described = store.match(one, null, null, null).length > 0;
    known.set(one.value, { type: "NamedNode", value: one.value, label: label(one, languages), described });
  }
  return known.get(one.value);
}

function isSelect(query) {
  const bare = query.replace(/<[^<>\s]*>|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|#.*$/gm, " ");
  return /\b(select|ask|construct|describe)\b/i.exec(bare)?.[1].toLowerCase() === "select";
}

const KINDS = { uri: "NamedNode", bnode: "BlankNode", literal: "Literal" };

function term(found) {
  if (!found) return null;
  const { type, value, datatype, "xml:lang": language } = found;
  return { termType: KINDS[type] || "Literal", value: typeof value === "string" ? value : JSON.stringify(value), language, datatype: datatype && { value: datatype } };
}

function ask({ query, languages, most }) {
  const known = new Map();
  if (isSelect(query)) {  // as JSON, which has the columns in the order of the query
    const answer = JSON.parse(store.query(query, { use_default_graph_as_union: true, results_format: "json" }));
    const [names, rows] = [answer.head.vars, answer.results.bindings];
    const cells = (row) => names.map((name) => shown(term(row[name]), languages, known));
    return { names, rows: rows.slice(0, most).map(cells), total: rows.length };
  }
  const answer = store.query(query, { use_default_graph_as_union: true });
  if (typeof answer === "boolean") return { boolean: answer };
  const names = ["subject", "predicate", "object"];
  const cells = (quad) => names.map((name) => shown(quad[name], languages, known));
  return { names, rows: answer.slice(0, most).map(cells), total: answer.length };
}

self.addEventListener("message", async ({ data: { number, task, ...given } }) => {
  try {
    self.postMessage({ number, result: task === "load" ? await load() : ask(given) });
  } catch (error) {
    self.postMessage({ number, error: error.message || String(error) });
  }
});
