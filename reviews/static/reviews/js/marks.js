// Marking errors in what the engines wrote: words are selected in a text, an error is described, the server keeps it.
//
// A text counts in UTF-16 units here and in code points everywhere else. Nothing is changed in the text itself: what is
// selected is kept as two offsets and drawn over it, so that it survives an answer of the server.

import { parsed } from "./markup.js";
import { LoggedOut, get, post } from "./net.js";
import { say } from "./status.js";
import { gettext, phrase } from "./words.js";

/** Per text element what is selected in it: {start, end} in UTF-16 units; both the same where something is missing. */
const selected = new WeakMap();
const drawn = CSS.highlights && new Highlight();
drawn && CSS.highlights.set("marking", drawn);

const codePoints = (text, offset) => [...text.slice(0, offset)].length;
const textsOf = (panel) => [...panel.querySelectorAll(".marked-text")];
const formOf = (panel) => panel.querySelector(".mark-form");

// --- what is selected ----------------------------------------------------------------------------------

/** Words and signs of a text as [start, end], what stands between them left out. */
function wordsOf(area) {
  const pieces = new Intl.Segmenter(area.lang, { granularity: "word" }).segment(area.textContent);
  return [...pieces].filter(({ segment }) => segment.trim()).map(({ index, segment }) => [index, index + segment.length]);
}

function place(area, offset) {
  const walker = document.createTreeWalker(area, NodeFilter.SHOW_TEXT);
  let left = offset;
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (left <= node.length) return [node, left];
    left -= node.length;
  }
  return [area, area.childNodes.length];
}

function rangeOf(area, { start, end }) {
  const range = document.createRange();
  range.setStart(...place(area, start));
  range.setEnd(...place(area, end));
  return range;
}

function offsetIn(area, node, offset) {
  const range = document.createRange();
  range.selectNodeContents(area);
  range.setEnd(node, offset);
  return range.toString().length;
}

function select(area, start, end) {
  selected.set(area, { start, end });
  draw(area);
  say(start === end ? gettext("A gap, for what is missing.") : area.textContent.slice(start, end));
}

function draw(area) {
  const panel = area.closest("[data-marking]");
  panel.querySelector(".mark-gap")?.remove();
  drawn?.clear();
  const at = selected.get(area);
  if (!at) return;
  if (at.start < at.end) {
    if (drawn) drawn.add(rangeOf(area, at));
    else getSelection().setBaseAndExtent(...place(area, at.start), ...place(area, at.end));
    return;
  }
  const gap = document.createElement("span");
  gap.className = "mark-gap";
  rangeOf(area, at).insertNode(gap);
}

/** What the mouse selected in a text, at whole code points; null for nothing. */
function selectedByMouse(area) {
  const chosen = getSelection();
  if (chosen.isCollapsed || !area.contains(chosen.anchorNode) || !area.contains(chosen.focusNode)) return null;
  const ends = [
    offsetIn(area, chosen.anchorNode, chosen.anchorOffset),
    offsetIn(area, chosen.focusNode, chosen.focusOffset),
  ];
  return { start: Math.min(...ends), end: Math.max(...ends) };
}

// --- by key -----------------------------------------------------------------------------------------------

/** The edges a selection moves along: of words, or of letters as people see them. */
function edgesOf(area, granularity) {
  if (granularity === "word") return wordsOf(area);
  const pieces = new Intl.Segmenter(area.lang, { granularity: "grapheme" }).segment(area.textContent);
  return [...pieces].map(({ index, segment }) => [index, index + segment.length]);
}

function move(area, forwards) {
  const words = wordsOf(area);
  const { start, end } = selected.get(area) ?? { start: 0, end: 0 };
  const next = forwards ? words.find(([from]) => from >= Math.max(end, start + 1)) : words.findLast(([, to]) => to <= start);
  const word = next ?? (forwards ? words.at(-1) : words[0]);
  if (word) select(area, ...word);
}

function extend(area, forwards, granularity) {
  const edges = edgesOf(area, granularity);
  const { start, end } = selected.get(area) ?? { start: 0, end: 0 };
  if (forwards) {
    const next = edges.find(([, to]) => to > end);
    if (next) select(area, start, next[1]);
  } else {
    const last = edges.findLast(([, to]) => to < end && to > start);
    if (last) select(area, start, last[1]);
  }
}

function toEdge(area, forwards) {
  const words = wordsOf(area);
  const word = forwards ? words.at(-1) : words[0];
  if (word) select(area, ...word);
}

