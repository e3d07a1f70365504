// Ctrl K goes to the search from anywhere, Escape from there back to where one was.

let before = null;

const box = () => document.querySelector("input[data-search]");

document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.altKey || event.shiftKey) return;
  if ((event.ctrlKey || event.metaKey) && event.code === "KeyK") {
    const input = box();
    if (!input) return;
    event.preventDefault();
    if (document.activeElement !== input) before = document.activeElement;
    input.focus();
    input.select();
  } else if (event.key === "Escape" && event.target === box() && before?.isConnected) {
    before.focus();
    before = null;
  }
});
