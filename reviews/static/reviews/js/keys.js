// Keys: every action of the screen by the person's own keys, which the server wrote into the help.

import { chordOf } from "./chord.js";

const bindings = JSON.parse(document.getElementById("help").dataset.keys);

/** The keys of an action as people read them: "Ctrl ↵". */
export function keysOf(name) {
  const caps = document.querySelectorAll(`#help [data-action="${name}"] th kbd`);
  return [...caps].map((cap) => cap.textContent).join(" ");
}

/**
 * Call actions by their name in the server's list, with a number where they count, for keys
 * pressed in `place`; one that returns false did nothing.
 */
export function listen(actions, place = document) {
  place.addEventListener("keydown", (event) => {
    if (event.defaultPrevented) return;
    const [name, number] = bindings[chordOf(event)]?.split(" ") ?? [];
    if (!(name in actions)) return;
    if (actions[name](Number(number), event) !== false) event.preventDefault();
  });
}
