// The dialog in which a passage is found by words, id or number.

import { get } from "./net.js";

const dialog = document.getElementById("search");
const query = document.getElementById("query");
const results = document.getElementById("results");
const found = document.getElementById("found");
let latest = 0;
let waiting;

export function open() {
  dialog.showModal();
  query.select();
}

async function search(choose) {
  const mine = ++latest;
  if (!query.value.trim()) return results.replaceChildren();
  try {
    const said = await get("/api/search", { q: query.value });
    if (mine !== latest) return;
    found.textContent = said.found.length ? `${said.found.length}${said.more ? " or more" : ""} found` : "Nothing found.";
    results.replaceChildren(...said.found.map((one) => item(one, choose)));
  } catch (error) {
    found.textContent = error.message;
  }
}

function item(one, choose) {
  const button = document.createElement("button");
  button.type = "button";
  const [before, match, after] = one.snippet;
  const mark = document.createElement("mark");
  mark.textContent = match;
  const words = document.createElement("span");
  words.dir = "auto";
  words.append(before, mark, after);
  const where = document.createElement("span");
  where.className = "note";
  where.textContent = `${one.where}${one.labelled ? " · labelled by you" : ""}`;
  button.append(words, where);
  button.addEventListener("click", () => {
    dialog.close();
    choose(one.id);
  });
  const line = document.createElement("li");
  line.append(button);
  return line;
}

export function listen(choose) {
  query.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => search(choose), 120);
  });
  query.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      event.preventDefault(); // which would only empty the field
      dialog.close();
    } else if (event.key === "Enter") {
      event.preventDefault();
      clearTimeout(waiting);
      search(choose).then(() => results.querySelector("button")?.click());
    } else if (event.key === "ArrowDown") {
      event.preventDefault();
      results.querySelector("button")?.focus();
    }
  });
  results.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const all = [...results.querySelectorAll("button")];
    (all[all.indexOf(document.activeElement) + step] || query).focus();
  });
}
