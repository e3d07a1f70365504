// To the preview, at the text one is at.

import * as rows from "./rows.js";

const link = () => document.querySelector("a[data-preview]");

export function toPreview() {
  link()?.click();
}

document.addEventListener("click", (event) => {
  const going = event.target.closest("a[data-preview]");
  const row = rows.current();
  if (going && row) going.hash = row.id;
});
