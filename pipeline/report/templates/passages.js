"use strict";
// The passages the page carries: unpacked, chosen, ordered. Positions of hits are code points, as in the data files.

async function unpacked() {
  const coded = JSON.parse(document.getElementById("packed").textContent);
  const bytes = Uint8Array.from(atob(coded), (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return JSON.parse(await new Response(stream).text());
}

function read(data) {
  const named = (numbers) => numbers.map((number) => data.names[number]);
  const documents = data.documents.map(([id, title, speaker, country, kind, date, year, period, source]) =>
    ({ id, title, speaker, country, kind, date, year, period, source }));
  const passages = data.passages.map(([place, ordinal, codes, roles, hand, page], order) => ({
    id: `${documents[place].id}#${String(ordinal).padStart(5, "0")}`,
    document: documents[place],
    order,
    codes: new Map(codes.map(([code, p]) => [data.names[code], p / 1000])),
    roles: data.roles.filter((_, bit) => roles & (1 << bit)),
    hand: hand.length ? { settled: named(hand[0]), open: named(hand[1]), coders: hand[2].map(([who, said]) => [data.names[who], named(said)]) } : null,
    page,
    text: data.texts[order] || null,
    hits: (data.hits[order] || []).map(([start, end, code, rule, marks, from, to]) =>
      ({ start, end, code: data.names[code], rule: data.names[rule], denied: marks & 1, reported: marks & 2, from: data.names[from], to: data.names[to] })),
    why: new Map((data.why[order] || []).map(([code, parts]) => [data.names[code], parts.map(([name, part]) => [data.names[name], part / 100])])),
  }));
  return { ...data, documents, passages };
}

const KEYS = ["code", "scope", "narrative", "speaker", "year", "period", "country", "kind", "document", "passage", "hand", "text", "sort"];

function wantedBy(hash) {
  const given = new URLSearchParams(hash.replace(/^#/, ""));
  return Object.fromEntries(KEYS.filter((key) => given.get(key)).map((key) => [key, given.get(key)]));
}

function addressOf(wanted) {
  const said = KEYS.filter((key) => wanted[key]).map((key) => `${key}=${encodeURIComponent(wanted[key])}`);
  return "#" + (said.join("&") || "sort=certainty");
}

function inYears(year, wanted) {
  const [from, to] = wanted.includes("-") ? wanted.split("-") : [wanted, wanted];
  return wanted === year || (Number(year) >= Number(from || 0) && Number(year) <= Number(to || 9999));
}

function differing(passage) {
  const { settled, open } = passage.hand;
  const machine = [...passage.codes.keys()];
  const all = [...settled.filter((code) => !passage.codes.has(code)), ...machine.filter((code) => !settled.includes(code))];
  return all.filter((code) => !open.includes(code));
}

function byHand(passage, wanted) {
  if (!wanted.hand) return passage.codes.size > 0 && (!wanted.code || passage.codes.has(wanted.code));
  if (!passage.hand) return false;
  if (wanted.hand === "differs") return differing(passage).some((code) => !wanted.code || code === wanted.code);
  return !wanted.code || passage.codes.has(wanted.code) || passage.hand.settled.includes(wanted.code);
}

const TESTS = {
  scope: (passage, value) => value === "all" || passage.roles.includes("partner") === (value === "partner"),
  year: (passage, value) => inYears(passage.document.year, value),
  document: (passage, value) => passage.document.id === value,
  text: (passage, value) => `${passage.text || ""}\n${passage.hits.map((hit) => hit.rule).join(" ")}`.toLowerCase().includes(value.toLowerCase()),
  ...Object.fromEntries(["speaker", "country", "kind", "period"].map((key) => [key, (passage, value) => passage.document[key] === value])),
};

function certainty(passage, wanted) {
  return passage.codes.get(wanted.code) ?? Math.max(0, ...passage.codes.values());
}

// How strongly a passage's codes speak for a narrative; sure codes count more.
function weight(passage, pulls) {
  return [...passage.codes].reduce((sum, [code, p]) => sum + p * (pulls[code] || 0), 0);
}

function ordered(passages, wanted, pulls) {
  const by = wanted.sort || (wanted.narrative ? "narrative" : "certainty");
  const inOrder = (a, b) => a.document.date.localeCompare(b.document.date) || a.order - b.order;
  if (by === "date") return passages.sort(inOrder);
  const key = by === "narrative" ? (passage) => weight(passage, pulls) : (passage) => certainty(passage, wanted);
  const keyed = new Map(passages.map((passage) => [passage, key(passage)]));
  return passages.sort((a, b) => keyed.get(b) - keyed.get(a) || inOrder(a, b));
}

function chosen(data, wanted) {
  if (wanted.passage) return data.passages.filter((passage) => passage.id === wanted.passage);
  const tests = Object.entries(TESTS).filter(([key]) => wanted[key]);
  const pulls = data.pulls[wanted.narrative] || {};
  const found = data.passages.filter((passage) => byHand(passage, wanted) && tests.every(([key, test]) => test(passage, wanted[key])));
  return ordered(wanted.narrative ? found.filter((passage) => weight(passage, pulls) > 0) : found, wanted, pulls);
}
