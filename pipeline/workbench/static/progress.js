// The page of progress: advice loaded late, retraining watched while it runs.

import { get, post } from "./net.js";

const by = (id) => document.getElementById(id);
const start = by("retrain");

async function advice() {
  const answer = await fetch("/progress/advice");
  if (answer.ok) by("advice").innerHTML = await answer.text(); // escaped by the workbench
  else by("advice").textContent = "The advice could not be worked out; see the label files.";
}

function show({ state, lines, stage, step }) {
  start.disabled = state === "running";
  by("retrain-state").hidden = state === "idle";
  const part = step.total && step !== stage && step.label !== stage.label ? step.done / step.total : 0;
  by("retrain-bar").max = Math.max(stage.total, 1);
  by("retrain-bar").value = state === "done" ? stage.total : stage.done + part;
  const at = step.label !== stage.label ? `, ${step.done.toLocaleString()} of ${step.total.toLocaleString()} ${step.label}` : "";
  by("retrain-words").textContent = { running: `At work: ${stage.label}${at}`, done: "Done.", failed: "It ended with an error." }[state] || "";
  by("retrain-lines").textContent = lines.join("\n");
}

async function watch(ended) {
  const said = await get("/api/retrain");
  show(said);
  if (said.state === "running") setTimeout(() => watch(() => location.assign("/progress/changes")), 400);
  else if (said.state === "done") ended();
}

start.addEventListener("click", async () => {
  try {
    show(await post("/api/retrain", {}));
    watch(() => location.assign("/progress/changes"));
  } catch (error) {
    by("retrain-state").hidden = false;
    by("retrain-words").textContent = error.message;
  }
});

advice();
watch(() => {});
