// What the page asks of its server; nothing else is ever asked.

export class Problem extends Error {
  constructor(status, given) {
    super(given.message ?? `the server answered ${status}`);
    this.status = status;
    this.hint = given.hint ?? "";
    this.notes = given.notes;
  }
}

async function call(path, options = {}) {
  let answer;
  try {
    answer = await fetch(path, options);
  } catch {
    throw new Problem(0, { message: "the server does not answer", hint: "Start testimonia write again." });
  }
  const given = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Problem(answer.status, given);
  return given;
}

const sent = (method, body, headers = {}) => ({
  method,
  headers: { "Content-Type": "application/json", ...headers },
  body: JSON.stringify(body),
});

export const reports = () => call("/api/reports");
export const report = (name) => call(`/api/report?name=${encodeURIComponent(name)}`);
export const cues = (name, language) =>
  call(`/api/cues?name=${encodeURIComponent(name)}&language=${encodeURIComponent(language ?? "")}`);
export const vocabulary = () => call("/api/vocabulary");
export const check = (notes) => call("/api/check", sent("POST", notes));
export const shapes = (notes) => call("/api/shapes", sent("POST", notes));
export const relations = (notes) => call("/api/relations", sent("POST", notes));
export const saveCopy = (notes) => call("/api/copy", sent("POST", notes));
export const save = (notes, version) =>
  call(
    "/api/notes",
    sent("PUT", notes, version === null ? { "If-None-Match": "*" } : { "If-Match": `"${version}"` }),
  );
