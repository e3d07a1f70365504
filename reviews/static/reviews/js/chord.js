// Which keys are pressed, as the server writes them: "Control+Enter", "Alt+Shift+X".

/**
 * The key without what is held: letters and digits by their sign, so that Alt Y is where the keyboard says Y; by
 * their place where another key changes the sign (Option R is ® on a Mac, Shift 1 an exclamation mark).
 */
function keyOf(event) {
  if (/^[a-z0-9]$/i.test(event.key)) return event.key.toUpperCase();
  const place = /^(?:Key([A-Z])|Digit([0-9]))$/.exec(event.code);
  return place && (event.key.length === 1 || event.key === "Dead") ? (place[1] ?? place[2]) : event.key;
}

/** The chord of a keydown; "" while a sign is being composed, and for AltGr, which only writes. */
export function chordOf(event) {
  if (event.isComposing || event.getModifierState("AltGraph")) return "";
  // On the number pad Alt writes signs: Alt 0150 is a dash.
  if (event.altKey && event.code.startsWith("Numpad")) return "";
  const control = event.ctrlKey || event.metaKey;
  const held = [control && "Control", event.altKey && "Alt", event.shiftKey && "Shift"].filter(Boolean);
  return [...held, keyOf(event)].join("+");
}
