// The page of `testimonia write`: a list of reports, and a desk with one report and the notes on it.
import * as api from "./api.js";
import { place, scalar } from "./claim_text.js";
import * as conflict from "./conflict.js";
import { byId, debounced, element, fill, newestOnly } from "./dom.js";
import { NotesEditor } from "./editor.js";
import { showKeys } from "./keys.js";
import { showClaim, showProblems, showRelations, showSuggestions } from "./panel.js";
import { Report } from "./report.js";
import { Saving } from "./saving.js";
import "./style.css";

const CHECK_AFTER = 250; // milliseconds after a change
const COMPARE_AFTER = 900;
const SEVERITIES = { Violation: "error", Warning: "warning", Info: "info" };

const state = { name: null, claims: [], faults: [], shapes: [], relations: [], names: {}, elsewhere: [] };
let editor;

const goTo = (line, column) => editor.goTo(line, column);
const notes = () => ({ name: saving.name, text: editor.text, report: state.name });

const saving = new Saving(() => editor.text, {
  state: (kind, words) => {
    byId("saving").className = kind;
    byId("saving").textContent = words;
    byId("download").hidden = kind !== "bad";
  },
  conflict: (other) => conflict.ask(saving.name, editor.text, other, take),
});

const report = new Report(byId("report"), {
  moved: () => showSuggestions(report, accept),
  marked: (mark) => {
    byId("insert-claim").textContent = mark ? "Claim on these words" : "Claim on this sentence";
    if (mark) byId("heard").textContent = `Marked: ${report.text.slice(...mark.span)}`;
  },
  insert: () => insert(),
  noClaim: () => editor.insertReason(place(report.text, ...report.sentences[report.current], report.sentences, report.offsets)),
  suggestion: (number) => accept(number),
  help: () => byId("help").showModal(),
});

function insert(says = "") {
  const at = place(report.text, ...report.span(), report.sentences, report.offsets);
  const named = new Set(report.cuesHere().filter((cue) => cue.kind === "name").map((cue) => cue.name));
  const agents = [...named].filter((name) => state.names.agents?.includes(name));
  editor.insertClaim({ at, who: says && agents.length === 1 ? scalar(agents[0]) : "", says: says && scalar(says) });
}

function accept(number) {
  const figures = report.cuesHere().filter((cue) => cue.kind === "figure");
  if (figures[number - 1]) insert(figures[number - 1].phrase);
}

function take(other, words) {
  editor.replace(other?.text ?? editor.text);
  saving.settle(other);
  if (words) byId("saving").textContent = words;
  check();
}

function findings() {
  return [...state.faults, ...state.shapes.map((each) => ({ ...each, severity: SEVERITIES[each.severity] }))];
}

function showAll() {
  const line = editor.line();
  editor.show(findings());
  showClaim(state.claims.find((claim) => claim.line === line), state.claims);
  showRelations(state, line, goTo);
  const counts = state.faults.length
    ? `${state.faults.length} to fix before the claims can be built.`
    : state.pending
      ? "Well formed; the shapes are being checked."
      : state.shapes.length ? "Well formed; the shapes say:" : "Nothing.";
  showProblems(findings(), state.elsewhere, counts, goTo);
}

function took(checked) {
  Object.assign(state, { faults: checked.faults, elsewhere: checked.elsewhere });
  // What is no YAML for the moment says nothing of the claims: those of before stay.
  const read = checked.read || !state.sentences;
  if (read) Object.assign(state, { claims: checked.claims, names: checked.names, sentences: checked.sentences });
  state.compared = false;
  state.pending = !state.faults.length && !state.elsewhere.length;
  if (!state.pending) state.shapes = [];
  if (read) report.covered(state.sentences, state.claims);
  if (checked.read && checked.direction) report.container.dir = checked.direction;
  const done = state.sentences.filter((each) => each.covered === "wholly").length;
  byId("progress").textContent = `${done} of ${report.sentences.length} sentences covered, ${state.claims.length} claims`;
  report.activate(editor.line());
  showAll();
  if (state.pending) compareSoon();
}

const check = newestOnly(async () => {
  const asked = notes();
  try {
    const checked = await api.check(asked);
    if (asked.name === saving.name) took(checked);
  } catch (problem) {
    byId("problems-state").textContent = `Not checked: ${problem.message}. ${problem.hint ?? ""}`;
  }
});

const compare = newestOnly(async () => {
  const asked = notes();
  const current = () => asked.name === saving.name && asked.text === editor.text;
  try {
    const relations = await api.relations(asked);
    if (current()) {
      Object.assign(state, { relations, compared: true });
      showAll();
    }
    const shapes = await api.shapes(asked);
    if (!current()) return;
    Object.assign(state, { shapes, pending: false });
    showAll();
  } catch (problem) {
    byId("problems-state").textContent = `Not compared: ${problem.message}`;
  }
});

const checkSoon = debounced(CHECK_AFTER, () => check());
const compareSoon = debounced(COMPARE_AFTER, () => compare());

function cursor(line) {
  report.activate(line);
  showClaim(state.claims.find((claim) => claim.line === line), state.claims);
  showRelations(state, line, goTo);
}

