// What this browser remembers: copies of unsaved typing, by person and segment, and how the person likes the screen.

import { person } from "./net.js";

// A second review is kept apart from the article here too.
const lane = document.getElementById("rows")?.dataset.lane ?? "";
const PREFIX = `workbench:typing:${person}:${lane}`;

/** Whether the browser refused to keep a copy. */
export let refused = false;

/** Keep {text, base, sequence}. */
export function keep(segment, copy) {
  try {
    localStorage.setItem(PREFIX + segment, JSON.stringify(copy));
    refused = false;
  } catch {
    refused = true;
  }
}

export function drop(segment) {
  try {
    localStorage.removeItem(PREFIX + segment);
  } catch {
    // Without storage there is no copy to drop.
  }
}

/** All copies of this person as [segment, copy]. */
export function all() {
  const found = [];
  try {
    for (let i = 0; i < localStorage.length; i += 1) {
      const key = localStorage.key(i);
      if (key.startsWith(PREFIX)) found.push([key.slice(PREFIX.length), JSON.parse(localStorage.getItem(key))]);
    }
  } catch {
    refused = true;
  }
  return found;
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
    if (event.key?.startsWith(PREFIX) && event.newValue) callback(event.key.slice(PREFIX.length));
  });
}
