// Undo and redo of a text that survive its saves, and its field's closing: a list of what stood there per segment.

import { fieldOf } from "./field.js";
import { listen } from "./keys.js";
import { savedTexts } from "./history.js";
import { byId } from "./rows.js";
import { say } from "./status.js";
import { gettext } from "./words.js";

/** Longer lists forget their beginning. */
const MOST = 500;

const isField = (element) => element?.matches?.(".editor textarea");
const idOf = (area) => area.closest(".row").dataset.id;

/** What stood in one text's field: before, now, and what was taken back. */
class Steps {
  constructor(now) {
    this.past = [];
    this.future = [];
    this.now = now;
    /** How the last step was made and where it left the cursor: typing on makes it longer. */
    this.last = null;
    this.reachedSaved = false;
  }

  /** The text came to stand there in one step. */
  record(state, last = null) {
    this.past.push(this.now);
    if (this.past.length > MOST) this.past.shift();
    this.future = [];
    this.last = last;
    this.now = state;
  }

  /** Take note of how the field is now; a text that came in by itself is a step of its own. */
  meet(state) {
    if (state.text === this.now.text) this.now = state;
    else this.record(state);
  }
}

const steps = new Map();

function stepsOf(field) {
  if (!steps.has(field.id)) steps.set(field.id, new Steps({ ...field.state, text: field.original }));
  return steps.get(field.id);
}

// --- what is typed --------------------------------------------------------------------------------------

let composing = false;

/** Signs that are typed one by one make one step a word, those that are deleted one step a go. */
function kindOf({ inputType, data }) {
  if (inputType === "insertText" && data && [...data].length === 1) return "typing";
  return inputType.startsWith("deleteContent") ? inputType : "";
}

function typed(field, event) {
  const found = stepsOf(field);
  const state = field.state;
  if (state.text === found.now.text) return;
  const kind = kindOf(event);
  const { now, last } = found;
  const goesOn = kind && last?.kind === kind && last.at === now.start && now.start === now.end;
  const wordEnds = kind === "typing" && /\s/.test(event.data) && /\S/.test(now.text[now.start - 1] ?? "");
  if (goesOn && !wordEnds && now.text !== field.original) {
    found.now = state;
    found.last.at = state.start;
  } else {
    found.record(state, { kind, at: state.start });
  }
}

document.addEventListener("beforeinput", (event) => {
  if (!isField(event.target)) return;
  if (event.inputType === "historyUndo" || event.inputType === "historyRedo") {
    event.preventDefault();
    if (event.inputType === "historyUndo") undo(0, event);
    else redo(0, event);
  } else if (!composing) {
    const field = fieldOf(idOf(event.target));
    stepsOf(field).meet(field.state);
  }
});
// A script that puts text in is not announced by the browser, and where the text before it came from is gone after it.
document.addEventListener("field:taking", ({ detail: field }) => stepsOf(field).meet(field.state));
document.addEventListener("compositionstart", ({ target }) => {
  composing = isField(target);
});
document.addEventListener("input", (event) => {
  if (isField(event.target) && !composing) typed(fieldOf(idOf(event.target)), event);
});
document.addEventListener("compositionend", ({ target }) => {
  composing = false;
  if (!isField(target)) return;
  const field = fieldOf(idOf(target));
  stepsOf(field).meet(field.state);
});

// --- back and forth -------------------------------------------------------------------------------------

function go(field, from, to, words) {
  const found = stepsOf(field);
  found.meet(field.state);
  found.last = null;
  const state = found[from].pop();
  if (!state) return false;
  found[to].push(found.now);
  found.now = state;
  // Where all of a text was replaced, typing on must not replace all of it again.
  field.show(state.end - state.start < state.text.length ? state : { ...state, end: state.start });
  say(words);
  return true;
}

function undo(_, { target }) {
  if (!isField(target)) return false;
  const field = fieldOf(idOf(target));
  if (!go(field, "past", "future", gettext("Undone."))) backThroughSaved(field);
  return true;
}

function redo(_, { target }) {
  if (!isField(target)) return false;
  if (!go(fieldOf(idOf(target)), "future", "past", gettext("Done again."))) say(gettext("There is nothing to do again."));
  return true;
}

/** Before everything that was typed in this page stand the texts that were saved earlier. */
async function backThroughSaved(field) {
  const found = stepsOf(field);
  if (found.reachedSaved) {
    say(gettext("There is nothing more to undo."));
    return;
  }
  found.reachedSaved = true;
  const { text } = field;
  const saved = await savedTexts(byId(field.id)).catch(() => null);
  if (saved === null) {
    found.reachedSaved = false;
    say(gettext("The earlier texts cannot be fetched now."));
  } else if (fieldOf(field.id) === field && field.text === text) {
    found.past = saved.filter((each) => each.number < Number(field.base)).map(({ state }) => state);
    if (!go(field, "past", "future", gettext("The text saved before is in the field, not saved yet."))) {
      say(gettext("There is nothing more to undo."));
    }
  }
}

listen({ undo, redo });
