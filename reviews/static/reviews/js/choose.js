// The list of articles: one box that ticks all on the page, and a button that says how many are chosen.

import { gettext, ngettext, phrase } from "./words.js";

const form = document.getElementById("bulk");
const all = document.getElementById("choose-all");
const boxes = [...document.querySelectorAll('[name="document"][form="bulk"]')];
const button = form?.querySelector("[data-chosen]");

function show() {
  const number = boxes.filter((box) => box.checked).length;
  all.checked = number === boxes.length;
  all.indeterminate = number > 0 && number < boxes.length;
  button.disabled = number === 0;
  const words = ngettext("Do one thing to %(number)s article…", "Do one thing to %(number)s articles…", number);
  button.textContent = number ? phrase(words, { number }) : gettext("Do one thing to the chosen…");
}

if (form && all) {
  all.closest("label").hidden = false;
  all.addEventListener("change", () => {
    for (const box of boxes) box.checked = all.checked;
    show();
  });
  for (const box of boxes) box.addEventListener("change", show);
  show();
}
