// What this browser remembers: copies of unsaved typing, by person, segment and tab, and how the person likes the screen.

import { person, tab as own } from "./net.js";

// A second review is kept apart from the article here too.
const lane = document.getElementById("rows")?.dataset.lane ?? "";
const ALL = "workbench:typing:";
const PREFIX = `${ALL}${person}:${lane}`;
const KEY = /^(\d+)(?::([0-9a-f]+))?$/;

/** A copy that nobody came back for in so many milliseconds is forgotten, as the server's drafts are. */
export const FORGOTTEN_AFTER = 30 * 24 * 60 * 60 * 1000;

/** Whether the browser refused to keep a copy. */
export let refused = false;

const keyOf = (segment, tab) => `${PREFIX}${segment}:${tab}`;

function keys() {
  return Array.from({ length: localStorage.length }, (_, i) => localStorage.key(i));
}

function read(key) {
  try {
    return JSON.parse(localStorage.getItem(key)) ?? {};
  } catch {
    return {}; // Not written by this page: it gives way to what is.
  }
}

/** Keep {text, base, sequence}; a sequence is the time of the keystroke. A full store first loses what is forgotten. */
export function keep(segment, copy) {
  const write = () => localStorage.setItem(keyOf(segment, own), JSON.stringify(copy));
  try {
    try {
      write();
    } catch {
      forget();
      write();
    }
    refused = false;
  } catch {
    refused = true;
  }
}

/** Drop a tab's copy, unless it is newer than `sequence`. */
export function drop(segment, tab = own, sequence = Infinity) {
  try {
    const key = keyOf(segment, tab);
    if (!(read(key).sequence > sequence)) localStorage.removeItem(key);
    if (!tab) localStorage.removeItem(PREFIX + segment); // Kept before tabs were told apart.
  } catch {
    // Without storage there is no copy to drop.
  }
}

/** All copies of this person in this lane as {segment, tab, text, base, sequence}, the oldest first. */
export function all() {
  try {
    const found = keys().map((key) => ({ key, match: key.startsWith(PREFIX) && KEY.exec(key.slice(PREFIX.length)) }));
    return found
      .filter(({ match }) => match)
      .map(({ key, match: [, segment, tab = ""] }) => ({ ...read(key), segment, tab }))
      .filter(({ text }) => typeof text === "string")
      .sort((a, b) => a.sequence - b.sequence);
  } catch {
    refused = true;
    return [];
  }
}

/** Drop everybody's copies that nobody came back for. */
export function forget() {
  try {
    const long = Date.now() - FORGOTTEN_AFTER;
    for (const key of keys()) {
      if (key.startsWith(ALL) && !(read(key).sequence > long)) localStorage.removeItem(key);
    }
  } catch {
    // Without storage there is nothing to forget.
  }
}

/** How the person left something on the screen; null if never touched. */
export function liking(name) {
  try {
    return localStorage.getItem(`workbench:${name}`);
  } catch {
    return null;
  }
}

export function like(name, value) {
  try {
    localStorage.setItem(`workbench:${name}`, value);
  } catch {
    // Then it is asked for again the next time.
  }
}

/** Call back with the segment when another tab of this browser keeps typing for it. */
export function onOtherTab(callback) {
  window.addEventListener("storage", (event) => {
    const match = event.newValue && event.key?.startsWith(PREFIX) && KEY.exec(event.key.slice(PREFIX.length));
    if (match && match[2] !== own) callback(match[1]);
  });
}
