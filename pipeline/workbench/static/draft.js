// What the coder has entered on a passage and not yet saved; kept in the browser until the workbench has it on disk.

const desk = document.querySelector(".desk");
const NAME = `draft ${desk.dataset.study} ${desk.dataset.coder} `;
const nameOf = (passage) => NAME + passage.id + " " + passage.text_sha256;

export class Draft {
  /** A fresh draft from the label that stands; or the unsaved one this browser keeps. */
  constructor(passage) {
    this.name = nameOf(passage);
    this.passage = passage;
    this.restored = false;
    const label = passage.label || {};
    this.fill({ codes: label.codes, unsure: label.unsure, spans: label.spans, memo: label.memo, seen: passage.seen });
    const kept = JSON.parse(localStorage.getItem(this.name) || "null");
    if (kept && (kept.attempts || []).includes(passage.seen)) localStorage.removeItem(this.name);
    else if (kept) this.restore(kept);
  }

  fill({ codes = [], unsure = [], spans = [], memo = "", seen = "", attempts = [] }) {
    Object.assign(this, { codes: new Set(codes), unsure: new Set(unsure), spans: [...spans], memo, seen, attempts, submission: crypto.randomUUID() });
  }

  restore(kept) {
    this.fill(kept);
    this.restored = true;
    this.overtaken = kept.seen !== this.passage.seen;
    this.seen = this.passage.seen;
  }

  /** Keep what is entered. What was sent before under a name must not be taken for this, so it gets a new one. */
  keep() {
    if (this.attempts.includes(this.submission)) this.submission = crypto.randomUUID();
    this.write();
  }

  write() {
    const { codes, unsure, spans, memo, seen, attempts } = this;
    try {
      localStorage.setItem(this.name, JSON.stringify({ codes: [...codes], unsure: [...unsure], spans, memo, seen, attempts }));
    } catch { /* a browser that keeps nothing still saves labels */ }
  }

  forget() {
    localStorage.removeItem(this.name);
  }

  /** What is sent; it is remembered that it was, since an answer may get lost. */
  body(version, skip) {
    this.attempts.push(this.submission);
    this.write();
    const { id, text_sha256 } = this.passage;
    const { submission, seen, memo, spans } = this;
    return { passage_id: id, text_sha256, submission, seen, codebook: version, codes: [...this.codes], unsure: [...this.unsure], spans, memo, skip };
  }

  get empty() {
    return !this.codes.size && !this.unsure.size && !this.spans.length && !this.memo;
  }
}
