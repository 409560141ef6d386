// Shows an answer as a table, a chart or a map; the table is what is there without scripts.
import { chart, choices } from "./answer_chart.js";
import { map } from "./answer_map.js";
import { placesOf } from "./answer_values.js";
import { element } from "./elements.js";

export class Views {
  /**
   * `table` is the element with the table, before which the buttons come. `answer` gives the names and rows, when they
   * are wanted, and their total where that is more; `vocabulary` the terms of the data; `outlines` is the address of those of countries.
   */
  constructor(table, { answer, vocabulary, outlines }) {
    Object.assign(this, { table, answer, vocabulary, outlines });
    this.panel = element("div", { class: "view" });
    this.panel.hidden = true;
    this.status = element("p", { class: "tags", role: "status" });
    this.buttons = ["Table", "Chart", "Map"].map((name) => {
      const button = element("button", { type: "button", class: "plain", "aria-pressed": String(name === "Table") }, name);
      button.addEventListener("click", () => this.show(name));
      return button;
    });
    const group = element("div", { class: "views", role: "group", "aria-label": "Show the answer as" }, ...this.buttons);
    table.before(group, this.status, this.panel);
  }

  async show(name) {
    for (const button of this.buttons) button.setAttribute("aria-pressed", String(button.textContent === name));
    this.shown = name;
    this.table.hidden = name !== "Table";
    this.panel.hidden = name === "Table";
    this.status.textContent = "";
    if (name === "Table") return;
    this.panel.replaceChildren();
    this.status.textContent = "Drawing …";
    try {
      const answer = await this.answer();
      const drawn = name === "Chart" ? this.chart(answer) : await this.map(answer);
      if (this.shown !== name) return;
      this.panel.replaceChildren(...drawn);
      const [shown, total] = [answer.rows.length, answer.total ?? answer.rows.length];
      this.status.textContent = total > shown ? `Of ${total.toLocaleString("en")} rows, the first ${shown.toLocaleString("en")} are drawn.` : "";
    } catch (error) {
      this.status.textContent = error.message;
    }
  }

  chart(answer) {
    const found = choices(answer);
    if (!found) throw new Error("There is nothing to draw.");
    const [across, up] = [
      select("Across", found.acrossColumns, found.across), select("Up", found.upColumns, found.up),
    ];
    const place = element("div");
    const draw = () => place.replaceChildren(chart(answer, Number(across.box.value), Number(up.box.value), found));
    for (const each of [across, up]) each.box.addEventListener("change", draw);
    draw();
    return [element("div", { class: "facets" }, across.label, up.label), place];
  }

  async map(answer) {
    const places = placesOf(answer, (await this.vocabulary()).places);
    if (!places.length) {
      throw new Error("No place in this answer has coordinates. Ask for places, or for ?lat and ?long (tmn:latitude, tmn:longitude).");
    }
    const outlines = await fetch(this.outlines);
    if (!outlines.ok) throw new Error(`${this.outlines}: ${outlines.status}`);
    return [map(places, await outlines.json())];
  }
}

function select(name, options, chosen) {
  const box = element("select", {}, ...options.map(([value, text]) => element("option", { value }, text)));
  box.value = String(chosen);
  return { box, label: element("label", {}, name, box) };
}
