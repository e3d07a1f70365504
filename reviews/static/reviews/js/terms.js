// The glossary's terms of a text: whether the field has them, and one after the other put into it.

import { field, fieldOf } from "./field.js";
import { listen } from "./keys.js";
import { current, isLight, whole } from "./rows.js";
import { say } from "./status.js";
import { go } from "./walk.js";
import { gettext, phrase } from "./words.js";

const place = document.getElementById("rows");
const termsOf = (row) => [...row.querySelectorAll(".terms [data-term]")];
const isSign = (sign) => sign !== undefined && /[\p{L}\p{N}]/u.test(sign);

/** Whether a text has a term's words; the server finds them by the same pattern. */
function has(text, { pattern, exact }) {
  const border = "[\\p{L}\\p{M}\\p{N}_]";
  return new RegExp(`(?<!${border})(?:${pattern})(?!${border})`, exact === undefined ? "iu" : "u").test(text);
}

/** Say of each term of a row whether the field has it now. */
function look(row) {
  const open = fieldOf(row.dataset.id);
  if (!open) return;
  const text = open.text.replace(/⟦[^⟦⟧\s]*⟧/g, "");
  for (const term of termsOf(row)) term.toggleAttribute("data-there", has(text, term.dataset));
}

document.addEventListener("field:changed", ({ target }) => {
  const row = target.closest(".row");
  if (row) look(row);
});

// --- putting one in -------------------------------------------------------------------------------------

/** Put a term in place of what is selected, or at the cursor with a blank where words would run together. */
function put(row, term) {
  go(row, { edit: true });
  const open = field(row);
  const { area } = open;
  const [start, end] = [area.selectionStart, area.selectionEnd];
  const apart = start === end;
  const before = apart && isSign([...open.text.slice(0, start)].pop()) ? " " : "";
  const after = apart && isSign([...open.text.slice(end)][0]) ? " " : "";
  const { term: words } = term.dataset;
  open.insert(before + words + after);
  const from = start + before.length;
  area.setSelectionRange(from, from + words.length);
  say(phrase(gettext("“%(words)s” is in the field, not saved yet."), { words }));
}

/** The terms in the order in which the key offers them: what the text lacks first. */
function offered(row) {
  const preferred = termsOf(row).filter(({ dataset }) => !("avoid" in dataset));
  const isThere = ({ dataset }) => "there" in dataset;
  return [...preferred.filter((term) => !isThere(term)), ...preferred.filter(isThere)];
}

/** What the key put in last: pressed again while that is selected, it takes the next term in its place. */
let last = null;

async function term() {
  const row = current();
  if (!row || !("editable" in row.dataset)) return;
  if (isLight(row)) await whole(row);
  if (row !== current()) return;
  const open = fieldOf(row.dataset.id);
  const selected = open && open.text.slice(open.area.selectionStart, open.area.selectionEnd);
  const goesOn = last?.row === row.id && last.words[last.at] === selected;
  if (!goesOn) last = { row: row.id, words: offered(row).map(({ dataset }) => dataset.term), at: -1 };
  if (!last.words.length) {
    say(gettext("The glossary says nothing of this text."));
    return;
  }
  last.at = (last.at + 1) % last.words.length;
  const next = termsOf(row).find(({ dataset }) => dataset.term === last.words[last.at]);
  if (next) put(row, next);
}

listen({
  term() {
    term();
    return true;
  },
});

place.addEventListener("click", (event) => {
  const button = event.target.closest("[data-put-term]");
  if (!button) return;
  event.preventDefault();
  put(button.closest(".row"), button.closest("[data-term]"));
});
// A press on the button must leave the selection as it is.
place.addEventListener("mousedown", (event) => {
  if (event.target.closest("[data-put-term]")) event.preventDefault();
});
