// Completion: fields, codes and names, by where the cursor is.
import { autocompletion } from "@codemirror/autocomplete";
import { scalar } from "./claim_text.js";

/** Splits a line before the cursor at the commas and brackets outside of quotation marks. */
export function context(before) {
  let quote = "";
  let begin = 0;
  let depth = 0;
  let colon = -1;
  for (let at = 0; at < before.length; at++) {
    const char = before[at];
    if (quote) {
      if (char === quote && before[at - 1] !== "\\") quote = "";
    } else if (char === '"' || (char === "'" && !/\w/.test(before[at - 1] ?? ""))) {
      quote = char;
    } else if (char === "{") {
      depth++;
      begin = at + 1;
      colon = -1;
    } else if (char === "}") {
      depth--;
    } else if (char === "," && depth > 0) {
      begin = at + 1;
      colon = -1;
    } else if (char === ":" && colon < 0 && /^(\s|$)/.test(before.slice(at + 1))) {
      colon = at;
    }
  }
  const start = depth > 0 ? begin : /^\s*(- )?/.exec(before)[0].length;
  if (colon < 0) return { field: null, from: start + /^\s*/.exec(before.slice(start))[0].length, depth, quote };
  const field = before.slice(start, colon).trim();
  const list = /^\s*\[?(?:.*,)?\s*/.exec(before.slice(colon + 1));
  const open = before.slice(colon + 1).includes("[");
  const from = colon + 1 + (open ? list[0].length : /^\s*/.exec(before.slice(colon + 1))[0].length);
  return { field, from, depth, quote };
}

function sectionAt(doc, position) {
  for (let line = doc.lineAt(position); ; line = doc.line(line.number - 1)) {
    const match = /^([A-Za-z][A-Za-z ]*):/.exec(line.text);
    if (match) return match[1];
    if (line.number === 1) return null;
  }
}

const option = (label, type, detail, apply) => ({ label, type, detail, apply });

/** Puts another field in the place of `says:`, of what is no figure. */
const instead = (field) => (view, _, from, to) => {
  const line = view.state.doc.lineAt(from);
  const says = line.text.lastIndexOf("says:", from - line.from);
  const begin = says < 0 ? from : line.from + says;
  const insert = `${field}: `;
  view.dispatch({ changes: { from: begin, to, insert }, selection: { anchor: begin + insert.length }, userEvent: "input.complete" });
};

/** Makes the completion of one editor. `known` gives the names of things by claim table. */
export function completing(vocabulary, known) {
  const nameOptions = (table) => (known()[table] ?? []).map((name) => option(name, "variable", table, scalar(name)));

  const says = (typed) => {
    const verb = vocabulary.says.find((each) => typed.startsWith(`${each.replaceAll("-", " ")} `));
    if (!verb) {
      const figures = vocabulary.says.map((each) => option(each.replaceAll("-", " "), "keyword", "figure"));
      const others = vocabulary.kinds.map(([name, about]) => ({ ...option(name, "property", about, instead(name)), boost: -1 }));
      return { skip: 0, options: [...figures, ...others] };
    }
    const after = /^.*\s(?=\S*$)/.exec(typed)?.[0].length ?? 0;
    const counted = [...(known().groups ?? []), ...vocabulary.categories.map((each) => each.replaceAll("-", " "))];
    return { skip: after, options: counted.map((each) => option(each, "variable", "who is counted")) };
  };

  const source = (at) => {
    const line = at.state.doc.lineAt(at.pos);
    const before = line.text.slice(0, at.pos - line.from);
    if (/^\s*#|\s#/.test(before)) return null;
    const found = context(before);
    if (found.quote) return null;
    const typed = before.slice(found.from);
    if (!typed && !at.explicit && found.field === null) return null;
    const section = sectionAt(at.state.doc, at.pos);
    const top = found.depth === 0 && !/^[\s-]/.test(before);
    let from = line.from + found.from;
    let options = [];
    if (top && found.field === null) {
      options = Object.entries(vocabulary.file).map(([name, about]) => option(name, "property", about, `${name}: `));
    } else if (found.field === null) {
      const fields = vocabulary.sections[section === "document" ? "document" : section] ?? {};
      options = Object.entries(fields).map(([name, { about }]) => option(name, "property", about, `${name}: `));
    } else if (top && found.field === "about") {
      options = nameOptions("events");
    } else if (section === "nothing") {
      options = vocabulary.no_claim.map((each) => option(each, "enum", "reason"));
    } else if (found.field === "says") {
      const phrase = says(typed);
      from += phrase.skip;
      options = phrase.options;
    } else {
      const field = vocabulary.sections[section]?.[found.field];
      options = (field?.codes ?? []).map((each) => option(each, "enum", found.field));
      if (field?.names) options.push(...nameOptions(field.names));
    }
    return options.length ? { from, options, validFor: /^[^,{}[\]"':]*$/ } : null;
  };

  return autocompletion({ override: [source], icons: false, maxRenderedOptions: 60 });
}
