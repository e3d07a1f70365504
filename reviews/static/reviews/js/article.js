// The article screen: wires rows, fields, keys and the server's news together.

import "./code-marks.js";
import "./kept.js";
import "./logging-in.js";
import "./panels.js";
import "./findings.js";
import "./parts.js";
import "./terms.js";
import "./undo.js";
import { dirtyFields, field, fieldOf } from "./field.js";
import { keysOf, listen } from "./keys.js";
import { toSearch } from "./find.js";
import * as local from "./local.js";
import { restoreCopies } from "./restoring.js";
import { get, headers } from "./net.js";
import { toPreview } from "./preview_link.js";
import * as rows from "./rows.js";
import * as status from "./status.js";
import * as walk from "./walk.js";
import { hasGaps } from "./windows.js";
import { gettext, ngettext, phrase } from "./words.js";

const { htmx } = window;
const place = document.getElementById("rows");
const help = document.getElementById("help");
const withKeys = (text, action) => phrase(text, { keys: keysOf(action) });

// --- actions -------------------------------------------------------------------------------------------

function accept() {
  const row = rows.current();
  if (!row) {
    walk.goOpen();
    return;
  }
  if (fieldOf(row.dataset.id)?.dirty || row.dataset.primary === "accept") {
    field(row).save({ reviewed: true });
    walk.goOpen();
  } else if (row.dataset.primary === "approve") {
    row.querySelector("form.approve").requestSubmit();
  } else {
    walk.goOpen();
    if (row.dataset.barred) status.say(row.dataset.barred);
  }
}

function save() {
  const open = rows.current() && fieldOf(rows.current().dataset.id);
  if (open?.dirty) open.save({ reviewed: false });
  else status.say(withKeys(gettext("Nothing changed, so there is nothing to save. %(keys)s accepts the text as it stands."), "accept"));
}

function adopt(number) {
  const row = rows.current();
  const button = row?.querySelectorAll(".engine")[number - 1]?.querySelector("[data-adopt]");
  if (!button) return;
  field(row).adopt(button.dataset.adopt, button.dataset.marked);
}

/** Dismiss the first finding of the row; one that asks for a reason gets its field first. */
function dismiss() {
  const form = rows.current()?.querySelector("form.dismiss");
  if (!form) {
    const some = rows.current()?.querySelector(".findings");
    const barred = gettext("Only a desk head can dismiss this finding.");
    status.say(some ? barred : gettext("This text has no open finding."));
    return;
  }
  const { reason } = form.elements;
  if (reason.ariaRequired === "true" && !reason.value.trim()) {
    form.querySelector("details").open = true;
    reason.focus();
    return;
  }
  form.requestSubmit();
}

function bringBack() {
  const form = rows.current()?.querySelector("form.undo");
  if (form) form.requestSubmit();
  else status.say(gettext("Nothing is dismissed in this text."));
}

/** Leaving a text out takes a reason: its field opens. What is typed there meanwhile must be saved or dropped first. */
function omit() {
  const details = rows.current()?.querySelector(".why.omit");
  if (!details) {
    status.say(gettext("This text cannot be omitted as it stands."));
  } else if (!unsaved(rows.current())) {
    details.open = true;
    details.querySelector('[name="reason"]').focus();
  }
}

function copy() {
  const form = rows.current()?.querySelector("form.copy");
  if (form) form.requestSubmit();
  else status.say(gettext("This text is done already; reopen it first."));
}

/** Whether something typed in the row stands in the way of deciding on it as a whole; then it is said. */
function unsaved(row) {
  const dirty = Boolean(fieldOf(row.dataset.id)?.dirty);
  if (dirty) status.problem(row.dataset.id, row.dataset.number, gettext("save or discard what you typed first."));
  return dirty;
}

function openHelp() {
  if (!help.open) help.showModal();
}

/** Enter opens the field of a row that has the focus itself; inside a field a passage is one line. */
function enter(_, event) {
  if (event.target.matches?.(".editor textarea")) {
    status.say(withKeys(gettext("A passage is one line. %(keys)s accepts it."), "accept"));
    return true;
  }
  if (!event.target.matches?.(".row") || !("editable" in event.target.dataset)) return false;
  walk.go(event.target, { edit: true });
  return true;
}

function leave(_, event) {
  if (help.open) return false;
  const row = event.target.closest?.(".row");
  if (!row || event.target === row) return false;
  for (const details of row.querySelectorAll(".why[open]")) details.open = false;
  row.focus({ preventScroll: true });
  return true;
}

/** What is done with parts of a row that a light one does not have waits for them; somebody who went on is meant no more. */
function onWhole(act) {
  return (...asked) => {
    const row = rows.current();
    if (!row || !rows.isLight(row)) return act(...asked);
    rows.whole(row).then((done) => {
      if (done === rows.current()) act(...asked);
    });
    return true;
  };
}

listen({
  accept,
  save,
  next: () => walk.step(1),
  previous: () => walk.step(-1),
  risky: walk.goRisky,
  dismiss: onWhole(dismiss),
  bring_back: onWhole(bringBack),
  omit: onWhole(omit),
  copy: onWhole(copy),
  adopt: onWhole(adopt),
  help: openHelp,
  preview: toPreview,
  search: toSearch,
  open: enter,
  leave,
});

document.addEventListener("field:accept", ({ detail }) => {
  detail.save({ reviewed: true });
  walk.goOpen();
});
document.addEventListener("field:save", ({ detail }) => {
  if (detail.dirty) detail.save({ reviewed: false });
  else save();
});

// --- the mouse ------------------------------------------------------------------------------------------