/** From a word to the gap before it, the one after it, and back. */
function gap(area) {
  const { start, end } = selected.get(area) ?? { start: 0, end: 0 };
  if (start < end) {
    select(area, start, start);
    return;
  }
  const after = wordsOf(area).find(([from]) => from === start);
  const before = wordsOf(area).find(([, to]) => to === start);
  if (after) select(area, after[1], after[1]);
  else if (before) select(area, ...before);
}

function otherText(area, forwards) {
  const texts = textsOf(area.closest("[data-marking]"));
  texts[texts.indexOf(area) + (forwards ? 1 : -1)]?.focus();
}

/** What a key does in a text; false for a key that is not ours. */
function inText(area, event) {
  const { key, shiftKey, ctrlKey } = event;
  const forwards = key === "ArrowRight" || key === "End" || key === "ArrowDown";
  if (event.altKey || event.metaKey || (ctrlKey && !shiftKey)) return false;
  if (key === "ArrowLeft" || key === "ArrowRight") {
    if (shiftKey) extend(area, forwards, ctrlKey ? "grapheme" : "word");
    else move(area, forwards);
  } else if (ctrlKey) {
    return false;
  } else if (key === "ArrowUp" || key === "ArrowDown") {
    otherText(area, forwards);
  } else if (key === "Home" || key === "End") {
    if (shiftKey && forwards) select(area, selected.get(area)?.start ?? 0, area.textContent.length);
    else toEdge(area, forwards);
  } else if (key === " ") {
    gap(area);
  } else if (key === "Enter") {
    describe(area);
  } else if (key === "Escape") {
    close(area.closest("[data-marking]"));
  } else if (choiceOf(formOf(area.closest("[data-marking]")), key)) {
    describe(area);
    choose(formOf(area.closest("[data-marking]")), key);
  } else {
    return false;
  }
  return true;
}

/** What a key does in the form; its note is a text field like any other, but for Escape. */
function inForm(form, event) {
  if (event.key === "Escape") {
    leave(form);
    return true;
  }
  if (event.target.matches('[name="comment"]') || event.altKey || event.metaKey) return false;
  if (event.key === "Enter" && !event.target.matches("button")) {
    form.requestSubmit();
    return true;
  }
  return !event.ctrlKey && choose(form, event.key);
}

const choiceOf = (form, key) => form?.querySelector(`[data-key="${CSS.escape(key.toLowerCase())}"]`);

function choose(form, key) {
  const choice = choiceOf(form, key);
  if (!choice) return false;
  choice.checked = true;
  choice.focus();
  chosen(form);
  return true;
}

/** A text that translates nothing is a major error: that goes without saying. */
function chosen(form) {
  const nothing = form.querySelector('[name="category"][value="non-translation!"]')?.checked;
  const major = form.querySelector('[name="severity"][value="major"]');
  if (nothing) major.checked = true;
}

// --- describing an error ---------------------------------------------------------------------------------

/** Open the form under a text, for what is selected in it. */
function describe(area) {
  const form = formOf(area.closest("[data-marking]"));
  const at = selected.get(area);
  if (!at) return;
  const text = area.textContent;
  const group = area.closest(".marked");
  form.reset();
  form.elements.text.value = group.dataset.text;
  form.elements.base.value = group.dataset.base;
  form.elements.side.value = area.dataset.side;
  form.elements.start.value = codePoints(text, at.start);
  form.elements.end.value = codePoints(text, at.end);
  const gapped = at.start === at.end;
  form.querySelector("[data-mark-words]").textContent = text.slice(at.start, at.end);
  form.querySelector("[data-mark-words]").hidden = gapped;
  form.querySelector("[data-mark-gap]").hidden = !gapped;
  const omission = gapped && form.querySelector('[name="category"][value="accuracy/omission"]');
  if (omission) omission.checked = true;
  area.after(form);
  form.hidden = false;
  form.querySelector('[name="severity"]').focus();
  form.scrollIntoView({ block: "nearest" });
}

const areaOf = (panel, text, side) =>
  panel.querySelector(`.marked[data-text="${CSS.escape(text)}"] .marked-text[data-side="${CSS.escape(side || "target")}"]`);

function leave(form) {
  form.hidden = true;
  areaOf(form.closest("[data-marking]"), form.elements.text.value, form.elements.side.value)?.focus();
}

// --- the server ------------------------------------------------------------------------------------------

