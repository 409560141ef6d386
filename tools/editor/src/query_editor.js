// The editor of queries. It stands in a shadow root: there the library adopts style sheets made by script, which a
// strict content security policy allows; in the page itself it would need a <style> element, which it forbids.
import { closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { bracketMatching, HighlightStyle, StreamLanguage, syntaxHighlighting } from "@codemirror/language";
import { sparql } from "@codemirror/legacy-modes/mode/sparql";
import { lintGutter, lintKeymap, setDiagnostics } from "@codemirror/lint";
import { EditorState, Prec } from "@codemirror/state";
import { drawSelection, EditorView, highlightActiveLine, highlightSpecialChars, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { completing } from "./completion.js";
import { element } from "./elements.js";
import { Vocabulary } from "./vocabulary.js";

// The colours are those of the page, which cross into the shadow root; each kind of word differs in weight or slant too.
const colours = HighlightStyle.define([
  { tag: [tags.keyword, tags.definitionKeyword], color: "var(--s0)", fontWeight: "700" },
  { tag: [tags.variableName, tags.local(tags.variableName)], color: "var(--s3)" },
  { tag: [tags.string, tags.special(tags.string)], color: "var(--s2)" },
  { tag: [tags.atom, tags.propertyName], color: "var(--s5)" },
  { tag: [tags.standard(tags.name), tags.standard(tags.variableName), tags.meta], color: "var(--s4)", fontWeight: "600" },
  { tag: tags.comment, color: "var(--soft)", fontStyle: "italic" },
]);

const look = EditorView.theme({
  "&": { color: "var(--ink)", backgroundColor: "var(--paper)", border: "1px solid var(--soft)", borderRadius: ".25rem", fontSize: ".875rem" },
  "&.cm-focused": { outline: "3px solid var(--link)", outlineOffset: "2px" },
  ".cm-scroller": { fontFamily: 'ui-monospace, "DejaVu Sans Mono", monospace', lineHeight: "1.5", minHeight: "16rem", maxHeight: "34rem" },
  ".cm-content": { caretColor: "var(--ink)", padding: ".5rem 0" },
  ".cm-content, .cm-gutter": { minHeight: "16rem" },
  ".cm-cursor": { borderLeftColor: "var(--ink)" },
  ".cm-gutters": { backgroundColor: "var(--tint)", color: "var(--soft)", borderRight: "1px solid var(--line)" },
  ".cm-activeLine": { backgroundColor: "transparent" },
  "&.cm-focused .cm-activeLine": { boxShadow: "inset .15rem 0 0 var(--link)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": { backgroundColor: "var(--line)" },
  "&.cm-focused .cm-matchingBracket": { backgroundColor: "var(--line)", outline: "1px solid var(--soft)" },
  ".cm-tooltip": { color: "var(--ink)", backgroundColor: "var(--paper)", border: "1px solid var(--soft)", borderRadius: ".25rem", maxWidth: "calc(100vw - 2rem)" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul": { fontFamily: 'ui-monospace, "DejaVu Sans Mono", monospace', fontSize: ".8125rem", maxHeight: "17rem", maxWidth: "min(44rem, calc(100vw - 2rem))" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li": { padding: ".3rem .5rem", display: "flex", flexWrap: "wrap", gap: "0 1rem", lineHeight: "1.4" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]": { backgroundColor: "var(--link)", color: "var(--paper)" },
  ".cm-completionDetail": { marginLeft: "0", fontStyle: "normal", opacity: ".85", overflow: "hidden", textOverflow: "ellipsis" },
  ".cm-completionMatchedText": { textDecoration: "none", fontWeight: "700" },
  ".term-name": { fontFamily: 'system-ui, "DejaVu Sans", sans-serif' },
  ".term-name small": { opacity: ".85" },
  ".cm-completionInfo": { maxWidth: "22rem", font: '.8125rem/1.4 system-ui, "DejaVu Sans", sans-serif', padding: ".25rem .5rem" },
  ".cm-completionInfo p": { margin: "0" },
  "@media (max-width: 599px)": { ".cm-tooltip.cm-completionInfo": { display: "none" } }, // it would cover the list
  ".cm-diagnostic": { font: '.875rem/1.4 system-ui, "DejaVu Sans", sans-serif', borderLeftColor: "var(--bad)", whiteSpace: "pre-wrap" },
  ".cm-lintRange-error": { backgroundImage: "none", textDecoration: "underline wavy var(--bad)" },
  ".cm-lintPoint-error:after": { borderBottomColor: "var(--bad)" },
});

/**
 * Replaces a selection without the browser: Chromium keeps the look of what is typed over with a style attribute, which the
 * security policy forbids, and reports. What is being composed is left to it.
 */
const typedOver = EditorView.domEventHandlers({
  beforeinput(event, view) {
    const text = event.data ?? event.dataTransfer?.getData("text/plain");
    const chosen = view.root.getSelection?.(); // Chromium's; the state may not know yet what was selected
    if (event.inputType !== "insertText" || !chosen?.anchorNode || chosen.isCollapsed || !text || view.composing) return false;
    const ends = [view.posAtDOM(chosen.anchorNode, chosen.anchorOffset), view.posAtDOM(chosen.focusNode, chosen.focusOffset)];
    const [from, to] = ends.sort((one, other) => one - other);
    const typed = () => view.state.update({
      changes: { from, to, insert: view.state.toText(text) }, selection: { anchor: from + text.length }, userEvent: "input.type", scrollIntoView: true,
    });
    if (!view.state.facet(EditorView.inputHandler).some((handle) => handle(view, from, to, text, typed))) view.dispatch(typed());
    event.preventDefault();
    return true;
  },
});

export class QueryEditor {
  /**
   * Puts an editor in the place of a text field, which keeps its value for the form. `terms` is the address of the
   * vocabulary, loaded when the reader first comes here; `languages` are those of the reader; `ask` runs the query.
   */
  constructor(field, { terms, languages, ask }) {
    this.field = field;
    this.terms = terms;
    this.languages = languages;
    const host = element("div", { class: "editor" });
    field.before(host);
    const { id } = field; // goes over to what is edited in its place
    const root = host.attachShadow({ mode: "open" });
    this.extensions = [
      EditorView.contentAttributes.of({
        id, "aria-label": "SPARQL query", spellcheck: "false", autocapitalize: "off", translate: "no", dir: "ltr",
      }),
      Prec.highest(keymap.of([{ key: "Mod-Enter", run: () => { ask(); return true; } }])),
      lineNumbers(), lintGutter(), history(), drawSelection(), highlightSpecialChars(), highlightActiveLine(),
      bracketMatching(), closeBrackets(), StreamLanguage.define(sparql), syntaxHighlighting(colours), look,
      typedOver, completing(() => this.vocabulary()), EditorView.lineWrapping,
      // Tab is not bound: it leaves the editor, as it leaves every other field.
      keymap.of([...closeBracketsKeymap, ...completionKeymap, ...lintKeymap, ...historyKeymap, ...defaultKeymap]),
      EditorView.updateListener.of((update) => this.updated(update)),
    ];
    this.view = new EditorView({ parent: root, root, state: this.state(field.value) });
    field.hidden = true;
    field.id = `${id}-sent`;
    this.label(id, host);
  }

  /** A label cannot name what is in a shadow root, so a click on it is passed on. */
  label(id, host) {
    for (const label of document.querySelectorAll(`label[for=${id}]`)) {
      label.htmlFor = this.field.id;
      label.addEventListener("click", (event) => { event.preventDefault(); this.view.focus(); });
    }
    host.addEventListener("focusin", () => this.vocabulary().catch(() => {}), { once: true });
  }

  state(doc) {
    return EditorState.create({ doc, extensions: this.extensions });
  }

  /** The terms of the data; a failed attempt is made again. */
  vocabulary() {
    this.loading ??= fetch(this.terms).then(async (answer) => {
      if (!answer.ok) throw new Error(`${this.terms}: ${answer.status}`);
      return new Vocabulary(await answer.json(), this.languages);
    });
    this.loading.catch(() => { this.loading = null; });
    return this.loading;
  }

  updated(update) {
    if (!update.docChanged) return;
    this.field.value = this.text;
    if (this.faulty) {
      this.faulty = false;
      queueMicrotask(() => this.view.dispatch(setDiagnostics(this.view.state, [])));
    }
  }

  get text() {
    return this.view.state.doc.toString();
  }

  /** Puts in another query, which undo takes back. */
  set text(text) {
    this.view.dispatch({ changes: { from: 0, to: this.view.state.doc.length, insert: text }, userEvent: "input.example" });
  }

  /** Puts in the example that is chosen from a list; `address` is that of the queries, by the values of the list. */
  offer(list, address) {
    list.addEventListener("change", async () => {
      const name = list.value;
      if (!name) return;
      this.examples ??= fetch(address).then((answer) => answer.json());
      this.examples.catch(() => { this.examples = null; });
      this.text = (await this.examples)[name];
    });
  }

  focus() {
    this.view.focus();
  }

  /** Marks the place of a fault, and goes there. Lines and columns are counted from 1, columns in code points. */
  showFault(number, column, message) {
    const { doc } = this.view.state;
    const line = doc.line(Math.max(1, Math.min(number, doc.lines)));
    const before = [...line.text].slice(0, column - 1).join("").length;
    const start = Math.min(line.from + before + /^\s*/.exec(line.text.slice(before))[0].length, line.to);
    const word = /^[^\s{}()[\];,]+|^./u.exec(doc.sliceString(start, line.to))?.[0] ?? "";
    const from = word || start === line.from ? start : start - 1;
    this.view.dispatch(
      { selection: { anchor: start }, effects: EditorView.scrollIntoView(start, { y: "center" }) },
      setDiagnostics(this.view.state, [{ from, to: start + word.length, severity: "error", message }]),
    );
    this.faulty = true;
    this.view.focus();
  }
}
