// Findings: from one to the next, what a check suggests put into the field, and which words a message is about.

import { Alignment } from "./diff.js";
import { field, fieldOf } from "./field.js";
import { listen } from "./keys.js";
import { current } from "./rows.js";
import { say } from "./status.js";
import { go, goFarFinding } from "./walk.js";
import { fill, inOrder, isGap } from "./windows.js";
import { gettext } from "./words.js";

const place = document.getElementById("rows");
const findingsOf = (row) => [...row.querySelectorAll(".findings [data-finding]")];
const spansOf = (finding) => JSON.parse(finding.dataset.spans);

/** Where a finding's words stand in the field now; null where they do not any more. */
function placeIn(open, row, finding) {
  const [span] = spansOf(finding);
  return span ? new Alignment(row.dataset.marked, open.text).carried(...span) : null;
}

// --- what is suggested ----------------------------------------------------------------------------------

/** The suggestion for the words at the cursor, or the row's first one. */
function suggestion() {
  const row = current();
  const offered = row && "editable" in row.dataset ? findingsOf(row).filter(({ dataset }) => "suggestion" in dataset) : [];
  if (!offered.length) {
    say(gettext("Nothing is suggested for this text."));
    return;
  }
  const open = field(row);
  const cursor = open.area.selectionStart;
  const found = offered.map((finding) => ({ finding, at: placeIn(open, row, finding) })).filter(({ at }) => at);
  const chosen = found.find(({ at: [start, end] }) => start <= cursor && cursor <= end) ?? found[0];
  if (chosen) use(open, chosen);
  else say(gettext("The words the suggestion is about are not there any more."));
}

function use(open, { finding, at: [start, end] }) {
  if (open.text.slice(start, end).includes("⟦")) {
    say(gettext("A link or emphasis begins or ends within these words: change them by hand."));
    return;
  }
  go(open.row, { edit: true });
  open.take(finding.dataset.suggestion, { start, end });
  say(gettext("What was suggested is in the field, not saved yet."));
}

// --- from one to the next -------------------------------------------------------------------------------

let last = null;

/** The finding after or before the one gone to last; in rows the page has not loaded the server knows where. */
async function step(by) {
  const from = current();
  const order = inOrder();
  if (by < 0) order.reverse();
  const inRow = (row) => (by > 0 ? findingsOf(row) : findingsOf(row).reverse());
  const here = from ? inRow(from) : [];
  const at = here.findIndex(({ dataset }) => dataset.finding === last);
  // Without a last one in this row, going on begins with its first finding, going back with the row before it.
  const left = at < 0 && by < 0 ? [] : here.slice(at + 1);
  const other = order.slice(order.indexOf(from) + 1).find((each) => isGap(each) || findingsOf(each).length);
  if (left.length) show({ row: from, finding: left[0] });
  else if (!other) say(by > 0 ? gettext("No further finding.") : gettext("No earlier finding."));
  else if (!isGap(other)) show({ row: other, finding: inRow(other)[0] });
  else if (by < 0) await backInto(other);
  else await onwards();
}

async function backInto(gap) {
  if (await fill(gap)) await step(-1);
}

async function onwards() {
  const row = await goFarFinding(() => say(gettext("No further finding.")));
  const [finding] = row ? findingsOf(row) : [];
  if (finding) show({ row, finding });
}

/** Whether texts that are not on the page stand between two rows, or after the first one. */
function beyondThePage(row, next) {
  const order = inOrder();
  return order.slice(order.indexOf(row) + 1, next ? order.indexOf(next) : order.length).some(isGap);
}

async function showFar() {
  const row = await goFarFinding(() => say(gettext("No further finding.")));
  const [finding] = row ? findingsOf(row) : [];
  if (finding) show({ row, finding });
}

function show({ row, finding }) {
  last = finding.dataset.finding;
  go(row, { edit: "editable" in row.dataset });
  const open = fieldOf(row.dataset.id);
  const at = open && placeIn(open, row, finding);
  if (at) open.area.setSelectionRange(...at);
  light(row, last);
  say(finding.querySelector("[data-message]").textContent);
}

listen({ next_finding: () => step(1), previous_finding: () => step(-1), suggestion });

// --- which words a message is about ---------------------------------------------------------------------

const isAbout = (mark, id) => mark.dataset.findings?.split(" ").includes(id);

function light(row, id) {
  for (const lit of place.querySelectorAll(".lit")) lit.classList.remove("lit");
  if (!id) return;
  for (const mark of row.querySelectorAll("mark")) mark.classList.toggle("lit", isAbout(mark, id));
  for (const finding of findingsOf(row)) finding.classList.toggle("lit", finding.dataset.finding === id);
}

function lightAt({ target }) {
  const row = target.closest(".row");
  const finding = target.closest("[data-finding]");
  const mark = target.closest("mark[data-findings]");
  if (finding) light(row, finding.dataset.finding);
  else if (mark) light(row, mark.dataset.findings.split(" ")[0]);
}

place.addEventListener("mouseover", lightAt);
// A row that became whole or was saved has its findings drawn anew.
place.addEventListener(
  "row:changed",
  ({ target: row }) => {
    if (row === current() && findingsOf(row).some(({ dataset }) => dataset.finding === last)) light(row, last);
  },
  true,
);
place.addEventListener("focusin", lightAt);
document.addEventListener("selectionchange", () => {
  const area = document.activeElement;
  if (!area?.matches(".editor textarea")) return;
  const row = area.closest(".row");
  const open = fieldOf(row.dataset.id);
  if (!open || open.text !== row.dataset.marked) return;
  const at = area.selectionStart;
  const about = findingsOf(row).find((each) => spansOf(each).some(([start, end]) => start <= at && at <= end));
  if (about) light(row, about.dataset.finding);
});

place.addEventListener("click", (event) => {
  const button = event.target.closest("[data-use]");
  if (!button) return;
  event.preventDefault();
  const row = button.closest(".row");
  go(row, { edit: true });
  const open = field(row);
  const finding = button.closest("[data-finding]");
  const at = placeIn(open, row, finding);
  if (at) use(open, { finding, at });
  else say(gettext("The words the suggestion is about are not there any more."));
});
