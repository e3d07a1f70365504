// Dividing a text of several sentences in its row, and joining two that were one: the fields, their copies, the answers.

import { Copies } from "./copies.js";
import { deliver } from "./delivery.js";
import { fieldOf } from "./field.js";
import { listen } from "./keys.js";
import { fieldsOf, parsed } from "./markup.js";
import { get, newKey, post, postAndLeave } from "./net.js";
import { address, all, byId, takeOver } from "./rows.js";
import * as status from "./status.js";
import { go } from "./walk.js";
import { gettext } from "./words.js";

/** The server gets the fields this long after the last keystroke, as it gets any draft. */
const PAUSE = 700;
const copies = new Copies("dividing");

const place = document.getElementById("rows");
const isJoined = (row) => row.dataset.number.includes("–");
const open = new Map();

function keep(id, copy) {
  if (copies.keep(id, copy)) return;
  status.notice(gettext("This browser keeps no copies: leave the page only after “typing kept” shows."));
}

// --- the fields ------------------------------------------------------------------------------------------

class Division {
  constructor(row, form) {
    this.id = row.dataset.id;
    this.form = form;
    this.number = form.dataset.number;
    this.sequence = Number(form.dataset.sequence);
    this.drafted = this.key;
    this.timer = null;
    this.drafting = Promise.resolve();
    this.sending = false;
    open.set(this.id, this);
    row.classList.add("dividing");
    row.querySelector(".target").append(form);
    form.addEventListener("input", () => this.typed());
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (event.submitter?.matches("[data-drop]")) this.drop();
      else this.save();
    });
    form.addEventListener("click", (event) => {
      const button = event.target.closest("[data-border]");
      if (button) this.moveBorder(this.indexOf(button.closest("li")), button.dataset.border);
    });
    const moving = (direction) => (_, event) => this.moveBorder(this.indexOf(event.target.closest("li")), direction);
    // In the form, before the page hears of them: these keys mean something else outside of it.
    listen({
      accept: () => this.save(),
      save: () => this.save(),
      border_left: moving("left"),
      border_right: moving("right"),
    }, form);
  }

  get areas() {
    return [...this.form.querySelectorAll("textarea")];
  }

  get texts() {
    return this.areas.map((area) => [area.closest("li").querySelector('[name="segment"]').value, area.value]);
  }

  get key() {
    return JSON.stringify(this.texts);
  }

  get row() {
    return byId(this.id);
  }

  indexOf(item) {
    return [...this.form.querySelectorAll("li")].indexOf(item);
  }

  focus(at = 0) {
    const area = this.areas[at];
    area.focus();
    area.setSelectionRange(area.value.length, area.value.length);
  }

  /** Take over what this browser kept, where that is newer and of the same sentences. */
  restore(copy) {
    const known = this.texts.map(([segment]) => segment);
    if (copy.sequence <= this.sequence || copy.texts.map(([segment]) => segment).join() !== known.join()) return;
    this.areas.forEach((area, i) => {
      area.value = copy.texts[i][1];
    });
    this.form.elements.base.value = copy.base;
    this.form.querySelector("[data-restored]").hidden = false;
    this.sequence = copy.sequence;
    this.plan();
  }

  typed() {
    this.sequence = Math.max(Date.now(), this.sequence + 1);
    keep(this.id, { texts: this.texts, base: this.form.elements.base.value, sequence: this.sequence });
    this.plan();
  }

  plan(wait = PAUSE) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.sendDraft(), wait);
  }

  get draft() {
    const pairs = this.texts.flatMap(([segment, text]) => [["segment", segment], ["text", text]]);
    return [...pairs, ["base", this.form.elements.base.value], ["sequence", String(this.sequence || 1)]];
  }

  sendDraft() {
    if (this.sending || this.key === this.drafted) return;
    const { key, draft } = this;
    this.drafting = this.drafting.then(async () => {
      const response = await deliver(this.id, this.form.dataset.draft, draft);
      if (response.ok) {
        this.drafted = key;
        status.kept(this.id);
      } else {
        const words = response.status === 422 ? (await response.json()).error : gettext("The server refused the draft.");
        status.problem(this.id, this.number, words);
      }
    });
  }

  sendLast() {
    if (this.key !== this.drafted) postAndLeave(this.form.dataset.draft, this.draft);
  }

  /** Move the border below a field (above the last one) by a word: to the left, the word goes to the later field. */
  moveBorder(at, direction) {
    const upper = Math.min(at, this.areas.length - 2);
    const [before, after] = [this.areas[upper], this.areas[upper + 1]];
    const [from, to] = direction === "left" ? [before, after] : [after, before];
    const words = from.value.trim().split(/\s+/).filter(Boolean);
    if (!words.length) {
      status.say(gettext("There is no word left on that side."));
      return;
    }
    const word = direction === "left" ? words.pop() : words.shift();
    const rest = to.value.trim();
    from.value = words.join(" ");
    to.value = (direction === "left" ? [word, rest] : [rest, word]).filter(Boolean).join(" ");
    this.typed();
    status.say(word);
  }

  async save() {
    if (this.sending) return;
    this.sending = true;
    clearTimeout(this.timer);
    status.saving(this.id);
    await this.drafting;
    const { key } = this;
    const fields = fieldsOf(this.form);
    try {
      const response = await deliver(this.id, this.form.action, fields);
      this.answered(response, await response.text(), this.key === key);
    } finally {
      this.sending = false;
      this.form.elements.save_key.value = newKey();
    }
  }

  answered(response, html, same) {
    if (response.status === 200) {
      this.close();
      if (same) keep(this.id, null);
      takeOver(html);
      status.saved(this.id);
      go(this.row);
    } else if (response.status === 409) {
      this.close();
      keep(this.id, null);
      takeOver(html);
      status.problem(this.id, this.number, gettext("somebody else saved first. Your texts are kept beside theirs; choose."));
    } else if (response.status === 422) {
      takeOver(html);
      status.problem(this.id, this.number, this.row.querySelector(".problem")?.textContent ?? gettext("not saved."));
    } else {
      status.problem(this.id, this.number, gettext("the server refused to save. Your texts are kept here."));
    }
  }

  drop() {
    keep(this.id, null);
    this.close();
    this.drafting = this.drafting.then(() => post(this.form.dataset.discard, {})).catch(() => {});
    status.settled(this.id);
    status.say(gettext("It stays one text."));
    go(this.row);
  }

  close() {
    clearTimeout(this.timer);
    open.delete(this.id);
    this.row.classList.remove("dividing");
    this.form.remove();
  }
}

