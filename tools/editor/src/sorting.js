// Sorts the rows of a table by a click on the name of a column.
import { element } from "./elements.js";

export function sortable(table, values) {
  const body = table.tBodies[0];
  const rows = [...body.rows];
  if (rows.length < 2) return;
  const order = new Intl.Collator(undefined, { numeric: true });
  [...table.tHead.rows[0].cells].forEach((head, index) => {
    const button = element("button", { type: "button", class: "sort" }, ...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const down = head.getAttribute("aria-sort") === "ascending";
      for (const other of head.parentNode.cells) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      const shown = new Map(rows.map((row, number) => [row, values(number, index)]));
      body.append(...[...rows].sort((one, other) => {
        const [a, b] = [shown.get(one), shown.get(other)];
        if (a === "" || b === "") return (a === "") - (b === ""); // empty cells last, either way
        const sign = down ? -1 : 1;
        return sign * (typeof a === "number" && typeof b === "number" ? a - b : order.compare(a, b));
      }));
    });
  });
}
