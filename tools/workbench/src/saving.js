// Saving on every change. Text that cannot be saved stays in the page, is tried again, and is never let go quietly.
import * as api from "./api.js";
import { debounced } from "./dom.js";

const WAIT = 400; // milliseconds after a change
const AGAIN = 4000; // after a failure

export class Saving {
  /** `text` gives what is to be saved; handlers: state(kind, words), conflict(notes). */
  constructor(text, handlers) {
    this.text = text;
    this.handlers = handlers;
    this.soon = debounced(WAIT, () => this.now());
    window.addEventListener("beforeunload", (event) => {
      if (!this.dirty) return;
      this.now();
      event.preventDefault();
    });
  }

  begin(notes) {
    this.soon.cancel();
    clearTimeout(this.retry);
    this.name = notes.name;
    this.version = notes.version;
    this.saved = notes.text;
    this.conflicting = false;
    this.failed = false;
    this.handlers.state("", notes.version ? "Saved" : "Not begun: saved on the first change");
  }

  /** Lets go of the notes. */
  end() {
    this.soon.cancel();
    clearTimeout(this.retry);
    this.name = undefined;
    this.conflicting = false;
    this.failed = false;
    this.handlers.state("", "");
  }

  get dirty() {
    return this.name !== undefined && (this.text() !== this.saved || Boolean(this.sending));
  }

  /** Whether there is text that could not be saved. */
  get unsaved() {
    return this.conflicting || (this.failed && this.dirty);
  }

  /** Saves at somebody's request: of two versions, it asks again. */
  asked() {
    if (this.conflicting) this.handlers.conflict(this.other);
    else this.now();
  }

  changed() {
    if (this.conflicting) return;
    this.handlers.state("busy", "Saving…");
    this.soon();
  }

  /** Saves what is not saved, and waits until that is done. */
  async now() {
    this.soon.cancel();
    if (this.sending) await this.sending;
    if (this.conflicting || this.name === undefined || this.text() === this.saved) {
      if (!this.conflicting && this.name !== undefined) this.handlers.state("", this.version ? "Saved" : "Nothing to save");
      return;
    }
    this.sending = this.send(this.text());
    await this.sending;
    this.sending = null;
    if (!this.conflicting && !this.failed && this.text() !== this.saved) this.soon();
  }

  async send(text) {
    clearTimeout(this.retry);
    try {
      const { version } = await api.save({ name: this.name, text }, this.version);
      this.version = version;
      this.saved = text;
      this.failed = false;
      this.handlers.state("", `Saved ${new Date().toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", second: "2-digit" })}`);
    } catch (problem) {
      if (problem.status === 412) {
        this.conflicting = true;
        this.other = problem.notes;
        this.handlers.state("bad", "Not saved: changed elsewhere");
        this.handlers.conflict(problem.notes);
        return;
      }
      this.failed = true;
      this.handlers.state("bad", `Not saved: ${problem.message}. ${problem.hint}`);
      this.retry = setTimeout(() => this.now(), AGAIN);
    }
  }

  /** Takes over what is on the disk as that which is replaced from now on. */
  settle(notes) {
    this.version = notes?.version ?? null;
    this.saved = notes?.text ?? "";
    this.conflicting = false;
    this.handlers.state("", notes ? "Loaded from the disk" : "The file is gone: saved on the next change");
  }
}
