// Marks over the report, held and drawn by the annotation library: it places them, we give them their look.
import { createRenderer, createTextAnnotator } from "@recogito/text-annotator";
import "@recogito/text-annotator/text-annotator.css";

export const KINDS = ["claimed", "active", "figure", "speech", "name", "marked"];

/** Paints with the CSS Custom Highlight API: the look is in the style sheet, and the text stays as it is. */
function painter() {
  // An older browser shows the report without marks.
  if (!CSS.highlights) return { destroy: () => {}, setVisible: () => {}, redraw: () => {} };
  const layers = new Map(KINDS.map((kind, order) => [kind, Object.assign(new Highlight(), { priority: order })]));
  for (const [kind, layer] of layers) CSS.highlights.set(kind, layer);
  return {
    destroy: () => KINDS.forEach((kind) => CSS.highlights.delete(kind)),
    setVisible: () => {},
    redraw: (highlights) => {
      for (const layer of layers.values()) layer.clear();
      for (const { annotation } of highlights) {
        const layer = layers.get(annotation.properties?.kind ?? "marked");
        for (const { range } of annotation.target.selector) if (range) layer.add(range);
      }
    },
  };
}

function textNodes(container) {
  const walker = document.createTreeWalker(container, NodeFilter.SHOW_TEXT);
  const found = [];
  let start = 0;
  while (walker.nextNode()) {
    const node = walker.currentNode;
    if (node.length) found.push({ node, start });
    start += node.length;
  }
  return found;
}

const renderer = (container, state, viewport) => createRenderer(painter(), container, state, viewport);

/** Marks on one text. `selected` is called with the span that somebody marks with the mouse. */
export class Marks {
  constructor(container, text, selected) {
    this.text = text;
    this.nodes = textNodes(container);
    this.annotator = createTextAnnotator(container, { renderer, dismissOnNotAnnotatable: "NEVER" });
    this.byKind = new Map();
    this.annotator.on("createAnnotation", (annotation) => this.take(annotation, selected));
    this.annotator.on("updateAnnotation", (annotation) => this.take(annotation, selected));
  }

  take(annotation, selected) {
    const { start, end } = annotation.target.selector[0];
    this.annotator.removeAnnotation(annotation.id);
    selected(start, end);
  }

  /** Replaces all marks of a kind. */
  set(kind, spans) {
    const old = this.byKind.get(kind) ?? [];
    const key = JSON.stringify(spans);
    if (old.key === key) return;
    old.forEach((id) => this.annotator.removeAnnotation(id));
    const made = spans.map(([start, end], number) => ({
      id: `${kind}-${number}`,
      bodies: [],
      properties: { kind },
      target: {
        annotation: `${kind}-${number}`,
        // With its range at hand, the library need not walk through the text for each mark.
        selector: [{ start, end, quote: this.text.slice(start, end), range: this.range(start, end) }],
      },
    }));
    this.annotator.setAnnotations(made, false);
    this.byKind.set(kind, Object.assign(made.map((each) => each.id), { key }));
  }

  range(start, end) {
    const range = document.createRange();
    range.setStart(...this.at(start, false));
    range.setEnd(...this.at(end, true));
    return range;
  }

  /** Finds the node of a position, and the offset in it; an end stays in the node that it ends. */
  at(position, isEnd) {
    let low = 0;
    let high = this.nodes.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.nodes[middle].start < position || (!isEnd && this.nodes[middle].start === position)) low = middle;
      else high = middle - 1;
    }
    return [this.nodes[low].node, position - this.nodes[low].start];
  }

  destroy() {
    this.annotator.destroy();
  }
}
