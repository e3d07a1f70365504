// Two texts of one passage: taking both or one's own by key.

import { listen } from "./keys.js";
import { current } from "./rows.js";
import { say } from "./status.js";
import { gettext } from "./words.js";

function press(selector, otherwise) {
  const form = current()?.querySelector(selector);
  if (form) form.requestSubmit();
  else say(otherwise);
}

listen({
  both: () => press(".keep-both", gettext("There are no changes of two people here that can be taken together.")),
  mine: () => press(".keep-mine", gettext("No other text of yours is kept here.")),
});
