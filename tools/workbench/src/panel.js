// What the notes come to: the claim at the cursor, what it agrees or conflicts with, and what is to be fixed.
import { byId, element, fill } from "./dom.js";

const SHOWN = 60;
const HEARD = 400; // characters that a screen reader reads of a sentence

export function showClaim(claim, claims, goTo) {
  if (!claim) {
    const words = claims.length ? "The cursor is on no claim." : "No claims yet: choose a sentence and press Enter.";
    fill("claim", element("p", { class: "quiet" }, words));
    return;
  }
  const rows = claim.fields.flatMap(([name, words]) => [
    element("dt", {}, name),
    element("dd", { dir: "auto", class: name === "stance" ? `stance-${claim.stance}` : null }, words),
  ]);
  const others = claims.filter((each) => each.line === claim.line && each !== claim);
  const more = others.map((each) => element("p", { class: "quiet", dir: "auto" }, `and: ${each.label}`));
  fill("claim", element("p", { class: "claim-label", dir: "auto" }, claim.label), element("dl", {}, ...rows), ...more);
}

/** Leaves out what is said a second time from the other end, where both claims are in this file. */
function onceEach(relations, file) {
  const seen = new Set();
  return relations.filter(({ at, line, file: other, how }) => {
    const ends = other === file ? [at, line].sort().join(" ") : `${at} ${other} ${line}`;
    const kind = /overtak/.test(how) ? "overtakes" : /revise/.test(how) ? "revises" : how;
    return !seen.has(`${kind} ${ends}`) && seen.add(`${kind} ${ends}`);
  });
}

export function showRelations({ relations, compared, pending, file }, line, goTo) {
  const here = relations.filter((each) => each.at === line);
  const every = onceEach(relations, file);
  const shown = here.length ? here : every;
  const counts = (how) => every.filter((each) => each.how === how).length;
  const found = here.length
    ? "Of this claim:"
    : relations.length
      ? `Of the claims on this report: agreements ${counts("agrees with")}, conflicts ${counts("conflicts with")}.`
      : "Nothing in the folder agrees or conflicts with these claims.";
  const old = relations.length ? " Before the last change:" : "";
  byId("relations-state").textContent = compared
    ? found
    : pending
      ? `Comparing with all claims in the folder…${old}`
      : `Compared when nothing is left to fix.${old}`;
  fill(
    "relations",
    ...shown.slice(0, SHOWN).map((each) =>
      element(
        "li",
        { class: each.how === "conflicts with" ? "conflict" : each.how === "agrees with" ? "agreement" : null },
        here.length ? "" : element("button", { type: "button", onclick: () => goTo(each.at) }, `line ${each.at}`),
        element("b", {}, ` ${each.how} `),
        element("span", { dir: "auto" }, each.other),
        element("span", { class: "quiet" }, each.file ? ` (${each.file}, line ${each.line})` : ""),
        element("p", { class: "quiet", dir: "auto" }, each.why),
      ),
    ),
  );
}

/** Puts warnings of several claims that say how to fix the same thing into one. */
function grouped(findings) {
  const groups = new Map();
  for (const each of findings) {
    const key = each.severity && each.hint ? `${each.severity} ${each.hint}` : `${groups.size}`;
    if (groups.has(key)) groups.get(key).more.push(each.line);
    else groups.set(key, { ...each, more: [] });
  }
  return [...groups.values()];
}

export function showProblems(findings, elsewhere, state, goTo) {
  byId("problems-state").textContent = state;
  const other = elsewhere.map(({ file, line, message, hint }) =>
    element(
      "li",
      { class: "error", dir: "auto" },
      element("b", {}, `In ${file}, line ${line}: `),
      message,
      element("p", { class: "quiet" }, hint),
    ),
  );
  fill(
    "problems",
    ...grouped(findings).slice(0, SHOWN).map((each) =>
      element(
        "li",
        { class: each.severity ?? "error" },
        element(
          "button",
          { type: "button", onclick: () => goTo(each.line, each.column) },
          `line ${each.line}, ${each.column}`,
        ),
        element("span", { dir: "auto" }, ` ${each.message}`),
        each.more.length ? element("b", {}, ` The same in lines ${each.more.join(", ")}.`) : "",
        element("p", { class: "quiet", dir: "auto" }, each.hint),
      ),
    ),
    ...other,
  );
}

export function showSuggestions(report, accept) {
  const index = report.current;
  const figures = report.cuesHere().filter((cue) => cue.kind === "figure");
  byId("current").textContent = `Sentence ${index + 1} of ${report.sentences.length}`;
  byId("heard").textContent = index < 0 ? "" : report.text.slice(...report.sentences[index]).slice(0, HEARD);
  fill(
    "suggestion-list",
    ...figures.slice(0, 9).map((cue, number) =>
      element("li", {}, element("button", { type: "button", dir: "auto", onclick: () => accept(number + 1) }, cue.phrase)),
    ),
  );
}
