// The way through the article: which row is being worked on, and the next, the open and the risky one.

import { field, fieldOf } from "./field.js";
import { like, liking } from "./local.js";
import { all, current } from "./rows.js";
import { say } from "./status.js";

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
  const engines = row.querySelector(".engines");
  if (engines) engines.open = liking("engines") !== "closed";
  const opened = edit && "editable" in row.dataset ? field(row) : fieldOf(row.dataset.id);
  history.replaceState(null, "", `${location.pathname}#${row.id}`);
  row.scrollIntoView({ block: "nearest" });
  if (!focus) return;
  if (opened) opened.focus();
  else row.focus({ preventScroll: true });
  const findings = row.querySelectorAll(".findings li").length;
  const where = `${row.getAttribute("aria-label")}, of ${all().length}.`;
  say(findings ? `${where} ${findings} finding${findings === 1 ? "" : "s"}.` : where);
}

/** One row on or back. */
export function step(by) {
  const rows = all();
  const at = rows.indexOf(current());
  const next = at < 0 ? rows[by > 0 ? 0 : rows.length - 1] : rows[at + by];
  if (next) go(next);
  else say(by > 0 ? "This is the last text." : "This is the first text.");
}

/** The next row that is open for this person, around the end; the end of the article when none is. */
export function goOpen() {
  const rows = all();
  const at = rows.indexOf(current());
  const next = [...rows.slice(at + 1), ...rows.slice(0, Math.max(at, 0))].find(isOpen);
  if (next) {
    go(next);
    return;
  }
  const left = current();
  if (left && isOpen(left)) {
    go(left);
    say("This is the only text still open for you.");
    return;
  }
  left?.classList.remove("current");
  if (left) fieldOf(left.dataset.id)?.leave();
  document.getElementById("end").focus();
  say("Nothing is open for you in this article any more.");
}

let lastRisky = null;

/** The riskiest open row; asked for again from there, the one next in risk. */
export function goRisky() {
  const ranked = openRows()
    .filter((row) => row.dataset.rank)
    .sort((a, b) => a.dataset.rank - b.dataset.rank);
  const at = current();
  const from = at === lastRisky || at === ranked[0] ? ranked.indexOf(at) : -1;
  lastRisky = ranked[(from + 1) % ranked.length];
  if (lastRisky) go(lastRisky);
  else say("No open text has a known risk.");
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
