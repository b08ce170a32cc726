// The page of labelling: show a passage, take what the coder enters, save it, go on.

import * as codes from "./codes.js";
import { Draft } from "./draft.js";
import { Marking } from "./marking.js";
import { get, post } from "./net.js";
import * as search from "./search.js";
import { around, button, counts, earlier, facts, notice, say } from "./shown.js";
import { draw, selectedSpan } from "./text.js";

const by = (id) => document.getElementById(id);
const desk = document.querySelector(".desk");
const text = by("text");
const memo = by("memo");
const list = new URLSearchParams(location.search).get("list") || "";
const marking = new Marking(text);
const version = desk.dataset.codebook;
let passage = null;
let draft = null;
let busy = false;
let last = null; // the code touched last, which "." doubts
let awaited = null; // what the next code key is for, when not for its tick
let entered = 0; // when Enter was last pressed: a double press must not save an unread passage

// --- showing

function show(said, words = "") {
  counts(said.progress, list);
  passage = said.passage;
  draft = passage && new Draft(passage);
  last = awaited = null;
  if (marking.on) marking.leave();
  desk.hidden = !passage;
  if (!passage) return ended(said.drew);
  codes.prune(draft);
  history.replaceState(null, "", `?${new URLSearchParams({ ...(list && { list }), p: passage.id })}`);
  notice("");
  facts(passage);
  around(by("before"), passage.before, (i, n) => i < n - 1);
  around(by("after"), passage.after, (i) => i > 0);
  memo.value = draft.memo;
  by("earlier").textContent = earlier(passage);
  if (draft.overtaken) overtaken();
  else if (draft.restored) notice("What you had entered here before the page was left is back. It is not saved yet.");
  redraw();
  scrollTo(0, 0);
  text.focus({ preventScroll: true });
  say(`${words} Passage ${passage.place} of ${passage.of}, ${passage.facts.title || ""}`);
}

function ended(drew) {
  if (list) return notice("Nothing is left on this list.");
  if (drew) return notice("Every passage is labelled. Well done.");
  const train = document.createElement("a");
  train.href = "/progress";
  train.textContent = "Train anew first";
  const draw = button("Draw the next round", () => working(async () => show({ ...(await get("/api/passage", { draw: 1 })), drew: true })));
  notice("This round is done. Trained on it, the machine can say where the next one should go. ", train, draw);
  draw.focus();
}

function redraw() {
  codes.show(draft);
  draw(text, passage.text, draft.spans, passage.hits);
  by("marks").replaceChildren(...draft.spans.map(chip));
}

function chip(span) {
  const words = [...passage.text].slice(span.start, span.end).join("");
  const made = document.createElement("li");
  made.dataset.code = span.code;
  const quoted = document.createElement("bdi");
  quoted.textContent = `“${words}”`;
  const gone = button("×", () => change(() => (draft.spans = draft.spans.filter((one) => one !== span))));
  gone.setAttribute("aria-label", `Unmark “${words}” for ${codes.nameOf(span.code)}`);
  made.append(`${codes.nameOf(span.code)}: `, quoted, gone);
  return made;
}

// --- entering

function change(act) {
  if (!passage || busy) return;
  const words = act();
  draft.keep();
  redraw();
  if (typeof words === "string") say(words);
}

function touch(code) {
  last = code;
  codes.define(code);
  const span = selectedSpan(text);
  change(() => {
    if (!span) {
      codes.toggle(draft, code);
      return `${codes.nameOf(code)} ${draft.codes.has(code) ? "on" : "off"}`;
    }
    getSelection().removeAllRanges();
    codes.toggle(draft, code, true);
    const same = (one) => one.code === code && one.start === span.start && one.end === span.end;
    if (!draft.spans.some(same)) draft.spans.push({ code, ...span });
    return `Marked for ${codes.nameOf(code)}`;
  });
  if (marking.on) marking.leave();
}

function doubt(code) {
  if (!code) return say("Touch a code first.");
  last = code;
  codes.define(code);
  change(() => `${codes.toggleUnsure(draft, code) ? "Unsure about" : "Sure about"} ${codes.nameOf(code)}`);
}

const clear = () => change(() => (draft.fill({ seen: draft.seen, attempts: draft.attempts, memo: draft.memo }), "No code"));

// --- saving and moving

async function working(act) {
  if (busy) return;
  busy = true;
  document.body.classList.add("busy");
  try {
    await act();
  } catch (error) {
    notice(error.message);
    if (error.conflict) await reconcile(error);
  } finally {
    busy = false;
    document.body.classList.remove("busy");
  }
}

const query = () => (list ? { list } : {});
const save = (skip = false) =>
  passage && working(async () => {
    const mine = draft;
    const said = await post("/api/labels", { ...mine.body(version, skip), ...query() });
    mine.forget();
    show(said, skip ? "Skipped." : "Saved.");
  });
