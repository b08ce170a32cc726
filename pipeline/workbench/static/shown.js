// What the page shows around the passage's text: notices, progress, the document's facts, context, the label that stands.

const by = (id) => document.getElementById(id);

/** Tell a screen reader. */
export const say = (words) => (by("status").textContent = words);

/** Show a notice with its buttons, or none. */
export function notice(words, ...buttons) {
  by("notice").hidden = !words;
  by("notice").replaceChildren(words || "", ...buttons);
}

export function button(words, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = words;
  made.addEventListener("click", act);
  return made;
}

export function counts({ session, done, skipped, left, total }, list) {
  by("bar").max = Math.max(done + left, 1);
  by("bar").value = done;
  const parts = [`${session} this session`, `${done} of ${done + left} in the plan`, skipped && `${skipped} skipped`, `${total} in all`];
  by("counts").textContent = parts.filter(Boolean).join(" · ");
  by("list").hidden = !list;
  by("list").textContent = list && `List: ${list}`;
}

export function facts(passage) {
  const { title = "", speaker = "", date = "", country = "", kind = "", source = "" } = passage.facts;
  const strong = document.createElement("strong");
  strong.textContent = title || passage.id;
  const rest = [speaker, date, country, kind].filter((fact) => fact && !title.includes(fact));
  by("facts").replaceChildren(strong, ` · ${[...rest, `passage ${passage.place} of ${passage.of}`].join(" · ")}`);
  by("facts").title = [passage.id, source].filter(Boolean).join("\n");
}

/** Neighbouring passages; those that are `far` (index, count) show on demand. */
export function around(root, rows, far) {
  root.replaceChildren(
    ...rows.map((row, i) => {
      const part = document.createElement("p");
      part.dir = "auto";
      part.textContent = row.text;
      if (far(i, rows.length)) part.className = "far";
      return part;
    }),
  );
}

/** What the coder decided on the passage before, in words. */
export function earlier(passage) {
  const { label } = passage;
  if (!label || label.status === "withdrawn") return "";
  if (label.status === "skipped") return `You skipped this passage on ${label.time.slice(0, 10)}.`;
  return `You labelled this passage on ${label.time.slice(0, 16).replace("T", " ")} (codebook ${label.codebook}); saving again replaces it.`;
}
