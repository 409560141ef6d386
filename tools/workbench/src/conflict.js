// Two windows: what is here, what is on the disk, and a choice that loses neither.
import * as api from "./api.js";
import { byId, element, fill } from "./dom.js";

function marked(text, other) {
  const there = new Set(other.split("\n"));
  return text.split("\n").flatMap((line) => [there.has(line) ? line : element("mark", {}, line), "\n"]);
}

/** Asks what to do; `mine` is the text here, `other` the notes on the disk (null where they are gone). */
export function ask(name, mine, other, take) {
  const dialog = byId("conflict");
  fill("mine", ...marked(mine, other?.text ?? ""));
  fill("other", ...(other ? marked(other.text, mine) : ["(The file is gone.)"]));
  fill("conflict-state");
  byId("take-other").onclick = () => {
    dialog.close();
    take(other);
  };
  byId("take-copy").onclick = async () => {
    try {
      const copy = await api.saveCopy({ name, text: mine });
      dialog.close();
      take(other, `Yours is in ${copy.name}`);
    } catch (problem) {
      fill("conflict-state", `Not saved: ${problem.message}. ${problem.hint}`);
    }
  };
  byId("decide-later").onclick = () => dialog.close();
  if (!dialog.open) dialog.showModal();
}
