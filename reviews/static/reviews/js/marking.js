// The way from a row of the article to marking the errors of its engines' texts; what that takes is fetched then.

import { listen } from "./keys.js";
import { address, current } from "./rows.js";
import { say } from "./status.js";
import { gettext } from "./words.js";

async function open(row) {
  const marks = await import("./marks.js").catch(() => null);
  if (marks) marks.openMarking(row, address(row.dataset.id, "marks/"));
  else say(gettext("The marks cannot be fetched now. Try again."));
}

listen({
  mark() {
    const row = current() ?? document.activeElement.closest(".row");
    if (row) open(row);
    else say(gettext("Go to a text first."));
  },
});

document.getElementById("rows").addEventListener("click", (event) => {
  const button = event.target.closest("[data-mark]");
  if (!button || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  open(button.closest(".row"));
});
