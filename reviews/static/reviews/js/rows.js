// The rows on the page: finding one, and bringing it up to date without touching its field.

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
  row.dispatchEvent(new CustomEvent("row:changed"));
  if (had.focus && !row.contains(document.activeElement)) row.focus({ preventScroll: true });
  countApprovable();
  document.body.dispatchEvent(new CustomEvent("article:changed"));
  return row;
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

/** The button for all reviewed texts says how many there are. */
function countApprovable() {
  const form = document.getElementById("approve-all");
  if (!form) return;
  const number = place.querySelectorAll('[name="seen"]').length;
  form.hidden = number === 0;
  form.querySelector("[data-approvable]").textContent = number;
}
