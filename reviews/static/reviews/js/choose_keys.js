// The page of keys: a field takes the keys that are pressed in it.

import { chordOf } from "./chord.js";

document.addEventListener("keydown", (event) => {
  if (!event.target.matches("[data-chord]")) return;
  const chord = chordOf(event);
  // Without Ctrl or Alt keys write into the field and move in the page, but for the function keys.
  if (!/^(?:Control\+|Alt\+)|^(?:Shift\+)?F\d/.test(chord) || /(?:Control|Alt|Shift|Meta)$/.test(chord)) return;
  event.preventDefault();
  event.target.value = chord;
});
