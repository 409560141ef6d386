// The path of the page of an IRI, as testimonia.pages.addresses.path_of gives it; a test compares the two.
const ONTOLOGY = "https://w3id.org/testimonia/ns#";
const HOME = "https://w3id.org/testimonia/";
const OWN_PAGES = new Set(["", "data", "iri", "labels", "questions", "search", "sparql", "index"]);
const LONGEST = 120;

const escaped = (text) => [...new TextEncoder().encode(text)].map((byte) => `~${byte.toString(16).padStart(2, "0")}`).join("");

function segment(text) {
  if (text === "") return "index";
  if (["index", ".", ".."].includes(text)) return escaped(text);
  let rest = text.replace(/[^A-Za-z0-9_.,=()-]/gu, escaped);
  const pieces = [];
  while (rest.length > LONGEST) {
    let end = LONGEST;
    while (rest.slice(end - 2, end).includes("~")) end -= 1;
    pieces.push(`${rest.slice(0, end)}~`);
    rest = rest.slice(end);
  }
  return [...pieces, rest].join("/");
}

export function pathOf(iri) {
  if (iri.startsWith(ONTOLOGY) && !iri.slice(ONTOLOGY.length).includes("/")) return `ns/${segment(iri.slice(ONTOLOGY.length))}`;
  if (iri.startsWith(HOME) && !OWN_PAGES.has(iri.slice(HOME.length).split("/")[0])) {
    const path = iri.slice(HOME.length).split("/").map(segment).join("/");
    if (!path.startsWith("ns/")) return path;
  }
  const colon = iri.indexOf(":");
  const [scheme, rest] = [iri.slice(0, colon), iri.slice(colon + 1)];
  if (rest.startsWith("//")) return ["iri", scheme, ...rest.slice(2).split("/").map(segment)].join("/");
  return `iri/${scheme}~3a/${segment(rest)}`;
}
