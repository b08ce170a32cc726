// The evidence browser. Whatever comes from a text enters the page as textContent, never as markup.

const STEP = 20;
const book = { frames: [], about: {}, narratives: {} };
const find = (id) => document.getElementById(id);

function element(name, properties = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (key === "class") made.className = value;
    else made.setAttribute(key, value);
  }
  made.append(...children);
  return made;
}

function frameOf(code) {
  return `f${Math.max(0, book.frames.indexOf(code.split(".")[0]))}`;
}

function marked(passage, code) {
  const letters = Array.from(passage.text);
  const parts = [];
  let at = 0;
  for (const hit of [...passage.hits].sort((a, b) => a.start - b.start || b.end - a.end)) {
    if (hit.start < at) continue;
    const off = hit.denied || hit.reported;
    const said = [hit.code, hit.rule, hit.denied ? "denied" : "", hit.reported ? "only reported" : "",
      hit.from || hit.to ? `${hit.from || "?"} → ${hit.to || "?"}` : ""].filter(Boolean).join(" · ");
    const kind = `${frameOf(hit.code)}${off ? " off" : ""}${hit.code === code ? " wanted" : ""}`;
    parts.push(letters.slice(at, hit.start).join(""), element("mark", { class: kind, title: said }, letters.slice(hit.start, hit.end).join("")));
    at = hit.end;
  }
  return element("p", { dir: "auto", class: "said" }, ...parts, letters.slice(at).join(""));
}

function reasons(passage) {
  const rows = [...passage.codes].map(([code, p]) => {
    const why = (passage.why.get(code) || []).map(([name, part]) => `${feature(name)} ${part > 0 ? "+" : "−"}${Math.abs(part).toFixed(2)}`);
    return element("tr", {}, element("th", { scope: "row" }, element("span", { class: `chip ${frameOf(code)}` }, code)),
      element("td", { class: "n" }, p.toFixed(2)), element("td", { dir: "auto" }, why.join(", ") || "follows from its sub-code"));
  });
  if (!rows.length) return "";
  const head = element("tr", {}, ...["Code", "Probability", "Words and [rules] that moved it"].map((name) => element("th", { scope: "col" }, name)));
  return element("table", { class: "why" }, element("thead", {}, head), element("tbody", {}, ...rows));
}

// The name of a feature of the classifier in words (pipeline/features.py).
function feature(name) {
  const [kind, ...rest] = name.slice(1, -1).split(":");
  const said = rest.join(":");
  if (!name.startsWith("[") || !said) return name;
  if (kind === "way") {
    const [frame, who] = [rest[0], rest.slice(1).join(":").split(">").map((role) => (role === "-" ? "someone" : role))];
    return `[${frame}: ${who[0]} to ${who[1]}]`;
  }
  const words = { live: "rules for ", denied: "rules for, but denied: ", role: "names the ", rule: "rule " };
  return `[${words[kind] || ""}${said}]`;
}

function ruleLine(passage) {
  if (!passage.hits.length) return "";
  const counts = new Map();
  for (const hit of passage.hits) counts.set(hit.rule, counts.get(hit.rule) || !(hit.denied || hit.reported));
  return element("p", { class: "meta" }, "Rules: " + [...counts].map(([rule, live]) => (live ? rule : `(${rule})`)).join(", "));
}

function handLine(passage) {
  if (!passage.hand) return "";
  const said = ([who, codes]) => `${who}: ${codes.join(", ") || "no code"}`;
  const differs = differing(passage);
  return element("p", { class: "meta" }, element("strong", {}, "Hand labels "), passage.hand.coders.map(said).join("; "),
    differs.length ? ` · hand and machine differ on ${differs.join(", ")}` : " · hand and machine agree");
}

