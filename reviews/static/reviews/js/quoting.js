// Where a quotation comes from: its form, in the row on demand, which no refresh of the row touches.

import { fieldsOf, parsed } from "./markup.js";
import { LoggedOut, get, post } from "./net.js";
import { address, takeOver } from "./rows.js";
import * as status from "./status.js";
import { gettext } from "./words.js";

const formOf = (row) => row.querySelector("form.quote");

export async function open(row) {
  if (!formOf(row)) {
    const response = await get(address(row.dataset.id, "quote/")).catch(() => null);
    if (!response?.ok) {
      status.notice(gettext("The form for the quotation cannot be fetched now."));
      return;
    }
    const form = parsed(await response.text()).querySelector("form");
    if (formOf(row)) return;
    row.querySelector(".target").append(form);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      note(row, form);
    });
    form.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.preventDefault();
      form.remove();
      row.focus({ preventScroll: true });
    });
  }
  formOf(row).elements.language.focus();
}

/** What is typed stays in the form until the server took it. */
async function note(row, form) {
  const problem = form.querySelector("[data-problem]");
  let words = "";
  try {
    const response = await post(form.action, fieldsOf(form));
    const updated = takeOver(await response.text());
    if (response.ok) {
      form.remove();
      row.focus({ preventScroll: true });
      status.notice(gettext("where the quotation comes from is noted"));
      return;
    }
    words = updated?.querySelector(".problem")?.textContent ?? gettext("Not noted: reload the page and try again.");
  } catch (error) {
    words = error instanceof LoggedOut
      ? gettext("Not noted: you are logged out. Log in again, then note it once more.")
      : gettext("Not noted: the server does not answer. Try again.");
  }
  problem.textContent = words;
  problem.hidden = false;
}
