// Marks of links and emphasis in a plain text: where they stand, which are missing, and how an edit leaves them whole.

/** The marks a field may hold, from the buttons beside it: [{opening, closing, meaning}]; a single one closes nothing. */
export function codesOf(form) {
  return [...form.querySelectorAll(".code-mark")].map((button) => ({
    opening: button.dataset.openMark,
    closing: button.dataset.closeMark,
    meaning: button.nextSibling?.textContent.trim() ?? "",
  }));
}

/** Where marks stand in a text: [start, end] of each, in order. */
export function spans(text, codes) {
  const found = [];
  for (const mark of codes.flatMap(({ opening, closing }) => [opening, closing]).filter(Boolean)) {
    for (let at = text.indexOf(mark); at >= 0; at = text.indexOf(mark, at + mark.length)) {
      found.push([at, at + mark.length]);
    }
  }
  return found.sort((a, b) => a[0] - b[0]);
}

/** What to draw: [start, end, class] of each mark and of the words a pair of them stands around. */
export function drawn(text, codes) {
  const around = codes.map(({ opening, closing }) => {
    const start = text.indexOf(opening) + opening.length;
    return [start, closing && text.includes(opening) ? text.indexOf(closing, start) : -1, "coded"];
  });
  return [...spans(text, codes).map((span) => [...span, "code"]), ...around.filter(([start, end]) => end > start)];
}

/** The codes of which a mark is missing, each with the marks to put in: [{before, after, meaning}]. */
export function missing(text, codes) {
  return codes
    .map(({ opening, closing, meaning }) => ({
      before: text.includes(opening) ? "" : opening,
      after: text.includes(closing) ? "" : closing,
      meaning,
    }))
    .filter(({ before, after }) => before || after);
}

/**
 * An edit that cuts a mark takes the whole of it away, and what is typed into one stands behind it.
 * {text, cursor} where that makes a difference, else null.
 */
export function whole(before, after, codes) {
  const most = Math.min(before.length, after.length);
  let start = 0;
  while (start < most && before[start] === after[start]) start += 1;
  let kept = 0;
  while (kept < most - start && before[before.length - 1 - kept] === after[after.length - 1 - kept]) kept += 1;
  let end = before.length - kept;
  const put = after.slice(start, after.length - kept);
  const cut = spans(before, codes).filter(([from, to]) => start < to && end > from && !(start <= from && end >= to));
  if (!cut.length) return null;
  if (start === end) {
    start = end = cut[0][1];
  } else {
    start = Math.min(start, cut[0][0]);
    end = Math.max(end, cut.at(-1)[1]);
  }
  return { text: before.slice(0, start) + put + before.slice(end), cursor: start + put.length };
}
