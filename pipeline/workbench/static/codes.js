// The list of codes: ticks, doubts, definitions, and the keys that work them.

const form = document.getElementById("codes");
const book = document.getElementById("book");
const rows = new Map([...form.querySelectorAll(".code")].map((row) => [row.dataset.code, row]));
const input = (code) => rows.get(code).querySelector("input");
export const nameOf = (code) => (rows.has(code) ? rows.get(code).querySelector(".name").textContent : code);

/** A kept draft may name codes that the codebook has no more. */
export function prune(draft) {
  for (const set of [draft.codes, draft.unsure]) [...set].filter((code) => !rows.has(code)).forEach((code) => set.delete(code));
  draft.spans = draft.spans.filter((span) => rows.has(span.code));
}

const frameOf = (code) => rows.get(code).dataset.implies;
const below = (frame) => [...rows.keys()].filter((code) => frameOf(code) === frame);
const byKey = new Map([...rows.keys()].filter((code) => input(code).dataset.key).map((code) => [input(code).dataset.key, code]));

/** The code of a key press: by the letter typed, or by its place where the keyboard writes another script. */
export function codeOfKey(event) {
  const typed = event.key.toLowerCase();
  if (/^[!-~]$/.test(typed) && !/^Digit/.test(event.code)) return byKey.get(typed);
  const place = /^(?:Key|Digit|Numpad)(\w)$/.exec(event.code);
  return place ? byKey.get(place[1].toLowerCase()) : undefined;
}

/** A code put on or taken off, with what that implies: its frame comes along, a frame leaves with its sub-codes and their marks. */
export function toggle(draft, code, on = !draft.codes.has(code)) {
  if (on) {
    draft.codes.add(code);
    if (frameOf(code)) draft.codes.add(frameOf(code));
    return;
  }
  const gone = [code, ...below(code)];
  gone.forEach((one) => draft.codes.delete(one));
  draft.spans = draft.spans.filter((span) => !gone.includes(span.code));
}

export function toggleUnsure(draft, code) {
  if (!draft.unsure.delete(code)) draft.unsure.add(code);
  return draft.unsure.has(code);
}

export function show(draft) {
  rows.forEach((row, code) => {
    input(code).checked = draft.codes.has(code);
    row.querySelector(".unsure").setAttribute("aria-pressed", draft.unsure.has(code));
  });
}

export function define(code, open = false) {
  document.getElementById("book-start").hidden = true;
  book.querySelectorAll(".definition").forEach((part) => (part.hidden = part.dataset.definition !== code));
  book.scrollTop = 0;
  if (open) book.classList.add("open");
}

document.getElementById("book-close").addEventListener("click", () => book.classList.remove("open"));

/** Tell a listener of clicks in the list: `act(code, what)` with what = code, unsure or about. */
export function listen(act) {
  rows.forEach((row, code) => {
    input(code).addEventListener("change", () => act(code, "code"));
    row.querySelector(".unsure").addEventListener("click", () => act(code, "unsure"));
    row.querySelector(".about").addEventListener("click", () => act(code, "about"));
    row.addEventListener("mouseenter", () => matchMedia("(hover: hover)").matches && define(code));
    row.addEventListener("focusin", () => define(code));
    row.addEventListener("mousedown", (event) => event.preventDefault()); // a click must not take the selection off the passage
  });
  form.addEventListener("submit", (event) => event.preventDefault());
}
