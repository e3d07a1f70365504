// Marks of links and emphasis in the open fields: kept whole, and put in by key where one is missing.

import { codesOf, missing, spans, whole } from "./codes.js";
import { fieldOf } from "./field.js";
import { keysOf, listen } from "./keys.js";
import { current } from "./rows.js";
import { say } from "./status.js";
import { gettext, ngettext, phrase } from "./words.js";

const place = document.getElementById("rows");
const isField = (element) => element?.matches?.(".editor textarea");
const codesIn = (area) => codesOf(area.form);

// --- whole or not at all ----------------------------------------------------------------------------------

/** What stood in a field before the edit that is under way, and where its cursor was last. */
const texts = new WeakMap();
const cursors = new WeakMap();

function mend(area) {
  const mended = texts.has(area) && whole(texts.get(area), area.value, codesIn(area));
  if (!mended) return false;
  area.value = mended.text;
  area.setSelectionRange(mended.cursor, mended.cursor);
  return true;
}

// Before the field and its undo hear of the edit: they only ever see marks that are whole.
document.addEventListener(
  "beforeinput",
  ({ target, isComposing }) => {
    if (isField(target) && !isComposing) texts.set(target, target.value);
  },
  true,
);
document.addEventListener(
  "input",
  ({ target, isComposing }) => {
    if (isField(target) && !isComposing) mend(target);
  },
  true,
);
document.addEventListener(
  "compositionend",
  ({ target }) => {
    if (!isField(target) || !mend(target)) return;
    target.dispatchEvent(new InputEvent("input", { bubbles: true, inputType: "insertText" }));
  },
  true,
);

/** The cursor goes over a mark as over one sign. */
document.addEventListener("selectionchange", () => {
  const area = document.activeElement;
  if (!isField(area)) return;
  const { selectionStart: at, selectionEnd: end } = area;
  const inside = at === end && spans(area.value, codesIn(area)).find(([from, to]) => from < at && at < to);
  if (!inside) {
    cursors.set(area, at);
    return;
  }
  const edge = (cursors.get(area) ?? 0) < at ? inside[1] : inside[0];
  area.setSelectionRange(edge, edge);
});

// --- what is missing --------------------------------------------------------------------------------------

/** The last code put in by key: pressing the key again there puts another one in its place. */
let last = null;

place.addEventListener("field:changed", ({ target: form }) => {
  const line = form.querySelector("[data-codes-missing]");
  const gone = missing(form.elements.typed.value, codesOf(form));
  line.hidden = !gone.length;
  if (line.hidden) return;
  const words = ngettext(
    "%(count)s mark missing: %(what)s. %(key)s puts it around the selected words.",
    "%(count)s marks missing: %(what)s. %(key)s puts one around the selected words.",
    gone.length,
  );
  const said = phrase(words, { count: gone.length, what: gone.map(({ meaning }) => meaning).join("; "), key: keysOf("codes") });
  if (line.textContent !== said) line.textContent = said;
});

function putIn() {
  const row = current();
  const open = row && fieldOf(row.dataset.id);
  if (!open) {
    say(gettext("No field is open here."));
    return;
  }
  const { area } = open;
  const again = last?.area === area && last.text === area.value && last.cursor === area.selectionEnd;
  if (again && last.choices.length === 1) {
    say(gettext("No other mark is missing."));
    return;
  }
  const at = again ? last : choose(open);
  if (!at) {
    say(gettext("No mark is missing in this text."));
    return;
  }
  const { before, after, meaning } = at.choices[at.next % at.choices.length];
  area.setSelectionRange(at.start, at.end);
  open.insert(before + at.words + after);
  const cursor = at.start + before.length + (at.words ? at.words.length + after.length : 0);
  area.setSelectionRange(cursor, cursor);
  const end = at.start + before.length + at.words.length + after.length;
  last = { ...at, area, text: area.value, cursor, end, next: at.next + 1 };
  say(phrase(gettext("Put in: %(what)s."), { what: meaning }));
}

function choose({ area }) {
  const choices = missing(area.value, codesIn(area));
  const { selectionStart: start, selectionEnd: end } = area;
  return choices.length ? { choices, next: 0, start, end, words: area.value.slice(start, end) } : null;
}

listen({ codes: putIn });
