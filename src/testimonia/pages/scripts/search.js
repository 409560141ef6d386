// Searches the index of the site in the browser: every word must occur in a name or gloss, in any language.
"use strict";

(() => {
  const MOST_SHOWN = 100;
  const form = document.getElementById("search");
  const box = document.getElementById("q");
  const found = document.getElementById("found");
  const results = document.getElementById("results");
  const facets = document.getElementById("facets");
  const chosen = new Map();
  let things = null;
  let names = [];

  // Letters without marks, so that accents, vowel signs and case need not be typed.
  const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

  const href = (path) => path.split("/").map(encodeURIComponent).join("/").replace(/%(2C|3D|28|29|7E)/g,
    (code) => decodeURIComponent(code)) + ".html";

  function rank(thing, words) {
    const name = plain(thing[2]);
    if (words.every((word) => name.startsWith(word))) return 0;
    return words.every((word) => name.includes(word)) ? 1 : 2;
  }

  function matching() {
    const words = plain(box.value).split(/\s+/).filter(Boolean);
    if (!words.length && !chosen.size) return [];
    const hits = [];
    for (const thing of things) {
      const values = [thing[0], ...thing.slice(4)];
      if (![...chosen].every(([index, value]) => values[index] === value)) continue;
      if (words.every((word) => thing.plain.includes(word))) hits.push(thing);
    }
    return hits.map((thing, index) => [rank(thing, words), index, thing])
      .sort((one, other) => one[0] - other[0] || one[1] - other[1]).map((hit) => hit[2]);
  }

  function show() {
    const hits = matching();
    results.replaceChildren(...hits.slice(0, MOST_SHOWN).map((thing) => {
      const item = document.createElement("li");
      const link = document.createElement("a");
      const tags = document.createElement("span");
      link.href = href(thing[1]);
      link.textContent = thing[2];
      link.dir = "auto";
      tags.className = "tags";
      tags.dir = "auto";
      tags.textContent = [thing[0], ...thing.slice(4).filter(Boolean)].join(" · ");
      item.append(link, " ", tags);
      return item;
    }));
    const asked = box.value.trim() || chosen.size;
    found.textContent = !asked ? "" : hits.length > MOST_SHOWN
      ? `${hits.length} found; the first ${MOST_SHOWN} are shown` : `${hits.length} found`;
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
      const column = index === 0 ? 0 : index + 3;
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

  async function start() {
    const answer = await fetch("search.json");
    if (!answer.ok) throw new Error(answer.statusText);
    const index = await answer.json();
    names = ["kind", ...index.facets];
    things = index.things;
    for (const thing of things) thing.plain = plain(`${thing[2]} ${thing[3]} ${thing[1]}`);
    form.hidden = false;
    box.value = new URLSearchParams(location.search).get("q") || "";
    addFacets();
    form.addEventListener("submit", (event) => { event.preventDefault(); show(); });
    box.addEventListener("input", show);
    show();
  }

  start().catch((error) => { found.textContent = `The index cannot be loaded (${error.message}).`; });
})();
