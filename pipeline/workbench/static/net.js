// Talking to the workbench. An error says what to do; what the coder has entered stays on the page.

export class Refused extends Error {
  constructor(answer) {
    super([answer.message, ...(answer.problems || []), answer.hint].filter(Boolean).join(" "));
    this.conflict = answer.conflict || "";
  }
}

async function ask(path, options) {
  let answer;
  try {
    answer = await fetch(path, options);
  } catch {
    throw new Refused({ message: "The workbench does not answer.", hint: "Start it again in the terminal. What you entered is kept in this browser." });
  }
  const kind = answer.headers.get("content-type") || "";
  if (!kind.startsWith("application/json")) throw new Refused({ message: await answer.text() });
  const said = await answer.json();
  if (!answer.ok) throw new Refused(said);
  return said;
}

export const get = (path, query = {}) => ask(`${path}?${new URLSearchParams(query)}`);
export const post = (path, body) =>
  ask(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
