// The preview's keys: the other width, and back to the article at the text one was at.

document.addEventListener("keydown", (event) => {
  if (!event.altKey || event.ctrlKey || event.metaKey || event.shiftKey || event.isComposing) return;
  const link = document.querySelector(`a[data-key="${event.code.replace("Key", "").toLowerCase()}"]`);
  if (!link) return;
  event.preventDefault();
  link.click();
});

// The text one came for, or jumped to, is kept on the way: to the other width, to the changes, and back.
document.addEventListener("click", (event) => {
  const link = event.target.closest(".bar a");
  if (link && location.hash.startsWith("#s-")) link.hash = location.hash;
});
