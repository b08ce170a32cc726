// Marking words without a mouse: a word cursor over the passage, widened with Shift.

import { select, words } from "./text.js";

export class Marking {
  constructor(root) {
    this.root = root;
    this.all = null;
  }

  get on() {
    return this.all !== null;
  }

  /** Begin on the first word, or leave; what to tell the coder. */
  toggle() {
    if (this.on) return this.leave();
    this.all = words(this.root.textContent);
    this.from = this.to = 0;
    if (!this.all.length) return this.leave();
    this.root.focus();
    return `Marking words: arrows move, Shift widens, a code's key marks, Escape leaves. ${this.shown()}`;
  }

  leave() {
    this.all = null;
    getSelection().removeAllRanges();
    return "Marking ended.";
  }

  /** The word cursor one word on in reading order (or back); what it holds now. */
  move(step, widen) {
    this.to = Math.min(Math.max(this.to + step, 0), this.all.length - 1);
    if (!widen) this.from = this.to;
    return this.shown();
  }

  shown() {
    const [first, last] = [this.from, this.to].sort((a, b) => a - b);
    select(this.root, { start: this.all[first].start, end: this.all[last].end });
    return getSelection().toString();
  }
}
