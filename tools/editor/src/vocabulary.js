// The terms of the data, as testimonia.pages.editor_terms writes them: names in the languages that there are.
import { plain } from "./elements.js";

const LOCAL = /^[\p{L}\p{N}_](?:[\p{L}\p{N}_.-]*[\p{L}\p{N}_-])?$/u; // what needs no escape in a prefixed name

/** How an IRI is written in a query: with a prefix if it can be, else in angle brackets. */
export function written(iri, prefixes) {
  let best = null;
  for (const [prefix, space] of Object.entries(prefixes)) {
    if (iri.startsWith(space) && (!best || space.length > best[1].length) && LOCAL.test(iri.slice(space.length))) best = [prefix, space];
  }
  return best ? `${best[0]}:${iri.slice(best[1].length)}` : `<${iri}>`;
}

/** The name in the first of some languages that it has, else in English, else in any. */
export function named(names, languages) {
  const tags = Object.keys(names);
  for (const language of [...languages, "en", ""]) {
    const tag = tags.find((each) => each === language || each.startsWith(`${language}-`) || language.startsWith(`${each}-`) && each);
    if (tag !== undefined) return { text: names[tag], language: tag };
  }
  return tags.length ? { text: names[tags[0]], language: tags[0] } : null;
}

export class Vocabulary {
  constructor({ prefixes, kinds, terms }, languages) {
    this.prefixes = prefixes;
    this.terms = terms.map(([iri, kind, names, uses, gloss, place]) => {
      const name = named(names, languages);
      const text = written(iri, prefixes);
      return {
        iri, kind: kinds[kind], name, uses, gloss: gloss || "", place, text,
        curie: plain(text), words: plain(Object.values(names).join("\n")),
      };
    });
    this.places = new Map(this.terms.filter((term) => term.place).map((term) => [term.iri, term]));
  }

  /**
   * The terms whose written form or whose name in any language has what was typed, the closest first. `first` are the
   * kinds that are more likely at this place.
   */
  matching(typed, first, most) {
    const wanted = plain(typed);
    const found = [];
    for (const term of this.terms) {
      const rank = this.rank(term, wanted);
      if (rank >= 0) found.push([first.includes(term.kind) ? rank : rank + 4, -term.uses, term]);
    }
    return found.sort((one, other) => one[0] - other[0] || one[1] - other[1]).slice(0, most).map((each) => each[2]);
  }

  rank(term, wanted) {
    if (!wanted || term.curie.startsWith(wanted)) return 0;
    const colon = wanted.indexOf(":");
    if (colon >= 0) {
      const [prefix, rest] = [wanted.slice(0, colon + 1), wanted.slice(colon + 1)];
      if (!term.curie.startsWith(prefix)) return -1;
      return term.curie.includes(rest, colon) || starts(term.words, rest) ? 1 : -1;
    }
    if (starts(term.curie, wanted)) return 1;
    if (starts(term.words, wanted)) return 2;
    return wanted.length > 2 && term.curie.includes(wanted) ? 3 : -1;
  }
}

/** Whether a word of a text starts with what was typed. */
function starts(text, wanted) {
  for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + 1)) {
    if (at === 0 || !/[\p{L}\p{N}]/u.test(text[at - 1])) return true;
  }
  return false;
}
