// The history of a text: a panel in its row, from which an earlier text goes back into the field, not saved.

import { field, fieldOf } from "./field.js";
import { listen } from "./keys.js";
import { parsed } from "./markup.js";
import { get } from "./net.js";
import { current, whole } from "./rows.js";
import { say } from "./status.js";
import { go } from "./walk.js";
import { gettext, phrase } from "./words.js";

const place = document.getElementById("rows");
const panelOf = (row) => row.querySelector(".history-panel");

/** The panel from the server; an error where it does not answer. */
async function fetchPanel(address) {
  const response = await get(address);
  if (!response.ok) throw new Error(`status ${response.status}`);
  return parsed(await response.text()).querySelector(".history-panel");
}

/** A text of the panel as the field takes it up: what the machine made is adopted, what somebody saved is restored. */
function stateOf({ dataset }) {
  const origin = dataset.number === "0" ? "adopted" : "restored";
  return { text: dataset.marked, origin, startedFrom: dataset.startedFrom, parts: dataset.parts.split(",").filter(Boolean) };
}

/** The saved texts of a row as [{number, state}], the oldest first; none where there is no history. */
export async function savedTexts(row) {
  const link = (await whole(row)).querySelector("[data-history]");
  if (!link) return [];
  const texts = [...(await fetchPanel(link.href)).querySelectorAll("[data-number]")].reverse();
  return texts.filter(({ dataset }) => dataset.marked).map((each) => ({ number: Number(each.dataset.number), state: stateOf(each) }));
}

async function open(row) {
  await whole(row);
  const link = row.querySelector("[data-history]");
  if (!link) {
    say(gettext("Nobody has written here yet, so there is no history."));
    return;
  }
  const panel = await fetchPanel(link.href).catch(() => null);
  if (!panel) {
    say(gettext("The history cannot be fetched now."));
    return;
  }
  panelOf(row)?.remove();
  row.querySelector(".target").append(panel);
  (panel.querySelector("[data-restore]") ?? panel.querySelector("h2")).focus();
}

function close(row) {
  panelOf(row).remove();
  const opened = fieldOf(row.dataset.id);
  if (opened) opened.focus();
  else row.focus({ preventScroll: true });
}

function restore(row, text) {
  const { text: words, ...from } = stateOf(text);
  go(row, { edit: true });
  field(row).take(words, from);
  say(phrase(gettext("Text %(number)s is in the field, not saved yet."), { number: text.dataset.number }));
}

async function older(link) {
  const panel = await fetchPanel(link.href).catch(() => null);
  if (!panel) {
    say(gettext("The history cannot be fetched now."));
    return;
  }
  const list = link.closest(".history-panel").querySelector("ol");
  const texts = [...panel.querySelectorAll("ol > li")];
  list.append(...texts);
  const further = panel.querySelector("[data-older]");
  if (further) link.replaceWith(further);
  else link.remove();
  texts[0]?.querySelector("[data-restore]")?.focus();
}

listen({
  history() {
    const row = current();
    if (!row) return false;
    if (panelOf(row)?.contains(document.activeElement)) close(row);
    else open(row);
    return true;
  },
});

place.addEventListener("click", (event) => {
  const row = event.target.closest(".row");
  const on = (what) => event.target.closest(what);
  if (!row || event.ctrlKey || event.metaKey || event.shiftKey) return;
  if (on("[data-history]")) {
    go(row, { focus: false });
    open(row);
  } else if (on("[data-close-history]")) close(row);
  else if (on("[data-restore]")) restore(row, on("[data-number]"));
  else if (on("[data-older]")) older(on("[data-older]"));
  else return;
  event.preventDefault();
});

place.addEventListener("keydown", (event) => {
  const panel = event.target.closest(".history-panel");
  if (!panel || event.ctrlKey || event.altKey || event.metaKey) return;
  const ways = [...panel.querySelectorAll("[data-restore], [data-older]")];
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (event.key === "Escape") close(panel.closest(".row"));
  else if (by) ways[ways.indexOf(document.activeElement) + by]?.focus();
  else return;
  event.preventDefault();
});

place.addEventListener(
  "row:changed",
  async ({ target: row }) => {
    const panel = panelOf(row);
    const link = row.querySelector("[data-history]");
    if (!panel || !link || panel.contains(document.activeElement)) return;
    const fresh = await fetchPanel(link.href).catch(() => null);
    if (fresh && panel.isConnected) panel.replaceWith(fresh);
  },
  true,
);