/** Send a form of the panel; the answer is the panel as it stands now, and what was not taken is still in its form. */
async function send(form) {
  const panel = form.closest("[data-marking]");
  if ("sending" in panel.dataset) return;
  panel.dataset.sending = "";
  const sent = Object.fromEntries(new FormData(form));
  let response;
  try {
    response = await post(form.getAttribute("action"), sent);
  } catch (error) {
    const why = error instanceof LoggedOut
      ? gettext("Not marked: you are logged out. Log in again in a new tab, then send it once more.")
      : gettext("Not marked: the server does not answer. What you chose is still here; send it once more.");
    complain(panel, why);
    return;
  } finally {
    delete panel.dataset.sending;
  }
  if (![200, 409, 422].includes(response.status)) {
    complain(panel, phrase(gettext("Not marked: the server refused it (%(status)s)."), { status: response.status }));
    return;
  }
  const now = takeOver(panel, await response.text(), sent.text);
  const area = areaOf(now, sent.text, sent.side);
  if (!area) return;
  if (response.status === 200) {
    area.focus();
    say(form.matches(".mark-form") ? gettext("Marked.") : gettext("Done."));
  } else if (form.matches(".mark-form")) {
    describe(area);
    for (const input of formOf(now).elements) if (input.type === "radio") input.checked = sent[input.name] === input.value;
    formOf(now).elements.comment.value = sent.comment;
  }
}

function complain(panel, words) {
  let problem = panel.querySelector(":scope > .problem");
  if (!problem) {
    problem = document.createElement("p");
    problem.className = "problem";
    problem.setAttribute("role", "alert");
    panel.querySelector(".marking-keys").after(problem);
  }
  problem.textContent = words;
}

/** Put the server's panel in place; what is selected and numbers that are typed and not sent stay. */
function takeOver(panel, html, answered) {
  const now = parsed(html).querySelector("[data-marking]");
  for (const old of panel.querySelectorAll('.rate [name="value"]')) {
    const text = old.closest(".marked").dataset.text;
    const again = now.querySelector(`.marked[data-text="${CSS.escape(text)}"] .rate [name="value"]`);
    if (again && text !== answered && old.value !== old.defaultValue) again.value = old.value;
  }
  for (const old of textsOf(panel)) {
    const again = areaOf(now, old.closest(".marked").dataset.text, old.dataset.side);
    if (again && selected.has(old)) selected.set(again, selected.get(old));
  }
  panel.replaceWith(now);
  ready(now);
  return now;
}

function ready(panel) {
  const button = panel.querySelector("[data-marking-close]");
  if (panel.closest(".row")) button.hidden = false;
}

// --- opening and closing -----------------------------------------------------------------------------------

/** Open the panel of a row of the article, and go to its first text. */
export async function openMarking(row, url) {
  const known = row.querySelector("[data-marking]");
  if (!known) {
    const response = await get(url).catch(() => null);
    if (!response?.ok) {
      say(gettext("The marks cannot be fetched now. Try again."));
      return;
    }
    if (!row.querySelector("[data-marking]")) {
      row.append(parsed(await response.text()).querySelector("[data-marking]"));
      ready(row.querySelector("[data-marking]"));
    }
  }
  const panel = row.querySelector("[data-marking]");
  const first = panel.querySelector(".marked-text");
  if (first) first.focus();
  else say(panel.textContent);
  panel.scrollIntoView({ block: "nearest" });
}

function close(panel) {
  const row = panel.closest(".row");
  if (!row) return;
  drawn?.clear();
  panel.remove();
  row.focus({ preventScroll: true });
}

// --- events ------------------------------------------------------------------------------------------------

document.addEventListener(
  "keydown",
  (event) => {
    if (event.isComposing || !event.target.closest?.("[data-marking]")) return;
    const form = event.target.closest(".mark-form");
    const done = form ? inForm(form, event) : event.target.matches(".marked-text") && inText(event.target, event);
    if (done) event.preventDefault();
  },
  { capture: true },
);
document.addEventListener("focusin", (event) => {
  const area = event.target.closest?.(".marked-text[data-side]");
  if (!area) return;
  if (selected.has(area)) draw(area);
  else if (wordsOf(area).length) select(area, ...wordsOf(area)[0]);
  else select(area, 0, 0);
});
document.addEventListener("mouseup", (event) => {
  const area = event.target.closest?.(".marked-text[data-side]");
  const at = area && selectedByMouse(area);
  if (!at) return;
  select(area, at.start, at.end);
  describe(area);
});
document.addEventListener("change", (event) => {
  const form = event.target.closest?.(".mark-form");
  if (form) chosen(form);
});
document.addEventListener("click", (event) => {
  const panel = event.target.closest?.("[data-marking]");
  if (!panel) return;
  if (event.target.closest("[data-marking-close]")) close(panel);
  else if (event.target.closest("[data-mark-leave]")) leave(formOf(panel));
});
document.addEventListener("submit", (event) => {
  if (!event.target.closest("[data-marking]")) return;
  event.preventDefault();
  send(event.target);
});
