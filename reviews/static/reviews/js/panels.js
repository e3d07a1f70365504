// What few texts need is fetched when it is asked for: marking errors, dividing and joining, adding a sentence, and
// where a quotation comes from.

import { listen } from "./keys.js";
import { address, byId, current } from "./rows.js";
import { say } from "./status.js";
import { gettext } from "./words.js";

const dividing = () => import("./dividing.js");
const adding = () => import("./adding.js");

/** By the action of a key: what a click on goes there, the module, and what of it is called with the row. */
const PANELS = {
  mark: ["[data-mark]", () => import("./marks.js"), (marks, row) => marks.openMarking(row, address(row.dataset.id, "marks/"))],
  divide: ["[data-divide], [data-go-divide]", dividing, (module, row) => module.divide(row)],
  join: ["[data-join]", dividing, (module, row) => module.join(row)],
  add: ["[data-add]", adding, (module, row) => module.open(row)],
  quote: ["[data-quote]", () => import("./quoting.js"), (module, row) => module.open(row)],
};

async function open(name, row) {
  const [, fetched, act] = PANELS[name];
  const module = await fetched().catch(() => null);
  if (module) act(module, row);
  else say(gettext("The tools for this cannot be fetched now. Try again."));
}

const byKey = (name) => () => {
  const row = current() ?? document.activeElement.closest(".row");
  if (row) open(name, row);
  else say(gettext("Go to a text first."));
};

listen({
  mark: byKey("mark"),
  divide: byKey("divide"),
  join: byKey("join"),
  add: byKey("add"),
  quote: byKey("quote"),
});

document.addEventListener("click", (event) => {
  if (event.ctrlKey || event.metaKey) return;
  for (const [name, [selector]] of Object.entries(PANELS)) {
    const link = event.target.closest(selector);
    const row = link && (byId(link.dataset.goDivide) ?? link.closest(".row"));
    if (!row) continue;
    event.preventDefault();
    open(name, row);
    return;
  }
});

// What was typed in these tools when the page was left comes back by itself.
try {
  const kept = Object.keys(localStorage);
  if (kept.some((key) => key.startsWith("workbench:dividing:"))) dividing();
  if (kept.some((key) => key.startsWith("workbench:adding:"))) adding();
} catch {
  // A browser without copies has none to bring back.
}
