// The editor of the notes.
import { closeBrackets, closeBracketsKeymap, completionKeymap, snippet } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { yaml } from "@codemirror/lang-yaml";
import { bracketMatching, HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import { lintGutter, lintKeymap, nextDiagnostic, previousDiagnostic, setDiagnostics } from "@codemirror/lint";
import { EditorState, Prec, Transaction } from "@codemirror/state";
import {
  drawSelection, EditorView, highlightActiveLine, highlightActiveLineGutter, highlightSpecialChars, keymap, lineNumbers,
} from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { claimTemplate, listEnd } from "./claim_text.js";
import { completing } from "./completion.js";

const colours = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], class: "yaml-key" },
  { tag: [tags.string, tags.special(tags.string)], class: "yaml-string" },
  { tag: [tags.comment, tags.lineComment], class: "yaml-comment" },
]);

/** A value that is typed right behind the colon of its field gets the space that YAML wants. */
function spaced(view, from, to, text) {
  if (from !== to || !/^[^\s:/]$/u.test(text)) return false;
  const line = view.state.doc.lineAt(from);
  if (!/(^|[{,])\s*(- )?[A-Za-z_][A-Za-z_ ]*:$/.test(line.text.slice(0, from - line.from))) return false;
  view.dispatch({
    changes: { from, insert: ` ${text}` },
    selection: { anchor: from + 1 + text.length },
    userEvent: "input.type",
  });
  return true;
}

export class NotesEditor {
  /** `handlers`: changed(text), cursor(line); `keys` are shortcuts that hold everywhere. */
  constructor(parent, vocabulary, known, handlers, keys, nonce) {
    this.handlers = handlers;
    this.extensions = [
      EditorView.cspNonce.of(nonce),
      EditorView.contentAttributes.of({ "aria-label": "Notes on the report", spellcheck: "false" }),
      Prec.highest(keymap.of(keys)),
      lineNumbers(), lintGutter(), history(), drawSelection(), highlightSpecialChars(),
      highlightActiveLine(), highlightActiveLineGutter(), bracketMatching(), closeBrackets(),
      yaml(), syntaxHighlighting(colours), completing(vocabulary, known),
      EditorView.inputHandler.of(spaced), EditorView.lineWrapping, EditorView.perLineTextDirection.of(false),
      EditorState.tabSize.of(2),
      keymap.of([...closeBracketsKeymap, ...completionKeymap, ...lintKeymap, ...historyKeymap, ...defaultKeymap]),
      EditorView.updateListener.of((update) => this.updated(update)),
    ];
    this.view = new EditorView({ parent, state: EditorState.create({ extensions: this.extensions }) });
  }

  updated(update) {
    if (update.docChanged && !this.loading) this.handlers.changed();
    if (update.docChanged || update.selectionSet) this.handlers.cursor(this.line());
  }

  get text() {
    return this.view.state.doc.toString();
  }

  line() {
    const { doc, selection } = this.view.state;
    return doc.lineAt(selection.main.head).number;
  }

  /** Shows other notes, and forgets what could be undone. */
  load(text) {
    this.loading = true;
    this.view.setState(EditorState.create({ doc: text, extensions: this.extensions }));
    this.loading = false;
  }

  /** Puts in another text, which undo takes back. */
  replace(text) {
    this.loading = true;
    this.view.dispatch({
      changes: { from: 0, to: this.view.state.doc.length, insert: text },
      annotations: Transaction.addToHistory.of(true),
    });
    this.loading = false;
  }

  /** Adds a claim at the end of the list, with its fields to be filled in, Tab after Tab. */
  insertClaim(parts) {
    const { from, to, before, after } = listEnd(this.view.state.doc, "claims");
    this.view.dispatch({ changes: { from, to, insert: before + after } });
    const at = from + before.length;
    snippet(claimTemplate(parts))(this.view, null, at, at);
    this.view.focus();
    this.view.dispatch({ scrollIntoView: true });
  }

  /** Records that a sentence holds no claim; the reason is to be filled in. */
  insertReason(at) {
    const { doc } = this.view.state;
    let header = null;
    for (let number = 1; number <= doc.lines && header === null; number++) {
      if (doc.line(number).text.startsWith("nothing:")) header = doc.line(number);
    }
    const flow = header && /^nothing:\s*\{(.*)\}/.exec(header.text);
    let position = doc.length;
    let written = `${doc.length && !doc.toString().endsWith("\n") ? "\n" : ""}nothing: {${at}: #{}}\n`;
    let until = position;
    if (flow) {
      position = header.from + flow[0].length - 1;
      until = position;
      written = `${flow[1].trim() ? ", " : ""}${at}: #{}`;
    } else if (header) {
      const rest = /^nothing:\s*(~|null)?\s*/.exec(header.text)[0];
      position = header.from + "nothing:".length;
      until = header.from + rest.length;
      written = `\n  ${at}: #{}${header.text.length > rest.length ? " " : ""}`;
    }
    snippet(written)(this.view, null, position, until);
    this.view.focus();
    this.view.dispatch({ scrollIntoView: true });
  }

  goTo(number, column = 1) {
    const line = this.view.state.doc.line(Math.max(1, Math.min(number, this.view.state.doc.lines)));
    const anchor = Math.min(line.from + column - 1, line.to);
    this.view.dispatch({ selection: { anchor }, effects: EditorView.scrollIntoView(anchor, { y: "center" }) });
    this.view.focus();
  }

  nextFault = () => nextDiagnostic(this.view) || true;
  previousFault = () => previousDiagnostic(this.view) || true;

  /** Shows findings in the text and in the gutter. Columns count code points. */
  show(findings) {
    const { doc } = this.view.state;
    const diagnostics = findings.map(({ line, column, message, hint, severity = "error" }) => {
      const at = doc.line(Math.max(1, Math.min(line, doc.lines)));
      const from = Math.min(at.from + [...at.text].slice(0, column - 1).join("").length, at.to);
      const words = /^("[^"]*"|[^,{}[\]]*)/.exec(doc.sliceString(from, at.to))[0].trimEnd();
      const to = words ? from + words.length : at.to;
      return { from: from === to ? at.from : from, to, severity, message: hint ? `${message}\n${hint}` : message };
    });
    this.view.dispatch(setDiagnostics(this.view.state, diagnostics));
  }
}
