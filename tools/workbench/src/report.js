// The report: its sentences by number, what covers them, and marking words in them.
import { element } from "./dom.js";
import { Marks } from "./marks.js";
import { Offsets } from "./offsets.js";
import { moved, wordsIn } from "./words.js";

// Characters that change how others are shown, or that show nothing: each stands alone, by its code.
const HIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad\u200b\u2060\ufeff\u202a-\u202e\u2066-\u2069]/g;

export class Report {
  constructor(container, handlers) {
    this.container = container;
    this.handlers = handlers;
    container.addEventListener("keydown", (event) => this.key(event));
    container.addEventListener("click", (event) => this.click(event));
  }

  show(given) {
    this.marks?.destroy();
    this.text = given.text;
    this.offsets = new Offsets(given.text);
    const unit = (point) => this.offsets.toUnits(point);
    this.sentences = given.sentences.map(([start, end]) => [unit(start), unit(end)]);
    this.cues = [];
    this.current = -1;
    this.mark = null;
    this.container.dir = given.direction;
    this.container.lang = given.language ?? "";
    this.draw();
    this.marks = new Marks(this.container, this.text, (start, end) => this.marked(start, end));
    this.container.scrollTop = 0;
    if (this.sentences.length) this.go(0);
  }

  /** Underlines what may be worth a claim. */
  suggest(cues) {
    const unit = (point) => this.offsets.toUnits(point);
    this.cues = cues.map((cue) => ({ ...cue, start: unit(cue.start), end: unit(cue.end) }));
    for (const kind of ["figure", "speech", "name"]) {
      this.marks.set(kind, this.cues.filter((cue) => cue.kind === kind).map((cue) => [cue.start, cue.end]));
    }
    this.handlers.moved(this.current);
  }

  /** Puts the text into the page so that its characters are exactly those of the report. */
  draw() {
    const whole = document.createDocumentFragment();
    let paragraph = element("p");
    let at = 0;
    this.nodes = this.sentences.map(([start, end], index) => {
      const between = this.text.slice(at, start);
      paragraph.append(between);
      if (between.includes("\n") && paragraph.textContent.length) {
        whole.append(paragraph);
        paragraph = element("p");
      }
      const node = element("span", { class: "sentence", "data-number": index + 1 });
      this.append(node, this.text.slice(start, end));
      paragraph.append(node);
      at = end;
      return node;
    });
    paragraph.append(this.text.slice(at));
    whole.append(paragraph);
    this.container.replaceChildren(whole);
  }

  append(node, words) {
    let at = 0;
    for (const { 0: char, index } of words.matchAll(HIDDEN)) {
      const code = `U+${char.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}`;
      node.append(words.slice(at, index), element("bdi", { class: "hidden-character", "data-code": code }, char));
      at = index + 1;
    }
    node.append(words.slice(at));
  }

  /** Shades what claims cover. */
  covered(sentences, claims) {
    this.claims = claims.map((claim) => ({
      ...claim,
      spans: claim.spans.map(([start, end]) => [this.offsets.toUnits(start), this.offsets.toUnits(end)]),
    }));
    this.nodes.forEach((node, index) => {
      const { covered = "not", claims: lines = [], reason = false } = sentences[index] ?? {};
      node.classList.toggle("covered", covered === "wholly" && lines.length > 0);
      node.classList.toggle("without-claim", covered === "wholly" && reason && !lines.length);
      node.classList.toggle("partly", covered === "partly");
      node.dataset.covered = covered;
    });
    const whole = new Set(this.sentences.map(([start, end]) => `${start},${end}`));
    const spans = this.claims.flatMap((claim) => claim.spans).filter((span) => !whole.has(String(span)));
    this.marks.set("claimed", [...new Map(spans.map((span) => [String(span), span])).values()]);
  }

  /** Shows where the claim of a line of the notes stands. */
  activate(line) {
    const claim = (this.claims ?? []).find((each) => each.line === line);
    this.marks.set("active", claim?.spans ?? []);
    if (!claim?.spans.length || this.container.contains(document.activeElement)) return;
    const index = this.sentenceAt(claim.spans[0][0]);
    if (index >= 0 && index !== this.current) this.go(index, true);
  }

  sentenceAt(position) {
    return this.sentences.findIndex(([start, end]) => start <= position && position < end);
  }

  go(index, quietly = false) {
    if (index < 0 || index >= this.sentences.length) return;
    this.nodes[this.current]?.removeAttribute("aria-current");
    this.current = index;
    this.nodes[index].setAttribute("aria-current", "true");
    this.nodes[index].scrollIntoView({ block: "nearest" });
    if (!quietly) this.setMark(null);
    this.handlers.moved(index);
  }

  step(by) {
    this.go(Math.max(0, Math.min(this.current + by, this.sentences.length - 1)));
  }

  nextBare() {
    const count = this.nodes.length;
    for (let away = 1; away <= count; away++) {
      const index = (this.current + away) % count;
      if (this.nodes[index].dataset.covered !== "wholly") return this.go(index);
    }
    return undefined;
  }

  marked(start, end) {
    const words = this.text.slice(start, end);
    const from = start + words.length - words.trimStart().length;
    const to = end - (words.length - words.trimEnd().length);
    const index = this.sentenceAt(from);
    if (from >= to) return;
    if (index >= 0 && index !== this.current) this.go(index);
    this.setMark({ span: [from, to], anchor: "start" });
  }

  setMark(mark) {
    this.mark = mark;
    this.marks?.set("marked", mark ? [mark.span] : []);
    this.handlers.marked(mark);
  }

  /** What a claim would be about: the marked words, or else the sentence. */
  span() {
    return this.mark?.span ?? this.sentences[this.current];
  }

  cuesHere() {
    return this.cues.filter((cue) => cue.sentence === this.current + 1);
  }

  click(event) {
    if (!document.getSelection().isCollapsed) return;
    const index = this.nodes.indexOf(event.target.closest(".sentence"));
    if (index >= 0) this.go(index);
  }

  key(event) {
    if (event.ctrlKey || event.metaKey) return;
    const rightToLeft = this.container.dir === "rtl";
    const forward = event.key === (rightToLeft ? "ArrowLeft" : "ArrowRight");
    const acts = {
      ArrowDown: () => this.step(1),
      ArrowUp: () => this.step(-1),
      j: () => this.step(1),
      k: () => this.step(-1),
      Home: () => this.go(0),
      End: () => this.go(this.sentences.length - 1),
      n: () => this.nextBare(),
      Escape: () => this.setMark(null),
      Enter: () => this.handlers.insert(),
      x: () => this.handlers.noClaim(),
      "?": () => this.handlers.help(),
    };
    let act = event.altKey ? null : acts[event.key];
    if (!event.altKey && (event.key === "ArrowLeft" || event.key === "ArrowRight")) {
      act = () => this.markBy(forward, event.shiftKey);
    }
    if (!event.altKey && /^[1-9]$/.test(event.key)) act = () => this.handlers.suggestion(Number(event.key));
    if (!act) return;
    event.preventDefault();
    act();
  }

  markBy(forward, extend) {
    const words = wordsIn(this.text, ...this.sentences[this.current]);
    const next = moved(words, this.mark, forward, extend);
    if (next) this.setMark(next);
  }
}