place.addEventListener("click", (event) => {
  const row = event.target.closest(".row");
  if (!row) return;
  const adopting = event.target.closest("[data-adopt]");
  if (adopting) {
    event.preventDefault();
    walk.go(row, { focus: false });
    field(row).adopt(adopting.dataset.adopt, adopting.dataset.marked);
  } else if (event.target.closest("[data-edit]")) {
    event.preventDefault();
    walk.go(row, { edit: true });
  } else if (!event.target.closest("a, button, input, textarea, summary, label") && getSelection().isCollapsed) {
    if (event.target.closest(".reading")) walk.go(row, { edit: true });
    else if (row !== rows.current()) walk.go(row);
  }
});
place.addEventListener("submit", (event) => {
  if (!event.target.matches(".approve, .copy, .omit form")) return;
  const row = event.target.closest(".row");
  if (!event.target.matches(".approve") && fieldOf(row.dataset.id)?.dirty) return;
  row.dataset.sent = "";
  walk.goOpen();
});
place.addEventListener("htmx:beforeRequest", (event) => {
  if (event.detail.elt.matches(".copy, .omit form") && unsaved(event.target.closest(".row"))) event.preventDefault();
});
place.addEventListener("focusin", (event) => {
  const row = event.target.closest(".row");
  if (row && row !== rows.current() && event.target.matches("textarea")) walk.go(row, { focus: false });
});

document.addEventListener("click", (event) => {
  const going = event.target.closest("[data-go]");
  if (going) {
    event.preventDefault();
    if (going.dataset.go === "open") walk.goOpen();
    else walk.goRisky();
  } else if (event.target.closest("[data-help]")) {
    event.preventDefault();
    openHelp();
  } else if (event.target.closest("[data-close]") || event.target === help) {
    event.preventDefault();
    help.close();
  }
});

// --- the server's news ----------------------------------------------------------------------------------

htmx.defineExtension("row", {
  isInlineSwap: (style) => style === "row",
  handleSwap(style, _target, fragment) {
    if (style !== "row") return false;
    const row = rows.patch(fragment.querySelector(".row"));
    return row ? [row] : [];
  },
});

document.body.addEventListener("htmx:configRequest", (event) => {
  Object.assign(event.detail.headers, headers());
});

place.addEventListener("htmx:afterRequest", (event) => {
  const { target: row, xhr, successful, requestConfig } = event.detail;
  if (requestConfig.verb !== "post") return;
  if (successful) {
    status.settled(row.dataset.id);
    if (requestConfig.elt.matches(".dismiss")) status.notice(withKeys(gettext("finding dismissed; %(keys)s brings it back"), "bring_back"));
    else if (requestConfig.elt.matches(".undo")) status.notice(gettext("finding brought back"));
    else status.say(gettext("Done."));
  } else {
    delete row.dataset.sent;
    status.problem(row.dataset.id, row.dataset.number, whyNot(xhr, row));
  }
});

function whyNot(xhr, row) {
  if (xhr.status === 422) return row.querySelector(".problem")?.textContent ?? gettext("not done.");
  if (xhr.status === 409) return gettext("somebody else saved first. Both texts are kept; choose one.");
  if (xhr.status === 401) {
    return gettext("not done: you are logged out. Log in again in a new tab, then do it once more.");
  }
  if (xhr.status === 403) {
    return gettext("not done: this page is out of date or your roles changed. Reload it and try again.");
  }
  return gettext("not done: the server does not answer. Try again.");
}

async function refresh(id) {
  if (!rows.byId(id) || fieldOf(id)?.busy) return;
  const response = await get(rows.address(id)).catch(() => null);
  if (response?.ok) rows.takeOver(await response.text());
}

document.body.addEventListener("article:moved", ({ detail }) => {
  if (detail.reload) status.notice(gettext("The article itself changed. Reload the page to see it."));
  else for (const id of detail.segments) refresh(id);
});

// --- coming and going -----------------------------------------------------------------------------------

/** Put back what this browser kept and the server may not have; what is saved already is dropped. */
function restore() {
  const known = dirtyFields().length;
  for (const row of rows.all()) if (row.querySelector(".editor")) field(row);
  restoreCopies();
  const waiting = dirtyFields().length;
  if (waiting > known) {
    const words = ngettext(
      "restored: %(number)s text not saved yet",
      "restored: %(number)s texts not saved yet",
      waiting,
    );
    status.notice(phrase(words, { number: waiting }));
  }
}

function goToHash() {
  const id = location.hash.startsWith("#s-") && location.hash.slice(3);
  const row = id && rows.byId(id);
  if (row && row !== rows.current()) walk.go(row);
  // A row of a window that is not on the page: the server knows where it stands.
  else if (id && !row && hasGaps() && !location.search) location.assign(`?at=${id}#s-${id}`);
}

local.onOtherTab((id) => {
  const open = fieldOf(id);
  if (open?.dirty) {
    const words = gettext("you are typing in this text in another tab too. Save one of them and close it.");
    status.problem(id, open.number, words);
  }
});
window.addEventListener("hashchange", goToHash);
window.addEventListener("pagehide", () => {
  for (const each of dirtyFields()) each.sendLast();
});
window.addEventListener("beforeunload", (event) => {
  if (dirtyFields().some((each) => each.atRisk)) event.preventDefault();
});

place.addEventListener("window:loaded", restore);
restore();
if (rows.current()) walk.go(rows.current());
else goToHash();
// Once the page has loaded the browser moves the focus to the address's fragment, the row: hand it on to its field.
window.addEventListener(
  "load",
  () =>
    setTimeout(() => {
      const row = rows.current();
      if (row && document.activeElement === row) walk.go(row);
    }),
  { once: true },
);
