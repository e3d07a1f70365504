// The upload form: files and folders dragged in or chosen, checked against the limits, sent with progress.
// Without this script the form does the same in one step.

import { csrfToken, person } from "./net.js";
import { gettext, ngettext, phrase } from "./words.js";

const form = document.getElementById("upload");
const drop = document.getElementById("drop");
const chooser = { files: document.getElementById("files"), folder: document.getElementById("folder") };
const problem = document.getElementById("upload-problem");
const sending = document.getElementById("sending");
const live = document.getElementById("live");

const LISTED = 100;

/** Chosen files by their relative path. @type {Map<string, File>} */
const chosen = new Map();

// --- what is chosen ------------------------------------------------------------------------------------

/** Files of the system, such as .DS_Store, lie in most folders and are nobody's article. */
const isHidden = (path) => path.split("/").pop().startsWith(".");

function add(files) {
  for (const [path, file] of files) if (!isHidden(path)) chosen.set(path, file);
  show();
}

function fromChooser(input) {
  add([...input.files].map((file) => [file.webkitRelativePath || file.name, file]));
  input.value = "";
}

/** All files of what was dropped, folders and all, each with its path. */
async function fromDrop(items) {
  // The items are gone once this function has waited for anything.
  const dropped = [...items].map((item) => [item.webkitGetAsEntry?.(), item.getAsFile()]);
  const found = [];
  for (const [entry, file] of dropped) {
    if (entry) await walk(entry, "", found);
    else if (file) found.push([file.name, file]);
  }
  return found;
}

async function walk(entry, above, found) {
  const path = above + entry.name;
  if (entry.isFile) {
    found.push([path, await new Promise((resolve, reject) => entry.file(resolve, reject))]);
    return;
  }
  const reader = entry.createReader();
  for (;;) {
    // A reader gives a hundred entries at a time, and none once it is through.
    const entries = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (!entries.length) return;
    for (const inner of entries) await walk(inner, `${path}/`, found);
  }
}

function size(number) {
  return number < 1048576 ? `${Math.max(1, Math.round(number / 1024))} kB` : `${(number / 1048576).toFixed(1)} MB`;
}

const bytes = () => [...chosen.values()].reduce((sum, file) => sum + file.size, 0);

function show() {
  const files = ngettext("%(number)s file, %(size)s", "%(number)s files, %(size)s", chosen.size);
  const words = phrase(files, { number: chosen.size, size: size(bytes()) });
  document.getElementById("chosen").hidden = chosen.size === 0;
  document.getElementById("chosen-sum").textContent = words;
  const lines = [...chosen].slice(0, LISTED).map(([path, file]) => line(path, size(file.size)));
  if (chosen.size > LISTED) {
    lines.push(line(phrase(gettext("and %(number)s more"), { number: chosen.size - LISTED }), ""));
  }
  document.getElementById("chosen-list").replaceChildren(...lines);
  live.textContent = chosen.size ? phrase(gettext("Chosen: %(files)s"), { files: words }) : gettext("Nothing chosen");
  say(tooMuch());
}

function line(name, about) {
  const item = document.createElement("li");
  for (const text of [name, about]) item.appendChild(document.createElement("span")).textContent = text;
  return item;
}

/** What is too much about the choice, in words; empty when nothing is. */
function tooMuch() {
  const limits = form.dataset;
  if (chosen.size > Number(limits.maxFiles)) {
    return phrase(gettext("More than %(number)s files. Upload them in several parts."), { number: limits.maxFiles });
  }
  const large = [...chosen].find(([, file]) => file.size > Number(limits.maxFileBytes));
  if (large) {
    const words = gettext("%(name)s is larger than %(size)s. Split it by document.");
    return phrase(words, { name: large[0], size: limits.maxFileSize });
  }
  if (bytes() <= Number(limits.maxBytes)) return "";
  return phrase(gettext("Together more than %(size)s. Upload them in several parts."), { size: limits.maxSize });
}

function say(words) {
  problem.textContent = words;
  problem.hidden = !words;
}

// --- sending them --------------------------------------------------------------------------------------

function send() {
  const data = new FormData();
  for (const name of ["what", "name", "format", "columns"]) data.append(name, form.elements[name].value);
  for (const [path, file] of chosen) data.append("files", file, path);
  const request = new XMLHttpRequest();
  request.open("POST", form.action);
  request.setRequestHeader("HX-Request", "true");
  request.setRequestHeader("X-CSRFToken", csrfToken());
  request.setRequestHeader("X-Person", person);
  request.upload.addEventListener("progress", ({ loaded, total }) => {
    sending.querySelector("progress").value = (100 * loaded) / total;
    const words = gettext("Sending: %(sent)s of %(total)s");
    sending.querySelector("span").textContent = phrase(words, { sent: size(loaded), total: size(total) });
  });
  request.addEventListener("load", () => answered(request));
  request.addEventListener("error", () => failed(gettext("The server did not answer. Your choice is still here: try again.")));
  busy(true);
  request.send(data);
}

function answered(request) {
  if (request.status === 201) {
    window.location.assign(request.getResponseHeader("Location"));
  } else if (request.status === 422 || request.status === 401) {
    failed(request.responseText);
  } else {
    failed(
      gettext("The server could not take the files. Your choice is still here: reload the page if it happens again."),
    );
  }
}

function failed(words) {
  busy(false);
  say(words);
}

function busy(is) {
  sending.hidden = !is;
  form.querySelector(".upload-end button").disabled = is;
  if (is) say("");
}

// --- the form ------------------------------------------------------------------------------------------

/** A name is asked for only where it is needed. */
function askForName() {
  const needed = ["hypothesis", "reference"].includes(form.elements.what.value);
  document.getElementById("name-part").hidden = !needed;
  form.elements.name.required = needed;
}

for (const element of document.querySelectorAll("[data-scripted]:not(#chosen)")) element.hidden = false;
for (const input of Object.values(chooser)) {
  input.classList.add("scripted");
  input.addEventListener("change", () => fromChooser(input));
}
form.elements.what.addEventListener("change", askForName);
askForName();

document.getElementById("chosen-clear").addEventListener("click", () => {
  chosen.clear();
  show();
  chooser.files.focus();
});

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const trouble = chosen.size ? tooMuch() : gettext("Choose at least one file.");
  if (trouble) say(trouble);
  else send();
});

for (const name of ["dragenter", "dragover"]) {
  drop.addEventListener(name, (event) => {
    event.preventDefault();
    drop.classList.add("over");
  });
}
drop.addEventListener("dragleave", (event) => {
  if (!drop.contains(event.relatedTarget)) drop.classList.remove("over");
});
drop.addEventListener("drop", async (event) => {
  event.preventDefault();
  drop.classList.remove("over");
  try {
    add(await fromDrop(event.dataTransfer.items));
  } catch (error) {
    const words = gettext("The browser could not read what you dropped (%(reason)s). Choose it with the buttons instead.");
    say(phrase(words, { reason: error.message }));
  }
});
