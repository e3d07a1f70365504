// Adding a sentence that only the English has: its form in the row, and a copy of what is typed in this browser.

import { Copies } from "./copies.js";
import { deliver } from "./delivery.js";
import { listen } from "./keys.js";
import { fieldsOf, parsed } from "./markup.js";
import { get } from "./net.js";
import { address, byId } from "./rows.js";
import * as status from "./status.js";
import { gettext } from "./words.js";

const copies = new Copies("adding");
const formOf = (row) => row.querySelector("form.add");

function keep(id, copy) {
  if (copies.keep(id, copy)) return;
  status.notice(gettext("This browser keeps no copies: add the sentence before you leave the page."));
}

export async function open(row) {
  const { id } = row.dataset;
  if (!formOf(row)) {
    const response = await get(address(id, "add/")).catch(() => null);
    if (!response?.ok) {
      status.notice(gettext("The form cannot be fetched now. Try again."));
      return;
    }
    const form = parsed(await response.text()).querySelector("form");
    if (formOf(row)) return;
    row.querySelector(".target").append(form);
    ready(row, form);
  }
  formOf(row).elements.typed.focus();
}

function ready(row, form) {
  const { id } = row.dataset;
  const { typed, save_key: key } = form.elements;
  const copy = copies.of(id);
  if (copy) {
    typed.value = copy.typed;
    key.value = copy.key; // What was sent before the page was left counts once.
  }
  const drop = form.querySelector("[data-drop]");
  drop.hidden = false;
  drop.addEventListener("click", () => {
    keep(id, null);
    leave(row, form);
  });
  typed.addEventListener("input", () => keep(id, typed.value ? { typed: typed.value, key: key.value } : null));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    add(id, form);
  });
  // In the form, before the page hears of them: these keys mean something else outside of it.
  listen({
    accept: () => form.requestSubmit(),
    save: () => form.requestSubmit(),
    leave: () => leave(row, form),
  }, form);
}

function leave(row, form) {
  form.remove();
  row.focus({ preventScroll: true });
}

async function add(id, form) {
  const { typed } = form.elements;
  if (typed.readOnly) return;
  typed.readOnly = true; // The page goes when it is added: nothing more may be typed that would go with it.
  status.saving(id);
  try {
    const response = await deliver(id, form.action, fieldsOf(form));
    const answer = await response.json().catch(() => ({}));
    status.settled(id);
    if (response.ok) {
      keep(id, null);
      window.location.assign(answer.address);
      return;
    }
    const problem = form.querySelector("[data-problem]");
    problem.textContent = answer.error ?? gettext("Not added: reload the page and try again.");
    problem.hidden = false;
    typed.focus();
  } finally {
    typed.readOnly = false;
  }
}

for (const id of copies.ids()) {
  const row = byId(id);
  if (row) open(row);
}
