// The rows of the article: which one is being worked on, the way from one to the next, and bringing in what changed.

import { field, fieldOf } from "./field.js";
import { get } from "./net.js";
import { say } from "./status.js";

const place = document.getElementById("rows");
const ENGINES = "workbench:engines";

export const all = () => [...place.querySelectorAll(".row")];
export const byId = (id) => document.getElementById(`s-${id}`);
export const current = () => place.querySelector(".row.current");

/** The address of a row, or of something that is done to it. */
export const address = (id, action = "") => place.dataset.segment.replace("/0/", `/${id}/`) + action;

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
  if (engines) engines.open = localStorage.getItem(ENGINES) !== "closed";
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

/** Bring a row up to date without touching its field; parts that hold the focus hand it to the row. */
export function patch(incoming) {
  const row = byId(incoming.dataset.id);
  if (!row) return null;
  const had = { current: row.classList.contains("current"), focus: row.contains(document.activeElement) };
  for (const { name } of [...row.attributes]) if (name.startsWith("data-")) row.removeAttribute(name);
  for (const { name, value } of [...incoming.attributes]) row.setAttribute(name, value);
  row.classList.toggle("current", had.current);
  row.classList.toggle("editing", row.querySelector(".editor") !== null);
  for (const part of [...incoming.querySelectorAll("[data-part]")]) {
    const old = row.querySelector(`[data-part="${part.dataset.part}"]`);
    if (!old) continue;
    carryOver(old, part);
    old.replaceWith(part);
  }
  window.htmx.process(row);
  fieldOf(row.dataset.id)?.rowChanged(row);
  if (had.focus && !row.contains(document.activeElement)) row.focus({ preventScroll: true });
  count();
  document.body.dispatchEvent(new CustomEvent("article:changed"));
  return row;
}

/** What a person opened or began to write in a part must survive its replacement. */
function carryOver(old, part) {
  const engines = part.querySelector(".engines");
  if (engines) engines.open = old.querySelector(".engines")?.open ?? engines.open;
  for (const reason of old.querySelectorAll('.why [name="reason"]')) {
    const again = reason.value && part.querySelector(`#${reason.id}`);
    if (again) {
      again.value = reason.value;
      again.closest("details").open = true;
    }
  }
}

/** Take over an answer of the server: rows, and whatever else has a place on the page. */
export function takeOver(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  let row = null;
  for (const element of [...template.content.children]) {
    if (element.classList.contains("row")) {
      row = patch(element);
    } else if (element.id) {
      element.removeAttribute("hx-swap-oob");
      document.getElementById(element.id)?.replaceWith(element);
    }
  }
  return row;
}

/** Fetch a row again. */
export async function refresh(id) {
  if (!byId(id) || fieldOf(id)?.busy) return;
  const response = await get(address(id)).catch(() => null);
  if (response?.ok) takeOver(await response.text());
}

function count() {
  const form = document.getElementById("approve-all");
  if (!form) return;
  const number = place.querySelectorAll('[name="seen"]').length;
  form.hidden = number === 0;
  form.querySelector("[data-approvable]").textContent = number;
}

place?.addEventListener(
  "toggle",
  (event) => {
    if (!event.target.matches(".current .engines")) return;
    localStorage.setItem(ENGINES, event.target.open ? "open" : "closed");
  },
  true,
);
