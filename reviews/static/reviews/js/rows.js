// The rows on the page: finding one, and bringing it up to date without touching its field.
//
// Rows far from where somebody works are light (data-light). A light row has its number, state and kind, the texts with
// their highlights, what findings and refused texts say, the form of an approval, the marks its field may hold, and all
// data-* that keys and fields read: its field opens, saves and approves without a word from the server. Engines, forms
// for findings, dismissals, route, history and all other tools come with the whole row: `whole`. walk.js asks for the
// row somebody goes to and for the next one that is open.
//
// A part that is renewed by itself carries data-part; what a whole row has beside its field replaces a light one's.

import { parsed } from "./markup.js";
import { get } from "./net.js";

const place = document.getElementById("rows");

export const all = () => [...place.querySelectorAll(".row")];
export const byId = (id) => document.getElementById(`s-${id}`);
export const current = () => place.querySelector(".row.current");

/** The address of a row, or of something that is done to it. */
export const address = (id, action = "") => place.dataset.segment.replace("/0/", `/${id}/`) + action;

/** Bring a row up to date, all but its field; a part that holds the focus hands it to the row. */
export function patch(incoming) {
  const row = byId(incoming.dataset.id);
  if (!row) return null;
  const had = { current: row.classList.contains("current"), focus: row.contains(document.activeElement) };
  const wasLight = isLight(row);
  for (const { name } of [...row.attributes]) if (name.startsWith("data-")) row.removeAttribute(name);
  for (const { name, value } of [...incoming.attributes]) row.setAttribute(name, value);
  row.classList.toggle("current", had.current);
  row.classList.toggle("editing", row.querySelector(".editor") !== null);
  if (wasLight) {
    putAround(row.querySelector(".field-place"), row, incoming);
  } else {
    for (const part of [...incoming.querySelectorAll("[data-part]")]) {
      const old = row.querySelector(`[data-part="${part.dataset.part}"]`);
      if (!old) continue;
      carryOver(old, part);
      old.replaceWith(part);
    }
  }
  window.htmx.process(row);
  row.dispatchEvent(new CustomEvent("row:changed"));
  if (had.focus && !row.contains(document.activeElement)) row.focus({ preventScroll: true });
  countApprovable();
  if (!wasLight) document.body.dispatchEvent(new CustomEvent("article:changed"));
  return row;
}

/** Replace all that `old` holds by what `fresh` holds, but not the field's place nor the elements it is in. */
function putAround(fieldPlace, old, fresh) {
  const kept = [...old.children].find((child) => child.contains(fieldPlace));
  const beside = [...fresh.children].find((child) => child.querySelector(".field-place") || child.matches(".field-place"));
  const before = [...fresh.childNodes].slice(0, [...fresh.childNodes].indexOf(beside));
  const after = [...fresh.childNodes].slice(before.length + 1);
  for (const child of [...old.childNodes]) if (child !== kept) child.remove();
  if (kept !== fieldPlace) putAround(fieldPlace, kept, beside);
  kept.before(...before);
  kept.after(...after);
}

export const isLight = (row) => "light" in row.dataset;

const coming = new Map();

/** Resolves with the row once it is whole, or as it is when nobody answers. */
export function whole(row) {
  if (!isLight(row)) return Promise.resolve(row);
  const { id } = row.dataset;
  if (!coming.has(id)) coming.set(id, fetched(id).finally(() => coming.delete(id)));
  return coming.get(id);
}

async function fetched(id) {
  const response = await get(address(id)).catch(() => null);
  const html = response?.ok ? await response.text() : "";
  const row = byId(id);
  // The answer to a save may have come first; it is the newer one.
  if (html && row && isLight(row)) takeOver(html);
  return byId(id);
}

/** What a person opened or began to write in a part must survive its replacement. */
function carryOver(old, part) {
  const engines = part.querySelector(".engines");
  if (engines) engines.open = old.querySelector(".engines")?.open ?? engines.open;
  const dismissed = part.querySelector(".dismissed");
  if (dismissed) dismissed.open = old.querySelector(".dismissed")?.open ?? false;
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
  let row = null;
  for (const element of [...parsed(html).children]) {
    if (element.classList.contains("row")) {
      const known = patch(element);
      // A row the page does not have follows the one before it in the answer: its text was divided.
      if (!known && row) {
        row.after(element);
        window.htmx.process(element);
      }
      row = known ?? (row && element);
    } else if (element.id) {
      element.removeAttribute("hx-swap-oob");
      document.getElementById(element.id)?.replaceWith(element);
    }
  }
  return row;
}

/** The button for all reviewed texts says how many there are. */
export function countApprovable() {
  const form = document.getElementById("approve-all");
  if (!form) return;
  const number = place.querySelectorAll('[name="seen"]').length;
  form.hidden = number === 0;
  form.querySelector("[data-approvable]").textContent = number;
}
