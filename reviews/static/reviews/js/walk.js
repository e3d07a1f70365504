// The way through the article: which row is being worked on, and the next, the open and the risky one.

import { field, fieldOf } from "./field.js";
import { like, liking } from "./local.js";
import { all, current, whole } from "./rows.js";
import { say } from "./status.js";
import { ask, fill, hasGaps, inOrder, isGap } from "./windows.js";
import { gettext } from "./words.js";

const place = document.getElementById("rows");

const isOpen = (row) => "open" in row.dataset && !("sent" in row.dataset);
const openRows = () => all().filter(isOpen);

/** Make a row the one being worked on; its field opens when there is something to do in it. */
export function go(row, { edit = row.dataset.primary === "accept", focus = true } = {}) {
  const before = current();
  if (before && before !== row) {
    before.classList.remove("current");
    fieldOf(before.dataset.id)?.leave();
  }
  row.classList.add("current");
  showEngines(row);
  completeFrom(row);
  const opened = edit && "editable" in row.dataset ? field(row) : fieldOf(row.dataset.id);
  history.replaceState(null, "", `${location.pathname}#${row.id}`);
  row.scrollIntoView({ block: "nearest" });
  if (!focus) return;
  if (opened) opened.focus();
  else row.focus({ preventScroll: true });
  const findings = row.querySelectorAll(".findings li").length;
  const where = `${row.getAttribute("aria-label")}, of ${place.dataset.texts ?? all().length}.`;
  say(findings ? `${where} ${findings} finding${findings === 1 ? "" : "s"}.` : where);
}

function showEngines(row) {
  const engines = row.querySelector(".engines");
  if (engines) engines.open = liking("engines") !== "closed";
}

/** Have the row made whole, then the one somebody will most likely go to next. Nobody waits for it. */
async function completeFrom(row) {
  await whole(row);
  if (row !== current()) return;
  showEngines(row);
  const rows = inOrder();
  const after = rows.slice(rows.indexOf(row) + 1);
  const next = after.find((each) => isGap(each) || isOpen(each)) ?? after[0];
  if (!next) return;
  if (isGap(next)) fill(next);
  else whole(next);
}

/** One row on or back. */
export async function step(by) {
  const rows = inOrder();
  const left = current();
  const at = rows.indexOf(left);
  let next = at < 0 ? rows[by > 0 ? 0 : rows.length - 1] : rows[at + by];
  if (next && isGap(next)) {
    const found = [...((await fill(next))?.querySelectorAll(".row") ?? [])];
    if (current() !== left || !found.length) return;
    next = found[by > 0 ? 0 : found.length - 1];
  }
  if (next) go(next);
  else say(by > 0 ? gettext("This is the last text.") : gettext("This is the first text."));
}

/** The next row of a kind that is not on the page, as the server knows them: those just sent count as done here. */
async function goFar(aim, from, isWanted, otherwise) {
  const left = current();
  let row = null;
  let after = from;
  try {
    do {
      row = await ask(aim, after);
      if (row?.dataset.id === after) row = null;
      after = row?.dataset.id;
    } while (row && !isWanted(row) && row !== left);
  } catch {
    say(gettext("The server does not answer. The texts on this page can still be worked on."));
    return null;
  }
  if (current() !== left) return null;
  if (row && isWanted(row)) go(row);
  else otherwise();
  return row;
}

/** The next text with a finding that is not on the page. */
export const goFarFinding = (otherwise) =>
  goFar("finding", current()?.dataset.id, (row) => row.querySelector(".findings") !== null, otherwise);

/** The next row that is open for this person, around the end; the end of the article when none is. */
export function goOpen() {
  const rows = inOrder();
  const at = rows.indexOf(current());
  const next = [...rows.slice(at + 1), ...rows.slice(0, Math.max(at, 0))].find((each) => isGap(each) || isOpen(each));
  if (!next) goToEnd();
  else if (isGap(next)) goFar("open", current()?.dataset.id, isOpen, goToEnd);
  else go(next);
}

function goToEnd() {
  const left = current();
  if (left && isOpen(left)) {
    go(left);
    say(gettext("This is the only text still open for you."));
    return;
  }
  left?.classList.remove("current");
  if (left) fieldOf(left.dataset.id)?.leave();
  document.getElementById("end").focus();
  say(gettext("Nothing is open for you in this article any more."));
}

let lastRisky = null;

/** The riskiest open row; asked for again from there, the one next in risk. */
export async function goRisky() {
  if (hasGaps()) {
    lastRisky = await goFarRisky();
    return;
  }
  const ranked = openRows()
    .filter((row) => row.dataset.rank)
    .sort((a, b) => a.dataset.rank - b.dataset.rank);
  const at = current();
  const from = at === lastRisky || at === ranked[0] ? ranked.indexOf(at) : -1;
  lastRisky = ranked[(from + 1) % ranked.length];
  if (lastRisky) go(lastRisky);
  else say(gettext("No open text has a known risk."));
}

/** Asked for from the riskiest row itself, it is the next one that is meant, as from any row this led to. */
async function goFarRisky() {
  const at = current();
  const none = () => say(gettext("No open text has a known risk."));
  if (at && at === lastRisky) return goFar("risky", at.dataset.id, isOpen, none);
  const first = await goFar("risky", null, (row) => isOpen(row) && row !== at, () => {});
  return first && first !== at ? first : goFar("risky", at?.dataset.id, isOpen, none);
}

/** Whether the engines' texts are shown is remembered from row to row. */
document.getElementById("rows").addEventListener(
  "toggle",
  (event) => {
    if (!event.target.matches(".current .engines")) return;
    like("engines", event.target.open ? "open" : "closed");
  },
  true,
);
