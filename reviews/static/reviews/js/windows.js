// Long articles: the windows that are not on the page yet, and those that need not be any more.
// A gap stands where a window belongs. It is filled before it is seen, or when somebody goes to a row in it.

import { parsed } from "./markup.js";
import { get } from "./net.js";
import { byId, countApprovable } from "./rows.js";
import { say } from "./status.js";
import { gettext } from "./words.js";

const place = document.getElementById("rows");

/** Articles of up to so many texts are loaded to their end while nothing else is to be done. */
const LOADED_WHOLE = 1000;
/** More windows than this are taken off the page again, the farthest first. */
const MOST_WINDOWS = 20;

const gaps = () => [...place.querySelectorAll(".gap")];
export const isGap = (element) => element.classList.contains("gap");
/** Rows and gaps in the order of the article. */
export const inOrder = () => [...place.querySelectorAll(".row, .gap")];
export const hasGaps = () => place.querySelector(".gap") !== null;

const coming = new WeakMap();

/** Fill a gap. Resolves with the window; null when nobody answers: the gap stays, and its link. */
export function fill(gap) {
  if (!coming.has(gap)) coming.set(gap, fetched(gap).finally(() => coming.delete(gap)));
  return coming.get(gap);
}

async function fetched(gap) {
  const { first, last } = gap.dataset;
  const response = await get(`${place.dataset.window}?first=${first}&last=${last}`).catch(() => null);
  if (!response?.ok) {
    say(gettext("This part of the article does not load now."));
    return null;
  }
  const section = parsed(await response.text()).querySelector(".window");
  observer.unobserve(gap);
  gap.replaceWith(section);
  window.htmx.process(section);
  countApprovable();
  section.dispatchEvent(new CustomEvent("window:loaded", { bubbles: true }));
  unload(section);
  return section;
}

/** The row of a text, loaded if need be; `rank` says where in the article it stands. */
export async function reach(segment, rank) {
  const gap = byId(segment) ? null : gaps().find(({ dataset }) => dataset.first <= rank && rank <= Number(dataset.last));
  if (gap) await fill(gap);
  return byId(segment);
}

/** What the server says is the next text of a kind, loaded; null when there is none. Throws when nobody answers. */
export async function ask(aim, after) {
  const response = await get(`${place.dataset.next}?aim=${aim}${after ? `&after=${after}` : ""}`);
  const { found } = response.ok ? await response.json() : { found: null };
  return found && reach(found.segment, found.rank);
}

// --- keeping the page small ----------------------------------------------------------------------------

/** A gap is as high as its window will be, more or less, so that the scroll bar tells where one is. */
function setHeight(gap) {
  const known = place.querySelector(".window");
  if (!known) return;
  gap.style.minHeight = `${Math.round((known.offsetHeight / known.dataset.texts) * gap.dataset.texts)}px`;
}

/** Take windows far from `here` off the page; never one somebody works or types in. */
function unload(here) {
  const loaded = [...place.querySelectorAll(".window")];
  const at = loaded.indexOf(here);
  const far = loaded
    .map((section, i) => ({ section, distance: Math.abs(i - at) }))
    .filter(({ section }) => !section.querySelector(".current, .editor, [data-sent], form [open]"))
    .sort((a, b) => b.distance - a.distance);
  for (const { section } of far.slice(0, Math.max(0, loaded.length - MOST_WINDOWS))) {
    const { first, last, texts, address, words } = section.dataset;
    const gap = document.createElement("div");
    const link = document.createElement("a");
    link.href = address;
    link.textContent = words;
    gap.className = "gap";
    Object.assign(gap.dataset, { first, last, texts });
    gap.style.minHeight = `${section.offsetHeight}px`;
    gap.append(link);
    section.replaceWith(gap);
    observer.observe(gap);
  }
}

const observer = new IntersectionObserver(
  (entries) => {
    for (const { isIntersecting, target } of entries) if (isIntersecting) fill(target);
  },
  { rootMargin: "100% 0px" },
);

async function fillAll() {
  for (let gap = gaps()[0]; gap; gap = gaps()[0]) {
    await new Promise((resolve) => requestIdleCallback(resolve, { timeout: 2000 }));
    if (gap.isConnected && !(await fill(gap))) return;
  }
}

for (const gap of gaps()) {
  setHeight(gap);
  observer.observe(gap);
}
place.addEventListener("click", (event) => {
  const gap = event.target.closest(".gap a")?.closest(".gap");
  if (!gap) return;
  event.preventDefault();
  fill(gap);
});
if (Number(place.dataset.texts) <= LOADED_WHOLE) window.addEventListener("load", fillAll, { once: true });
