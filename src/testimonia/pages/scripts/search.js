// Searches the index of the site in the browser, in any language: whole words before beginnings, names before glosses.
"use strict";

(() => {
  const MOST_SHOWN = 100;
  const FIRST_FACET = 5; // of the columns of a thing
  const MISSING = 9; // worse than any way in which a word is found
  // Words that say nothing where others stand beside them: English, French, Spanish, German, Arabic, Russian; without marks.
  const SMALL = new Set(`a an and at by for from in near of on or s the to was were what when where which who with
    au aux d dans de des du en et l la le les par pour pres sur un une cerca con del el las los para por una y
    am an auf bei das dem den der die ein eine fur im in mit nahe und vom von zu zum zur
    الى على عن في قرب مع من و в во для за из и к на о об от по с со у`.split(/\s+/));
  const byId = (name) => document.getElementById(name);
  const [form, box, found, results, facets] = ["search", "q", "found", "results", "facets"].map(byId);
  const chosen = new Map();
  let things = null;
  let names = [];

  // Letters without marks, so that accents, vowel signs and case need not be typed.
  const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const wordsIn = (text) => plain(text).split(/[^\p{L}\p{N}]+/u).filter(Boolean);
  const spaced = (text) => ` ${wordsIn(text).join(" ")} `;

  const href = (path) => path.split("/").map(encodeURIComponent).join("/").replace(/%(2C|3D|28|29|7E)/g,
    (code) => decodeURIComponent(code)) + ".html";

  /** The words to search for: without small ones, unless there are no others. */
  function wanted() {
    const words = [...new Set(wordsIn(box.value))];
    const large = words.filter((word) => !SMALL.has(word));
    return large.length ? large : words;
  }

  /** How a word is in a text: as a whole (0), as the beginning of a word (1), within one (2), or not at all. */
  function level(text, word) {
    if (text.includes(` ${word} `)) return 0;
    if (text.includes(` ${word}`)) return 1;
    return text.includes(word) ? 2 : MISSING;
  }

  /** How words are in one name: how many are not, and how the worst of the others is. */
  function within(text, words) {
    const levels = words.map((word) => level(text, word));
    const there = levels.filter((each) => each !== MISSING);
    return [levels.length - there.length, Math.max(0, ...there)];
  }

  const compared = (one, other) => one.map((each, index) => each - other[index]).find(Boolean) ?? 0;

  /** What a thing is sorted by: the words it lacks, how the others are found, and whether one name has them all. */
  function rank(thing, words) {
    const levels = words.map((word) => {
      const named = Math.min(...thing.names.map((name) => level(name, word)));
      return Math.min(named * 2, level(thing.said, word) * 2 + 1, MISSING); // whole words in a gloss before beginnings in a name
    });
    const there = levels.filter((each) => each !== MISSING);
    const together = thing.names.some((name) => words.every((word) => level(name, word) !== MISSING));
    return [levels.length - there.length, Math.max(0, ...there), together ? 0 : 1];
  }

  /** The things found, the best first, and how many of the words each of them lacks. */
  function matching(words) {
    if (!words.length && !chosen.size) return { hits: [], lacking: 0 };
    const ranked = things.filter((thing) => [...chosen].every(([index, value]) => thing[columnOf(index)] === value))
      .map((thing, index) => [...rank(thing, words), index, thing]);
    const lacking = Math.min(...ranked.map(([lacks]) => lacks));
    if (words.length && !(lacking < words.length)) return { hits: [], lacking: 0 };
    const best = ranked.filter(([lacks]) => lacks === lacking);
    // Things of an equal rank stay in the order of the index: incidents come before their documents.
    return { hits: best.sort((one, other) => compared(one.slice(0, 4), other.slice(0, 4))).map((each) => each[4]), lacking };
  }

  const columnOf = (index) => index === 0 ? 0 : index + FIRST_FACET - 1;

  /** The other name that fits the words better than the one shown; null if none does. */
  function alsoNamed(thing, words) {
    const ranked = thing.names.map((name, index) => [...within(name, words), index]).sort(compared);
    const best = ranked[0][2];
    return best > 0 && words.length ? thing[3][best - 1] : null;
  }

  function tagged(text, properties = {}) {
    return Object.assign(document.createElement("span"), { className: "tags", dir: "auto", textContent: text }, properties);
  }

  function entry(thing, words) {
    const item = document.createElement("li");
    item.append(Object.assign(document.createElement("a"), { href: href(thing[1]), textContent: thing[2], dir: "auto" }), " ");
    const also = alsoNamed(thing, words);
    if (also) item.append(tagged(also[0], { lang: also[1], className: "also" }), " ");
    item.append(tagged([thing[0], ...thing.slice(FIRST_FACET).filter(Boolean)].join(" · ")));
    return item;
  }

  function summary(hits, lacking, words) {
    if (!words.length && !chosen.size) return "";
    const cut = hits.length > MOST_SHOWN ? `; the first ${MOST_SHOWN} are shown` : "";
    const note = lacking ? `Nothing has all of “${words.join("”, “")}”. With most of these words: ` : "";
    return `${note}${hits.length} found${cut}`;
  }

  function show() {
    if (!things) return;
    const words = wanted();
    const { hits, lacking } = matching(words);
    results.replaceChildren(...hits.slice(0, MOST_SHOWN).map((thing) => entry(thing, words)));
    found.textContent = summary(hits, lacking, words);
    const address = new URL(location);
    if (box.value) address.searchParams.set("q", box.value); else address.searchParams.delete("q");
    names.forEach((name, index) => {
      if (chosen.has(index)) address.searchParams.set(name, chosen.get(index));
      else address.searchParams.delete(name);
    });
    history.replaceState(null, "", address);
  }

  function addFacets() {
    const asked = new URLSearchParams(location.search);
    names.forEach((name, index) => {
      const column = columnOf(index);
      const values = [...new Set(things.map((thing) => thing[column]).filter(Boolean))].sort();
      if (!values.length) return;
      const label = document.createElement("label");
      const select = document.createElement("select");
      select.append(new Option(`any ${name}`, ""), ...values.map((value) => new Option(value, value)));
      select.addEventListener("change", () => {
        if (select.value) chosen.set(index, select.value); else chosen.delete(index);
        show();
      });
      if (values.includes(asked.get(name))) {
        select.value = asked.get(name);
        chosen.set(index, select.value);
      }
      label.append(name, select);
      facets.append(label);
    });
  }

  async function load() {
    const answer = await fetch("search.json");
    if (!answer.ok) throw new Error(answer.statusText);
    const index = await answer.json();
    for (const thing of index.things) {
      thing.names = [thing[2], ...thing[3].map(([text]) => text)].map(spaced);
      thing.said = spaced(`${thing[4]} ${thing[1]}`);
    }
    names = ["kind", ...index.facets];
    things = index.things;
    addFacets();
    show();
  }

  // What is typed while the index is on its way is searched for when it has come.
  form.hidden = false;
  box.value = new URLSearchParams(location.search).get("q") || "";
  form.addEventListener("submit", (event) => { event.preventDefault(); show(); });
  box.addEventListener("input", show);
  found.textContent = "Loading the index …";
  load().catch((error) => { found.textContent = `The index cannot be loaded (${error.message}).`; });
})();
