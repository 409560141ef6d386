// What the notes come to: the claim at the cursor, what it agrees or conflicts with, and what is to be fixed.
import { byId, element, fill } from "./dom.js";

const SHOWN = 60;

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

export function showRelations({ relations, compared, pending }, line, goTo) {
  const here = relations.filter((each) => each.at === line);
  const shown = here.length ? here : relations;
  const counts = (how) => relations.filter((each) => each.how === how).length;
  const found = here.length
    ? "Of this claim:"
    : relations.length
      ? `Of all claims on this report: ${counts("agrees with")} agree, ${counts("conflicts with")} conflict.`
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

export function showProblems(findings, elsewhere, state, goTo) {
  byId("problems-state").textContent = state;
  const other = elsewhere.map((name) => element("li", {}, "Other notes have faults: ", element("b", { dir: "auto" }, name)));
  fill(
    "problems",
    ...findings.slice(0, SHOWN).map((each) =>
      element(
        "li",
        { class: each.severity ?? "error" },
        element(
          "button",
          { type: "button", onclick: () => goTo(each.line, each.column) },
          `line ${each.line}, ${each.column}`,
        ),
        element("span", { dir: "auto" }, ` ${each.message}`),
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
  fill(
    "suggestion-list",
    ...figures.slice(0, 9).map((cue, number) =>
      element("li", {}, element("button", { type: "button", dir: "auto", onclick: () => accept(number + 1) }, cue.phrase)),
    ),
  );
}