function sourceOf(document) {
  if (!/^https?:\/\//i.test(document.source)) return document.source;
  return element("a", { href: document.source, rel: "noopener noreferrer", target: "_blank" }, document.source);
}

function heading(passage) {
  const { speaker, title, date } = passage.document;
  const who = [speaker === "not given" ? "" : speaker, title.includes(speaker) ? "" : title, date].filter(Boolean).join(", ");
  return element("h3", { dir: "auto" }, who || passage.document.id);
}

function placeLine(passage) {
  const parts = [element("a", { href: addressOf({ passage: passage.id }) }, passage.id)];
  if (passage.page) parts.push(` · page ${passage.page}`);
  if (passage.document.source) parts.push(" · ", sourceOf(passage.document));
  return element("p", { class: "meta" }, ...parts);
}

function article(passage, wanted) {
  const left = "Its text is left out of this page to keep it small; it stands in export/codings.csv under this id.";
  const text = passage.text === null ? element("p", { class: "note" }, left) : marked(passage, wanted.code);
  return element("article", {}, heading(passage), text, ruleLine(passage), reasons(passage), handLine(passage), placeLine(passage));
}

function summary(found, wanted, someLeftOut) {
  const documents = new Set(found.map((passage) => passage.document)).size;
  const count = (n, name) => `${n.toLocaleString("en")} ${name}${n === 1 ? "" : "s"}`;
  const missing = found.filter((passage) => passage.text === null).length;
  if (wanted.text && someLeftOut) return `${count(found.length, "passage")} among the texts that are here; the others stand in export/codings.csv only`;
  const rest = missing ? `; the texts of ${missing.toLocaleString("en")} stand in export/codings.csv only` : "";
  return found.length ? `${count(found.length, "passage")} in ${count(documents, "document")}${rest}` : "No passage fits. Loosen a filter.";
}

function describe(wanted) {
  const code = book.about[wanted.code];
  find("about").textContent = code ? `${code[0]}: ${code[1]}` : "";
}

class Browser {
  constructor(data) {
    this.data = data;
    this.section = find("passages");
    this.list = find("list");
    this.opener = null;
    this.someLeftOut = data.passages.some((passage) => passage.text === null);
    this.fillChoices();
    this.listen();
    this.follow(false);
  }

  fillChoices() {
    const speakers = [...new Set(this.data.documents.map((one) => one.speaker))].sort();
    find("by-speaker").append(...speakers.map((value) => element("option", { value }, value)));
    const inOrder = [...this.data.documents].sort((a, b) => a.date.localeCompare(b.date) || (a.id < b.id ? -1 : 1));
    const named = ({ id, date, title }) => element("option", { value: id }, `${date} ${title} (${id})`);
    find("by-document").append(...inOrder.map(named));
  }

  listen() {
    addEventListener("hashchange", () => this.follow(true));
    document.addEventListener("click", (event) => {
      const row = event.target.closest("figure tbody tr, details tbody tr");
      const link = event.target.closest("a[href^='#']") || (row && row.querySelector("a[href*='=']"));
      if (link && !event.target.closest("a")) location.hash = link.getAttribute("href");
      if (link && !this.section.contains(link)) this.opener = link;
      if (link && link.getAttribute("href") === location.hash) this.follow(true);
    });
    document.addEventListener("keydown", (event) => event.key === "Escape" && this.close());
    find("filters").addEventListener("input", () => this.filtered());
    find("more").addEventListener("click", () => this.show());
    find("close").addEventListener("click", () => this.close());
    find("clear").addEventListener("click", () => { location.hash = "#sort=certainty"; });
  }

  follow(moved) {
    const asked = location.hash.includes("=");
    this.wanted = wantedBy(asked ? location.hash : "");
    for (const field of find("filters").querySelectorAll("[name]")) field.value = this.wanted[field.name] || "";
    this.refresh();
    if (asked) this.open();
    else if (moved) this.section.classList.remove("drawer");
  }

  filtered() {
    const fields = [...find("filters").querySelectorAll("[name]")].map((field) => [field.name, field.value.trim()]);
    const kept = Object.entries(this.wanted).filter(([key]) => !["passage", ...fields.map(([name]) => name)].includes(key));
    this.wanted = Object.fromEntries([...kept, ...fields].filter(([, value]) => value));
    history.replaceState(null, "", addressOf(this.wanted));
    this.refresh();
  }

  refresh() {
    this.found = chosen(this.data, this.wanted);
    this.shown = 0;
    this.list.replaceChildren();
    find("count").textContent = summary(this.found, this.wanted, this.someLeftOut);
    describe(this.wanted);
    this.chips();
    this.show();
  }

  // Choices that no field shows, such as a period, can be seen and taken away.
  chips() {
    const named = [...find("filters").querySelectorAll("[name]")].map((field) => field.name);
    const chips = Object.entries(this.wanted).filter(([key]) => !named.includes(key)).map(([key, value]) => {
      const button = element("button", { type: "button", class: "chip" }, `${key}: ${book.narratives[value] || value} ×`);
      button.addEventListener("click", () => { location.hash = addressOf({ ...this.wanted, [key]: "" }); });
      return button;
    });
    find("chips").replaceChildren(...chips);
  }

  show() {
    const next = this.found.slice(this.shown, this.shown + STEP);
    this.list.append(...next.map((passage) => article(passage, this.wanted)));
    this.shown += next.length;
    const left = this.found.length - this.shown;
    find("more").hidden = !left;
    find("more").textContent = `Show ${Math.min(STEP, left)} more of ${left.toLocaleString("en")}`;
  }

  open() {
    this.section.classList.add("drawer");
    this.section.scrollTop = 0;
    find("evidence").focus({ preventScroll: true });
  }

  close() {
    if (!this.section.classList.contains("drawer")) return;
    this.section.classList.remove("drawer");
    history.replaceState(null, "", location.pathname + location.search);
    if (this.opener) this.opener.focus({ preventScroll: true });
  }
}

// Print shows the tables that a reader of the screen may open.
for (const [event, open] of [["beforeprint", true], ["afterprint", false]]) {
  addEventListener(event, () => document.querySelectorAll("details:not(.long)").forEach((one) => {
    if (open && !one.open) one.dataset.printed = "";
    if (open || "printed" in one.dataset) one.open = open;
    if (!open) delete one.dataset.printed;
  }));
}

unpacked().then((data) => new Browser(read(Object.assign(book, data)))).catch(() => {
  find("count").textContent = "This browser cannot unpack the passages; they stand in export/codings.csv.";
});
