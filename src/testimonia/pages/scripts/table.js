// Makes the table of an answer sortable, and lets its rows be filtered. Without scripts, the rows are in the order of the query.
"use strict";

(() => {
  const region = document.querySelector("div.scroll[role=region]");
  const table = region?.querySelector("table");
  const body = table?.tBodies[0];
  if (!body || body.rows.length < 2) return;
  const rows = [...body.rows];
  const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const shown = (row, index) => row.cells[index].textContent.trim();
  const texts = new Map(rows.map((row) => [row, plain(row.textContent)]));
  const order = new Intl.Collator(undefined, { numeric: true });

  function sort(index, down) {
    const sorted = [...rows].sort((one, other) => {
      const [a, b] = [shown(one, index), shown(other, index)];
      if (!a || !b) return (!a) - (!b);  // empty cells last, either way
      return down ? order.compare(b, a) : order.compare(a, b);
    });
    body.append(...sorted);
  }

  [...table.tHead.rows[0].cells].forEach((head, index) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "sort";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const down = head.getAttribute("aria-sort") === "ascending";
      for (const other of head.parentNode.cells) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      sort(index, down);
    });
  });

  const label = document.createElement("label");
  const box = Object.assign(document.createElement("input"), { type: "search", className: "filter" });
  const count = Object.assign(document.createElement("span"), { className: "tags" });
  count.setAttribute("role", "status");
  label.append(table.dataset.partial === undefined ? "Only rows with " : "Only rows of this page with ", box);
  region.before(label, count);
  box.addEventListener("input", () => {
    const words = plain(box.value).split(/\s+/).filter(Boolean);
    let kept = 0;
    for (const row of rows) {
      row.hidden = !words.every((word) => texts.get(row).includes(word));
      kept += row.hidden ? 0 : 1;
    }
    count.textContent = words.length ? `${kept} of ${rows.length} rows` : "";
  });
})();