async function showList() {
  saving.end();
  const found = await api.reports();
  byId("title").textContent = found.folder;
  byId("progress").textContent = "";
  const skipped = found.skipped ? ` Left out are ${found.skipped}, links or with names that are not UTF-8.` : "";
  byId("list-intro").textContent = (found.reports.length
    ? `${found.reports.length} reports in this folder.`
    : "This folder has no reports: put texts that end in .txt into it, in UTF-8.") + skipped;
  fill(
    "list-rows",
    ...found.reports.map(({ name, notes: file, begun, problem }) =>
      element(
        "tr",
        {},
        element("td", { dir: "auto" }, problem ? name : element("a", { href: `#${encodeURIComponent(name)}` }, name)),
        element("td", { dir: "auto" }, problem ?? (begun ? file : "not begun")),
      ),
    ),
  );
  byId("desk").hidden = true;
  byId("list").hidden = false;
  byId("list-rows").querySelector("a")?.focus();
  document.title = `${found.folder} · Testimonia`;
}

async function open(name) {
  let given;
  try {
    given = await api.report(name);
  } catch (problem) {
    await showList();
    byId("saving").textContent = `${problem.message}. ${problem.hint}`;
    return undefined;
  }
  Object.assign(state, { name, file: given.notes.name });
  byId("list").hidden = true;
  byId("desk").hidden = false;
  byId("title").textContent = name;
  document.title = `${name} · Testimonia`;
  editor.load(given.notes.text);
  saving.begin(given.notes);
  Object.assign(state, { shapes: [], relations: [], compared: false, sentences: null });
  report.show(given);
  took(given.checked);
  if (report.nodes[0]?.dataset.covered === "wholly") report.nextBare();
  byId("report").focus();
  const cues = await api.cues(name, given.language).catch(() => []); // a report can be worked on without
  if (state.name === name) report.suggest(cues);
  return undefined;
}

/** The report that the address names; none where it names nothing that can be read. */
function named() {
  try {
    return decodeURIComponent(location.hash.slice(1));
  } catch {
    return "";
  }
}

async function route() {
  const name = named();
  if (name && name === state.name && !byId("desk").hidden) return;
  await saving.now();
  if (saving.unsaved && !confirm("The notes on this report are not saved. Leave them, and lose what is new?")) {
    history.replaceState(null, "", `#${encodeURIComponent(state.name)}`);
    return;
  }
  await (name ? open(name) : showList());
}

/** Saves the text by the browser, where the folder takes it no more. */
function download() {
  const address = URL.createObjectURL(new Blob([editor.text], { type: "application/yaml" }));
  element("a", { href: address, download: saving.name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 1000);
}

const acting = (act) => () => {
  if (byId("desk").hidden) return false;
  act();
  return true;
};
const KEYS = [
  { key: "Alt-ArrowDown", run: acting(() => report.step(1)) },
  { key: "Alt-ArrowUp", run: acting(() => report.step(-1)) },
  { key: "Alt-Enter", run: acting(() => insert()) },
  { key: "F6", run: acting(() => (byId("report").contains(document.activeElement) ? editor.view : byId("report")).focus()) },
  { key: "F8", run: acting(() => { editor.view.focus(); editor.nextFault(); }) },
  { key: "Shift-F8", run: acting(() => { editor.view.focus(); editor.previousFault(); }) },
  { key: "Mod-s", run: acting(() => saving.asked()) },
  { key: "F1", run: () => { byId("help").showModal(); return true; } },
  ...[1, 2, 3, 4, 5, 6, 7, 8, 9].map((number) => ({ key: `Alt-${number}`, run: acting(() => accept(number)) })),
];

/** The same keys outside of the editor. */
function pressed(event) {
  if (event.defaultPrevented || document.querySelector("dialog[open]")) return;
  const digit = /^Digit([1-9])$/.exec(event.code)?.[1];
  const name = event.altKey && digit ? digit : event.key;
  const key = (event.altKey ? "Alt-" : "") + (event.shiftKey && name.length > 1 ? "Shift-" : "")
    + (event.ctrlKey || event.metaKey ? "Mod-" : "") + name;
  const binding = KEYS.find((each) => each.key === key);
  if (binding?.run()) event.preventDefault();
}

async function start() {
  if (location.search) history.replaceState(null, "", `/${location.hash}`); // the token is in a cookie now
  const nonce = document.querySelector("meta[name=csp-nonce]").content;
  const handlers = { changed: () => { saving.changed(); checkSoon(); }, cursor };
  editor = new NotesEditor(byId("editor"), await api.vocabulary(), () => state.names, handlers, KEYS, nonce);
  showKeys();
  byId("show-help").onclick = () => byId("help").showModal();
  byId("show-list").onclick = () => { location.hash = ""; };
  byId("insert-claim").onclick = () => insert();
  byId("no-claim").onclick = () => report.handlers.noClaim();
  byId("download").onclick = download;
  document.addEventListener("keydown", pressed);
  window.addEventListener("hashchange", route);
  await route();
}

start().catch((problem) => {
  byId("saving").textContent = `The page cannot start: ${problem.message}`;
});