const undo = () =>
  working(async () => {
    const said = await post("/api/undo", {});
    if (!said.undone) return say("There is nothing to take back.");
    const taken = said.taken;
    show(said, "Taken back.");
    const filled = said.passage.label.status === "withdrawn";
    if (filled) {
      draft.fill({ ...taken, seen: passage.seen });
      draft.keep();
      memo.value = draft.memo;
      redraw();
    }
    notice(filled ? "Taken back. What you had entered stands here again, unsaved." : "Taken back; what you had saved before stands again.");
  });
const open = (id) => working(async () => show(await get("/api/passage", { id })));
const next = (after = "") => working(async () => show(await get("/api/passage", { ...query(), after })));
const skip = () => (passage?.label?.status === "coded" ? next(passage.id) : save(true));
const back = () => working(async () => show(await get("/api/passage", { before: passage?.id || "" })));

/** Something changed while the coder decided: fetch what is true now, keep what was entered, and ask. */
async function reconcile(error) {
  if (error.conflict === "codebook") return newCodebook(error);
  if (error.conflict === "passage") return notice(error.message, button("Go to the next passage", () => next()));
  const said = await get("/api/passage", { id: passage.id });
  if (draft.attempts.includes(said.passage.seen)) {
    passage = said.passage;
    draft.seen = passage.seen;
    draft.keep();
    return notice("Your first saving had arrived. Press Enter again to save it as it stands here now.");
  }
  show(said);
}

function overtaken() {
  const label = passage.label;
  const theirs = label && label.status === "coded" ? label.codes.map(codes.nameOf).join(", ") || "no code" : "nothing";
  const take = button("Take what was saved", () => {
    draft.forget();
    open(passage.id);
  });
  notice(`Another window saved this passage meanwhile: ${theirs}. What you entered stands here; Enter saves it in its place.`, take);
}

function newCodebook(error) {
  draft.attempts = [];
  draft.write();
  const load = button("Load the new codebook", () => location.reload());
  notice(`${error.message} What you entered is kept.`, load);
  load.focus();
}

// --- keys

const ACTIONS = {
  b: back,
  n: skip,
  m: () => say(marking.toggle()),
  ",": () => memo.focus(),
  ".": () => doubt(last),
  ";": () => ((awaited = "about"), say("Definition of which code? Press its key.")),
  0: clear,
  "=": () => desk.classList.toggle("wide"),
  "/": search.open,
  "?": () => by("keys").showModal(),
  Backspace: undo,
};

function onKey(event) {
  if (event.defaultPrevented || event.isComposing || document.querySelector("dialog[open]")) return;
  const typing = event.target.closest("textarea, input:not([type=checkbox])");
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey || !typing) && !event.target.closest("button, a, summary")) return enter(event);
  if (typing) return event.key === "Escape" && text.focus();
  if ((event.ctrlKey || event.metaKey) && event.key === "z") return take(event, undo);
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (marking.on && mark(event)) return;
  if (event.key === "Escape") return by("book").classList.remove("open");
  if (!by("letters").checked) return;
  const code = codes.codeOfKey(event);
  if (code) return take(event, () => press(code, event.shiftKey));
  const act = ACTIONS[event.key] || ACTIONS[/^Key([BMN])$/.exec(event.code)?.[1].toLowerCase()];
  if (act && !event.repeat) take(event, act);
}

function take(event, act) {
  event.preventDefault();
  act();
}

function press(code, shift) {
  const wanted = awaited || (shift ? "unsure" : "code");
  awaited = null;
  if (wanted === "about") codes.define(code, true);
  else if (wanted === "unsure") doubt(code);
  else touch(code);
}

function enter(event) {
  event.preventDefault();
  const twice = event.timeStamp - entered < 250;
  entered = event.timeStamp;
  if (!event.repeat && !(twice && draft?.empty)) save();
}

function mark(event) {
  const ahead = getComputedStyle(text).direction === "rtl" ? -1 : 1;
  const step = { ArrowRight: ahead, ArrowLeft: -ahead, ArrowDown: 5, ArrowUp: -5 }[event.key];
  if (step) take(event, () => say(marking.move(step, event.shiftKey)));
  else if (event.key === "Escape") say(marking.leave());
  return step || event.key === "Escape";
}

document.addEventListener("keydown", onKey);
memo.addEventListener("input", () => {
  draft.memo = memo.value;
  draft.keep();
});
const clicks = { back, skip, undo, save: () => save(), find: search.open, help: () => by("keys").showModal() };
Object.entries(clicks).forEach(([id, act]) => by(id).addEventListener("click", act));
document.querySelectorAll("[data-close]").forEach((one) => one.addEventListener("click", () => one.closest("dialog").close()));
by("letters").checked = localStorage.getItem("letters") !== "off";
by("letters").addEventListener("change", (event) => localStorage.setItem("letters", event.target.checked ? "on" : "off"));
text.addEventListener("mousedown", () => marking.on && marking.leave());
search.listen(open);
codes.listen((code, what) => ({ code: () => touch(code), unsure: () => doubt(code), about: () => codes.define(code, true) })[what]());

const asked = new URLSearchParams(location.search).get("p");
asked ? open(asked) : next();
