// Ctrl K goes to the search from anywhere, Escape from there back to where one was.

let before = null;

const box = () => document.querySelector("input[data-search]");

export function toSearch() {
  const input = box();
  if (!input) return false;
  if (document.activeElement !== input) before = document.activeElement;
  input.focus();
  input.select();
  return true;
}

document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.altKey || event.shiftKey) return;
  if ((event.ctrlKey || event.metaKey) && event.code === "KeyK") {
    if (toSearch()) event.preventDefault();
  } else if (event.key === "Escape" && event.target === box() && before?.isConnected) {
    before.focus();
    before = null;
  }
});
