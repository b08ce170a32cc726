// The passage's text: words marked in it, and positions, which are UTF-16 units in the page and code points in every label.

export const toPoints = (text, units) => [...text.slice(0, units)].length;
export const toUnits = (text, points) => [...text].slice(0, points).join("").length;

/** The part of `root` that is selected, as code points of its text without spaces at its ends; null where nothing is. */
export function selectedSpan(root) {
  const selection = getSelection();
  if (!selection.rangeCount || selection.isCollapsed) return null;
  const range = selection.getRangeAt(0);
  if (!root.contains(range.startContainer) || !root.contains(range.endContainer)) return null;
  const text = root.textContent;
  const ahead = document.createRange();
  ahead.selectNodeContents(root);
  ahead.setEnd(range.startContainer, range.startOffset);
  let start = ahead.toString().length;
  let end = start + range.toString().length;
  while (start < end && /\s/.test(text[start])) start++;
  while (end > start && /\s/.test(text[end - 1])) end--;
  return start < end ? { start: toPoints(text, start), end: toPoints(text, end) } : null;
}

/** Select a span of code points of `root`, across the marks in it. */
export function select(root, span) {
  const text = root.textContent;
  const from = place(root, toUnits(text, span.start));
  const to = place(root, toUnits(text, span.end));
  getSelection().setBaseAndExtent(from.node, from.offset, to.node, to.offset);
}

function place(root, units) {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  let node = walker.nextNode();
  for (let left = units; node; node = walker.nextNode()) {
    if (left <= node.length) return { node, offset: left };
    left -= node.length;
  }
  return { node: root, offset: root.childNodes.length };
}

/** Words of a text as spans of code points, in any script. */
export function words(text) {
  const found = [];
  for (const part of new Intl.Segmenter(undefined, { granularity: "word" }).segment(text)) {
    if (!part.isWordLike) continue;
    const start = toPoints(text, part.index);
    found.push({ start, end: start + [...part.segment].length });
  }
  return found;
}

/** Show a text with its marks and hits; where several lie over each other the shortest gives the colour. */
export function draw(root, text, marks, hits) {
  const points = [...text];
  const all = [...marks.map((m) => ({ ...m, tag: "mark" })), ...hits.map((h) => ({ ...h, tag: "span" }))];
  const cuts = [...new Set([0, points.length, ...all.flatMap((m) => [m.start, m.end])])].sort((a, b) => a - b);
  root.replaceChildren();
  cuts.slice(0, -1).forEach((start, i) => {
    const part = points.slice(start, cuts[i + 1]).join("");
    const over = all.filter((m) => m.start <= start && m.end > start).sort((a, b) => a.end - a.start - (b.end - b.start));
    root.append(over.length ? marked(part, over) : part);
  });
}

function marked(part, over) {
  const top = over.find((m) => m.tag === "mark") || over[0];
  const made = document.createElement(top.tag);
  made.textContent = part;
  made.dataset.code = top.code;
  made.title = over.map((m) => [m.code, m.rule, m.negated && "denied", m.attributed && "only reported"].filter(Boolean).join(" · ")).join("; ");
  if (top.tag === "span") made.className = "hit";
  return made;
}
