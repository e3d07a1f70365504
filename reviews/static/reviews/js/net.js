// Requests that outlive a new log-in, and say why they failed.

import { gettext, phrase } from "./words.js";

const { body } = document;
export const person = body.dataset.person;
/** This page, among all the tabs the person may have open: what is typed in two of them is two texts. */
export const tab = newKey();
let token = JSON.parse(body.getAttribute("hx-headers"))["X-CSRFToken"];

/** Longer than the server waits for its database. */
const PATIENCE = 25000;

/** Nobody answered, or the server could not: the same request may be sent again. */
export class Unreachable extends Error {}

/** Nobody is logged in any more, or somebody else is. */
export class LoggedOut extends Error {}

export const csrfToken = () => token;

/** What every request of the page says of it. */
export function headers() {
  return { "HX-Request": "true", "X-CSRFToken": token, "X-Person": person, "X-Tab": tab };
}

async function ask(url, { from = tab, ...options }) {
  let response;
  try {
    const said = { ...headers(), "X-Tab": from };
    response = await fetch(url, { headers: said, signal: AbortSignal.timeout(PATIENCE), ...options });
  } catch (error) {
    throw new Unreachable(error.message);
  }
  if (response.status >= 500 || response.status === 429) throw new Unreachable(`status ${response.status}`);
  if (response.status === 401) throw new LoggedOut();
  return response;
}

export async function get(url) {
  return ask(url, {});
}

/** Send fields to an address, for the tab `from`. Raises Unreachable or LoggedOut; any other answer is the caller's to read. */
export async function post(url, fields, from = tab) {
  const options = { method: "POST", body: new URLSearchParams(fields), from };
  const response = await ask(url, options);
  // A new log-in changes the token: fetch it and send once more. A refusal for another reason names its row.
  if (response.status !== 403 || response.headers.has("X-Row")) return response;
  if (!(await sameSession())) throw new LoggedOut();
  return ask(url, options);
}

/** Send fields while the page goes away; nobody hears the answer. */
export function postAndLeave(url, fields) {
  fetch(url, { method: "POST", body: new URLSearchParams(fields), headers: headers(), keepalive: true }).catch(() => {});
}

/** Who is logged in, and the token of the session. */
async function sessionNow() {
  let response;
  try {
    response = await fetch(body.dataset.session, { cache: "no-store", signal: AbortSignal.timeout(PATIENCE) });
  } catch (error) {
    throw new Unreachable(error.message);
  }
  if (!response.ok && response.status !== 401) throw new Unreachable(`status ${response.status}`);
  return response.json();
}

/** Whether this page's person is (still, or again) the one who is logged in; takes the session's token over. */
async function sameSession() {
  const session = await sessionNow();
  if (session.person !== person) return false;
  token = session.csrf;
  return true;
}

/** Log the page's person in again; "" once they are, else why not. Raises Unreachable. */
export async function logIn(url, fields) {
  token = (await sessionNow()).csrf;
  let response;
  try {
    const signal = AbortSignal.timeout(PATIENCE);
    response = await fetch(url, { method: "POST", body: new URLSearchParams(fields), headers: headers(), signal });
  } catch (error) {
    throw new Unreachable(error.message);
  }
  if (!response.ok) {
    const { error } = await response.json().catch(() => ({}));
    return error ?? phrase(gettext("The server refused the log-in (%(status)s). Wait a little, then try again."), response);
  }
  token = (await response.json()).csrf;
  window.dispatchEvent(new Event("logged-in"));
  return "";
}

let waiting = null;

/** Resolves once the person has logged in again, here or in whatever tab. */
export function loggedInAgain() {
  waiting ??= new Promise((resolve) => {
    const look = async () => {
      if (!(await sameSession().catch(() => false))) return;
      clearInterval(timer);
      for (const name of ["focus", "logged-in"]) window.removeEventListener(name, look);
      waiting = null;
      resolve();
    };
    const timer = setInterval(look, 4000);
    for (const name of ["focus", "logged-in"]) window.addEventListener(name, look);
  });
  return waiting;
}

/** Resolves after so many milliseconds, or as soon as the network is back. */
export function pause(milliseconds) {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      window.removeEventListener("online", done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    window.addEventListener("online", done);
  });
}

/** A key that makes the same request, sent twice, count once. */
export function newKey() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
