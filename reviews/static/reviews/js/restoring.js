// Copies this browser kept of unsaved typing: the newest goes back into its field, the others to the server.

import { field, fieldOf } from "./field.js";
import * as local from "./local.js";
import { post, tab } from "./net.js";
import { address, byId } from "./rows.js";

/** Segments whose copies were looked through; later ones are other tabs', which look after them. */
const met = new Set();
let handing = Promise.resolve();

/** Look through the copies for rows that came onto the page. What is saved already is dropped. */
export function restoreCopies() {
  local.forget();
  const copies = Map.groupBy(local.all(), ({ segment }) => segment);
  for (const [segment, found] of copies) {
    if (met.has(segment)) continue;
    met.add(segment);
    const others = found.filter((copy) => copy.tab !== tab);
    const row = byId(segment);
    const rest = row && "editable" in row.dataset ? putBack(row, others) : others;
    for (const copy of rest) handing = handing.then(() => handIn(copy));
  }
}

/** Put the newest copy into the field, unless the server had a newer text; the others come back. */
function putBack(row, copies) {
  const saved = copies.filter(({ text }) => text === row.dataset.marked);
  for (const { segment, tab: from } of saved) local.drop(segment, from);
  const rest = copies.filter((copy) => !saved.includes(copy));
  const newest = rest.at(-1);
  const open = fieldOf(row.dataset.id);
  if (!newest || (open?.dirty && newest.sequence <= open.sequence)) return rest;
  const restored = field(row);
  restored.restore(rest.pop());
  // The server has to know what stands in the field, to tell the other copies from it.
  restored.sendDraft();
  handing = handing.then(() => restored.drafting);
  return rest;
}

/** Have the server keep a copy, as the tab's it was typed in; it shows it beside the saved text from then on. */
async function handIn({ segment, tab: from, text, base, sequence }) {
  try {
    const response = await post(address(segment, "draft/"), { typed: text, base, sequence }, from);
    if (!response.ok) return;
    local.drop(segment, from, sequence);
    const moved = { segments: [segment], reload: false };
    if (byId(segment)) document.body.dispatchEvent(new CustomEvent("article:moved", { detail: moved }));
  } catch {
    // It stays in this browser, for the next page.
  }
}