/** Whether something typed in the field of a row stands in the way; then it is said. */
function unsaved(row) {
  const dirty = Boolean(fieldOf(row.dataset.id)?.dirty);
  if (dirty) status.problem(row.dataset.id, row.dataset.number, gettext("save or discard what you typed first."));
  return dirty;
}

export async function divide(row) {
  const opened = open.get(row.dataset.id);
  if (opened) {
    opened.focus();
  } else if (!isJoined(row)) {
    status.say(gettext("This text serves one sentence: there is nothing to divide."));
  } else if (!unsaved(row)) {
    const response = await get(address(row.dataset.id, "divide/")).catch(() => null);
    if (!response?.ok) {
      status.notice(gettext("The text cannot be divided now."));
      return;
    }
    if (open.has(row.dataset.id)) return;
    const form = parsed(await response.text()).querySelector("form");
    go(row, { edit: false, focus: false });
    const division = new Division(row, form);
    const copy = copies.of(row.dataset.id);
    if (copy) division.restore(copy);
    division.focus();
  }
}

// --- joining ---------------------------------------------------------------------------------------------

export async function join(row) {
  const link = row.querySelector("[data-join]");
  const before = all()[all().indexOf(row) - 1];
  if (!link || !before) {
    status.say(gettext("This text and the one before it were never one."));
    return;
  }
  if (unsaved(row) || unsaved(before)) return;
  const { id } = row.dataset;
  status.saving(id);
  const fields = { base: row.dataset.base, base_before: before.dataset.base, save_key: link.dataset.saveKey };
  const response = await deliver(id, address(id, "join/save/"), fields);
  const html = await response.text();
  if (response.status === 200) {
    fieldOf(id)?.close();
    row.remove();
    go(takeOver(html));
    status.saved(id);
  } else {
    takeOver(html);
    status.problem(id, row.dataset.number, row.querySelector(".problem")?.textContent ?? gettext("not joined."));
  }
}

// --- coming and going ------------------------------------------------------------------------------

window.addEventListener("pagehide", () => {
  for (const each of open.values()) each.sendLast();
});

for (const id of copies.ids()) {
  const row = byId(id);
  if (row && isJoined(row)) divide(row);
}
