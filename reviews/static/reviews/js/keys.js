// Keys: every action of the screen, none of them a bare letter.

const isCommand = (event) => (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey;
const isAlt = (event) => event.altKey && !event.ctrlKey && !event.metaKey && !event.shiftKey;
const isAltShift = (event) => event.altKey && event.shiftKey && !event.ctrlKey && !event.metaKey;

/** Call the action that belongs to a key: {accept, save, next, previous, risky, dismiss, undo, omit, copy, adopt(n), help, open, leave}. */
export function listen(actions) {
  document.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const action = actionOf(event);
    if (!action || !(action.name in actions)) return;
    if (actions[action.name](action.value, event) !== false) event.preventDefault();
  });
}

function actionOf(event) {
  if (event.key === "F1") return { name: "help" };
  if (event.key === "Escape") return { name: "leave" };
  if (isCommand(event)) {
    if (event.key === "Enter") return { name: "accept" };
    if (event.key.toLowerCase() === "s") return { name: "save" };
  }
  if (isAlt(event)) {
    if (event.key === "ArrowDown") return { name: "next" };
    if (event.key === "ArrowUp") return { name: "previous" };
    // By place on the keyboard: with Alt held, a key's own sign may be another one (Option+R is ® on a Mac).
    if (event.code === "KeyR") return { name: "risky" };
    if (event.code === "KeyX") return { name: "dismiss" };
    if (event.code === "KeyO") return { name: "omit" };
    if (event.code === "KeyC") return { name: "copy" };
    const digit = /^(?:Digit|Numpad)([1-9])$/.exec(event.code);
    if (digit) return { name: "adopt", value: Number(digit[1]) };
  }
  if (isAltShift(event) && event.code === "KeyX") return { name: "undo" };
  if (event.key === "Enter" && !event.ctrlKey && !event.metaKey && !event.altKey && !event.shiftKey) return { name: "open" };
  return null;
}
