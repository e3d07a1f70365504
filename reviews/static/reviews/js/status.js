// The one place that says how things stand: the save state in the bar, and the live region for screen readers.

import { gettext, ngettext, phrase } from "./words.js";

const box = document.getElementById("save-state");
const live = document.getElementById("live");
const logIn = document.getElementById("log-in-again");

/** Per segment what is not settled: "saving", "offline", "loggedOut", or a problem in words with its number. */
const open = new Map();
let last = null;
const sayings = [];
let silence = null;

const clock = () => new Date().toLocaleTimeString("en-GB");

/** Say something to people who listen instead of look; what comes within a moment is said together. */
export function say(text) {
  if (!sayings.includes(text)) sayings.push(text);
  live.textContent = "";
  clearTimeout(silence);
  silence = setTimeout(() => {
    live.textContent = sayings.splice(0).join(" ");
  }, 150);
}

export function saving(segment) {
  open.set(segment, { kind: "saving" });
  show();
}

export function offline(segment) {
  const known = open.get(segment)?.kind === "offline";
  open.set(segment, { kind: "offline" });
  show();
  if (!known) say(gettext("The server does not answer. Your changes are kept in this browser."));
}

export function loggedOut(segment) {
  const known = open.get(segment)?.kind === "loggedOut";
  open.set(segment, { kind: "loggedOut" });
  show();
  if (!known) say(gettext("You are logged out. Your text is kept. Log in again in the bar; it is sent then."));
}

export function problem(segment, number, words) {
  open.set(segment, { kind: "problem", number, words });
  show();
  say(phrase(gettext("Text %(number)s: %(words)s"), { number, words }));
}

/** The typing is on the server, but not saved. */
export function kept(segment) {
  open.delete(segment);
  last = { kind: "kept", words: phrase(gettext("typing kept %(time)s, not saved yet"), { time: clock() }) };
  show();
}

export function saved(segment) {
  open.delete(segment);
  last = { kind: "saved", words: phrase(gettext("saved %(time)s"), { time: clock() }) };
  show();
  say(gettext("Saved."));
}

export function settled(segment) {
  open.delete(segment);
  show();
}

/** Something that concerns no segment. */
export function notice(words) {
  last = { kind: "kept", words };
  show();
  say(words);
}

function show() {
  const states = [...open.entries()];
  const problem = states.find(([, state]) => state.kind === "problem");
  const count = (kind) => states.filter(([, state]) => state.kind === kind).length;
  box.hidden = false;
  logIn.hidden = !count("loggedOut");
  if (problem) {
    const [segment, { number, words }] = problem;
    draw("problem", "");
    const link = document.createElement("a");
    link.href = `#s-${segment}`;
    link.textContent = phrase(gettext("Text %(number)s"), { number });
    box.append(link, `: ${words}`);
  } else if (count("loggedOut")) {
    draw("problem", gettext("You are logged out; your text is kept here and sent once you log in."));
  } else if (count("offline")) {
    const number = count("offline");
    const kept = ngettext("offline: %(number)s change kept here", "offline: %(number)s changes kept here", number);
    draw("problem", phrase(kept, { number }));
  } else if (count("saving")) {
    draw("saving", gettext("saving…"));
  } else if (last) {
    draw(last.kind, last.words);
  } else {
    box.hidden = true;
  }
}

function draw(kind, text) {
  box.className = `save-state is-${kind}`;
  box.textContent = text;
}
