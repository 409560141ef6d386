// The keys, as the help shows them.
import { element, fill } from "./dom.js";

const EVERYWHERE = [
  ["Alt+↓, Alt+↑", "next and previous sentence"],
  ["Alt+Enter", "a claim on the marked words, or on the sentence"],
  ["Alt+1 … Alt+9", "accept a suggestion: a claim with its figure"],
  ["F6", "from the report to the notes, and back"],
  ["F8, Shift+F8", "next and previous thing to fix"],
  ["Ctrl+S", "save now (notes are saved on every change anyway)"],
  ["F1", "these keys"],
];
const REPORT = [
  ["↓, ↑ (or J, K)", "next and previous sentence"],
  ["N", "next sentence that nothing covers"],
  ["→, ←", "mark the next or previous word; in text from right to left, as it runs"],
  ["Shift+→, Shift+←", "mark more or fewer words"],
  ["Enter", "a claim on the marked words, or on the sentence"],
  ["1 … 9", "accept a suggestion"],
  ["X", "note that the sentence holds no claim"],
  ["Esc", "unmark"],
];
const NOTES = [
  ["Tab, Shift+Tab", "next and previous field of the claim that was put in"],
  ["Ctrl+Space", "complete a field, a code or a name; Enter takes it"],
  ["Ctrl+Z, Ctrl+Y", "undo, redo"],
];

export function showKeys() {
  const rows = (keys) => keys.flatMap(([key, what]) => [element("dt", {}, key), element("dd", {}, what)]);
  fill("keys-everywhere", ...rows(EVERYWHERE));
  fill("keys-report", ...rows(REPORT));
  fill("keys-notes", ...rows(NOTES));
}
