// The engines' texts against what stands in the field now, and parts of them put into it.

import { Alignment } from "./diff.js";
import { field, fieldOf } from "./field.js";
import { listen } from "./keys.js";
import { current, whole } from "./rows.js";
import { say } from "./status.js";
import { go } from "./walk.js";
import { gettext } from "./words.js";

const place = document.getElementById("rows");
const alignments = new WeakMap();

const enginesOf = (row) => [...row.querySelectorAll("[data-engine]")];

function element(name, text) {
  const made = document.createElement(name);
  made.textContent = text;
  return made;
}

/** One change as something that can be put in by itself. */
function run({ before, after }, alignment, number) {
  const [old, words] = [alignment.before.slice(...before), alignment.after.slice(...after)];
  const made = document.createElement("span");
  made.className = "run";
  made.dataset.run = number;
  made.tabIndex = -1;
  made.role = "button";
  made.append(...(old.trim() ? [element("del", old)] : []), ...(words.trim() ? [element("ins", words)] : []));
  return made;
}

/** Draw an engine's text as the way from the field's text to it. */
function draw(engine, text) {
  const alignment = new Alignment(text, engine.dataset.engine);
  alignments.set(engine, alignment);
  const pieces = [];
  let done = 0;
  alignment.stretches.forEach((stretch, number) => {
    const [from, to] = stretch.after;
    pieces.push(alignment.after.slice(done, from));
    pieces.push(stretch.same ? alignment.after.slice(from, to) : run(stretch, alignment, number));
    done = Math.max(done, to);
  });
  engine.replaceChildren(...pieces, alignment.after.slice(done));
}

function drawAll(row) {
  const open = fieldOf(row.dataset.id);
  if (!open) return;
  for (const engine of enginesOf(row)) draw(engine, open.text);
}

let planned = null;
document.addEventListener("field:changed", ({ target }) => {
  const row = target.closest(".row");
  if (!row) return;
  cancelAnimationFrame(planned);
  planned = requestAnimationFrame(() => drawAll(row));
});

// --- putting a part in ----------------------------------------------------------------------------------

function put(row, engine, words, [start, end]) {
  const open = field(row);
  const id = engine.dataset.hypothesis;
  open.take(words, { start, end, origin: "part", parts: [...new Set([...open.parts, id])].filter(Boolean) });
  say(gettext("The part is in the field, not saved yet."));
}

function putRun(row, chosen) {
  const engine = chosen.closest("[data-engine]");
  const alignment = alignments.get(engine);
  const { before, after } = alignment.stretches[chosen.dataset.run];
  put(row, engine, alignment.after.slice(...after), before);
}

/** How many signs of an engine's text stand before a place in it. */
function offsetIn(engine, node, at) {
  const range = document.createRange();
  range.setStart(engine, 0);
  range.setEnd(node, at);
  const before = range.cloneContents();
  for (const gone of before.querySelectorAll("del")) gone.remove();
  return before.textContent.length;
}

/** What is selected in an engine's text: {engine, start, end}; null if nothing is. */
function selectionIn(row) {
  const selection = getSelection();
  if (selection.isCollapsed || !selection.rangeCount) return null;
  const range = selection.getRangeAt(0);
  const engine = enginesOf(row).find((each) => each.contains(range.startContainer) && each.contains(range.endContainer));
  if (!engine) return null;
  let start = offsetIn(engine, range.startContainer, range.startOffset);
  let end = offsetIn(engine, range.endContainer, range.endOffset);
  const text = engine.dataset.engine;
  while (start < end && /\s/.test(text[start])) start += 1;
  while (end > start && /\s/.test(text[end - 1])) end -= 1;
  return start < end ? { engine, start, end } : null;
}

function putSelection(row, { engine, start, end }) {
  const alignment = new Alignment(field(row).text, engine.dataset.engine);
  const words = alignment.after.slice(start, end);
  if (!alignment.pairs.length) {
    const { area } = field(row);
    put(row, engine, words, [area.selectionStart, area.selectionEnd]);
    return;
  }
  let [from, to] = alignment.placeOf(start, end);
  // Nothing stands in its place: it goes in after the word before it, with a space of its own.
  if (from >= to) {
    from = to;
    put(row, engine, `${from && !/\s/.test(alignment.before[from - 1]) ? " " : ""}${words}${from ? "" : " "}`, [from, to]);
    return;
  }
  put(row, engine, words, [from, to]);
}

function runsOf(row) {
  return enginesOf(row).flatMap((engine) => [...engine.querySelectorAll(".run")]);
}

/** The selected part, or the change that has the focus; with neither the first change gets it. */
function part() {
  const row = current();
  if (!row || !("editable" in row.dataset)) return false;
  const focused = document.activeElement.closest?.(".run");
  const selected = selectionIn(row);
  if (selected) putSelection(row, selected);
  else if (focused) putRun(row, focused);
  else choose(row);
  return true;
}

/** Put the focus on the first change; the arrows go on from there. */
async function choose(row) {
  go(row, { edit: true });
  await whole(row);
  if (row !== current()) return;
  drawAll(row);
  const details = row.querySelector(".engines");
  if (details) details.open = true;
  const [first] = runsOf(row);
  if (first) first.focus();
  else say(gettext("No engine has other words."));
}

listen({ part });

place.addEventListener("keydown", (event) => {
  const chosen = event.target.closest(".run");
  if (!chosen || event.ctrlKey || event.altKey || event.metaKey) return;
  const row = chosen.closest(".row");
  const runs = runsOf(row);
  const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
  if (event.key === "Enter" || event.key === " ") putRun(row, chosen);
  else if (event.key === "Escape") field(row).focus();
  else if (by) runs[runs.indexOf(chosen) + by]?.focus();
  else return;
  event.preventDefault();
});

place.addEventListener("click", (event) => {
  const chosen = event.target.closest(".run");
  if (chosen && getSelection().isCollapsed) putRun(chosen.closest(".row"), chosen);
});
place.addEventListener("click", (event) => {
  if (!event.target.closest("[data-part-button]")) return;
  event.preventDefault();
  go(event.target.closest(".row"), { focus: false });
  part();
});
// A press on the button must leave the selection as it is.
place.addEventListener("mousedown", (event) => {
  if (event.target.closest("[data-part-button]")) event.preventDefault();
});
