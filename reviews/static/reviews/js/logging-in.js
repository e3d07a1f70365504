// Logging in again without leaving the page: the form in the bar, there while what is typed waits for it.

import { listen } from "./keys.js";
import { Unreachable, logIn } from "./net.js";
import { say } from "./status.js";
import { gettext } from "./words.js";

const form = document.getElementById("log-in-again");
const problem = document.getElementById("again-problem");
const { username, password } = form.elements;

/** Where the person was typing, to go back there. */
let left = null;

function toPassword() {
  if (form.hidden) {
    say(gettext("You are logged in."));
    return;
  }
  if (!form.contains(document.activeElement)) left = document.activeElement;
  password.focus();
}

function tell(words) {
  problem.textContent = words;
  problem.hidden = !words;
}

async function submit(event) {
  event.preventDefault();
  const button = form.querySelector("button");
  button.disabled = true;
  try {
    const why = await logIn(form.action, { username: username.value, password: password.value });
    tell(why);
    if (why) password.select();
    else done();
  } catch (error) {
    if (!(error instanceof Unreachable)) throw error;
    tell(gettext("The server does not answer. Try again."));
  } finally {
    button.disabled = false;
  }
}

function done() {
  password.value = "";
  form.hidden = true;
  say(gettext("Logged in again. What waited is being sent."));
  if (left?.isConnected) left.focus({ preventScroll: true });
}

form.addEventListener("focusin", ({ relatedTarget }) => {
  if (relatedTarget && !form.contains(relatedTarget)) left = relatedTarget;
});
form.addEventListener("submit", submit);
listen({ log_in: toPassword });
