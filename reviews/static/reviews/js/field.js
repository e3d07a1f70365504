// The text field of a row: keeps what is typed, saves it, and never lets an answer overwrite typing.

import { codesOf, drawn } from "./codes.js";
import { deliver, untilReachable } from "./delivery.js";
import * as local from "./local.js";
import { LoggedOut, newKey, post, postAndLeave } from "./net.js";
import { address, byId, current, takeOver } from "./rows.js";
import * as status from "./status.js";
import { gettext, phrase } from "./words.js";

/** The server gets a draft this long after the last keystroke, and while typing goes on at least this often. */
const PAUSE = 700;
const AT_LEAST_EVERY = 1500;

const NO_COPIES = gettext("This browser keeps no copies: leave the page only after “typing kept” shows.");

const fields = new Map();

/** The open field of a segment, if there is one. */
export const fieldOf = (id) => fields.get(String(id));

/** The field of a row, opened if need be. */
export function field(row) {
  return fieldOf(row.dataset.id) ?? new Field(row, row.querySelector(".editor") ?? newForm(row));
}

/** Everything that is typed and not saved. */
export const dirtyFields = () => [...fields.values()].filter((each) => each.dirty);

function newForm(row) {
  const form = document.getElementById("editor").content.firstElementChild.cloneNode(true);
  const { id } = row.dataset;
  form.action = address(id, "save/");
  form.elements.base.value = row.dataset.base;
  form.elements.started_from.value = row.dataset.startedFrom;
  form.elements.typed.id = `field-${id}`;
  form.elements.typed.value = row.dataset.marked;
  const label = form.querySelector("label");
  label.htmlFor = `field-${id}`;
  label.textContent += ` ${row.dataset.number}`;
  const marks = row.querySelector("[data-row-marks]");
  if (marks) {
    form.querySelector("[data-marks]").replaceChildren(marks.content.cloneNode(true));
    form.querySelector("[data-marks]").hidden = false;
  }
  row.querySelector(".field-place").replaceChildren(form);
  return form;
}

class Field {
  constructor(row, form) {
    this.id = row.dataset.id;
    this.number = row.dataset.number;
    this.form = form;
    this.area = form.elements.typed;
    this.base = form.elements.base.value;
    this.origin = form.elements.origin.value;
    this.startedFrom = form.elements.started_from.value;
    /** The engines' texts of which parts were put in, by id. */
    this.parts = [];
    /** What stands saved (or proposed) on the server, as far as this field knows. */
    this.original = row.dataset.marked;
    /** The draft of an earlier tab that the field began with, and which state of it: it is this tab's from now on. */
    this.took = { tab: form.elements.took.value, sequence: Number(form.elements.took_sequence.value) };
    this.sequence = this.took.sequence;
    this.drafted = form.hasAttribute("data-restored") ? this.text : this.original;
    this.timer = null;
    this.waitingSince = 0;
    this.sending = false;
    this.wish = null;
    this.retrying = false;
    this.drafting = Promise.resolve();
    fields.set(this.id, this);
    row.classList.add("editing");
    form.addEventListener("submit", (event) => this.submitted(event));
    form.addEventListener("click", (event) => this.clicked(event));
    this.area.addEventListener("input", () => this.typed());
    this.listener = () => this.rowChanged();
    row.addEventListener("row:changed", this.listener);
    this.paint();
  }

  get text() {
    return this.area.value;
  }

  get dirty() {
    return this.text !== this.original;
  }

  /** Whether an answer is awaited that may concern the field. */
  get busy() {
    return this.sending;
  }

  get row() {
    return byId(this.id);
  }

  focus() {
    this.area.focus({ preventScroll: true });
    if (!this.dirty && this.area.selectionStart === this.text.length) this.area.setSelectionRange(0, 0);
  }

  /** The person goes elsewhere: an untouched field closes, anything else stays in sight. */
  leave() {
    if (!this.dirty && !this.sending) this.close();
  }

  close() {
    clearTimeout(this.timer);
    fields.delete(this.id);
    this.row.removeEventListener("row:changed", this.listener);
    const hadFocus = this.form.contains(document.activeElement);
    this.form.remove();
    this.row.classList.remove("editing");
    if (hadFocus) this.row.focus({ preventScroll: true });
  }

  /** Draw the text behind the field: it gives the field its height and carries the underlines of findings. */
  paint() {
    const mirror = this.form.querySelector(".mirror");
    const marks = this.text === this.row.dataset.marked ? JSON.parse(this.row.dataset.highlights || "[]") : [];
    const ranges = drawn(this.text, codesOf(this.form));
    const edges = [0, this.text.length, ...[...marks, ...ranges].flatMap(([start, end]) => [start, end])];
    const stops = [...new Set(edges)].sort((a, b) => a - b);
    const pieces = stops.slice(1).map((end, i) => {
      const here = (each) => each[0] <= stops[i] && each[1] >= end;
      return this.piece(this.text.slice(stops[i], end), marks.find(here), ranges.filter(here));
    });
    // A line end at the very end has no height of its own.
    mirror.replaceChildren(...pieces, "\u200b");
    this.form.dispatchEvent(new CustomEvent("field:changed", { bubbles: true }));
  }

  /** A stretch of the text: with the finding that points at it, and as a code's mark or the words it is for. */
  piece(text, finding, ranges) {
    if (!finding && !ranges.length) return text;
    const made = document.createElement(finding ? "mark" : "span");
    made.className = [...(finding ? [finding[2]] : []), ...ranges.map(([, , name]) => name)].join(" ");
    if (finding) made.dataset.findings = finding[3];
    made.textContent = text;
    return made;
  }

  // --- typing --------------------------------------------------------------------------------------

  typed() {
    this.paint();
    this.area.removeAttribute("aria-invalid");
    this.sequence = Math.max(Date.now(), this.sequence + 1);
    this.keepLocally();
    this.plan();
  }

  keepLocally() {
    if (this.dirty) {
      const before = local.refused;
      local.keep(this.id, { text: this.text, base: this.base, sequence: this.sequence });
      if (local.refused && !before) status.notice(NO_COPIES);
      if (!local.refused) this.dropTaken();
    } else {
      this.dropCopies();
    }
  }

  dropTaken() {
    if (this.took.sequence) local.drop(this.id, this.took.tab, this.took.sequence);
  }

  /** What this browser kept of the text is saved, or not wanted. */
  dropCopies() {
    local.drop(this.id);
    this.dropTaken();
  }

  plan(wait = PAUSE) {
    const now = Date.now();
    this.waitingSince ||= now;
    clearTimeout(this.timer);
    const latest = this.waitingSince + AT_LEAST_EVERY - now;
    this.timer = setTimeout(() => this.sendDraft(), wait > PAUSE ? wait : Math.max(0, Math.min(wait, latest)));
  }

  draft() {
    return { typed: this.text, base: this.base, sequence: this.sequence || 1, ...this.taken() };
  }

  taken() {
    return this.took.sequence ? { took: this.took.tab, took_sequence: this.took.sequence } : {};
  }

  /** One draft at a time, always of the newest text; a save waits for it and makes the next one needless. */
  sendDraft(tries = 0) {
    this.waitingSince = 0;
    if (this.sending || this.text === this.drafted) return;
    const draft = this.draft();
    this.drafting = this.drafting.then(async () => {
      try {
        const response = await post(address(this.id, "draft/"), draft);
        if (response.status === 422) {
          status.problem(this.id, this.number, (await response.json()).error);
        } else if (response.ok) {
          this.drafted = draft.typed;
          status.kept(this.id);
        } else {
          const words = gettext("the server refused the draft (%(code)s). Save to see why.");
          status.problem(this.id, this.number, phrase(words, { code: response.status }));
        }
      } catch (error) {
        this.draftFailed(error, tries);
      }
    });
  }

  /** Try again later, in one chain of tries however much is typed meanwhile. A save does not wait for it. */
  async draftFailed(error, tries) {
    if (this.retrying) return;
    this.retrying = true;
    await untilReachable(this.id, error, tries);
    if (error instanceof LoggedOut) status.settled(this.id);
    this.retrying = false;
    if (fields.get(this.id) === this) this.sendDraft(tries + 1);
  }

  /** Whether what is typed stands nowhere but here. */
  get atRisk() {
    return this.dirty && local.refused && this.text !== this.drafted;
  }

  /** The page goes away: send what the server does not have yet, without waiting for an answer. */
  sendLast() {
    if (this.text !== this.drafted && this.dirty) postAndLeave(address(this.id, "draft/"), this.draft());
  }

  // --- putting text in -----------------------------------------------------------------------------

  /** Put a text in place of the selection, as if it were typed. */
  insert(text) {
    this.area.focus({ preventScroll: true });
    if (!document.execCommand(text ? "insertText" : "delete", false, text)) {
      this.area.setRangeText(text, this.area.selectionStart, this.area.selectionEnd, "end");
      this.typed();
    }
  }

  /**
   * Put a text from somewhere else in place of a stretch of the field, by default of all of it. `from` says where it
   * comes from: {origin, startedFrom, parts}, what is not in it stays as it is.
   */
  take(text, { start = 0, end = this.text.length, ...from } = {}) {
    this.area.focus({ preventScroll: true });
    this.form.dispatchEvent(new CustomEvent("field:taking", { bubbles: true, detail: this }));
    this.area.setSelectionRange(start, end);
    this.insert(text);
    Object.assign(this, from);
  }

  adopt(hypothesis, text) {
    this.take(text, { origin: "adopted", startedFrom: hypothesis, parts: [] });
    status.say(gettext("The engine’s text is in the field, not saved yet."));
  }

  /** What stands in the field and where it comes from; `show` brings it back. */
  get state() {
    const { text, origin, startedFrom, parts, area } = this;
    return { text, origin, startedFrom, parts, start: area.selectionStart, end: area.selectionEnd };
  }

  show({ text, start = text.length, end = start, ...from }) {
    this.area.value = text;
    this.area.setSelectionRange(start, end);
    Object.assign(this, from);
    this.typed();
  }

  surround(before, after) {
    const chosen = this.text.slice(this.area.selectionStart, this.area.selectionEnd);
    this.insert(before + chosen + after);
  }

  /** Show a text that was kept somewhere, as not saved. */
  restore(copy) {
    this.area.value = copy.text;
    this.base = String(copy.base);
    this.took = { tab: copy.tab, sequence: copy.sequence };
    this.sequence = copy.sequence;
    this.form.querySelector("[data-restored-notice]").hidden = false;
    this.paint();
    this.plan();
  }

  discard() {
    const { row } = this;
    this.dropCopies();
    this.area.value = row.dataset.marked;
    this.original = row.dataset.marked;
    this.close();
    this.drafting = this.drafting.then(() => post(address(this.id, "draft/discard/"), this.taken())).catch(() => {});
    status.settled(this.id);
    status.say(gettext("Discarded. The text is as it was saved."));
    row.focus({ preventScroll: true });
  }

  clicked(event) {
    const button = event.target.closest("button");
    if (button?.matches("[data-discard]")) {
      event.preventDefault();
      this.discard();
    } else if (button?.matches(".code-mark")) {
      this.surround(button.dataset.openMark, button.dataset.closeMark);
    }
  }

  // --- saving --------------------------------------------------------------------------------------

  submitted(event) {
    event.preventDefault();
    const reviewed = event.submitter?.name === "reviewed";
    document.dispatchEvent(new CustomEvent(reviewed ? "field:accept" : "field:save", { detail: this }));
  }

  /** Save what stands in the field. One request at a time; what is asked for meanwhile follows with the newest text. */
  async save({ reviewed }) {
    this.wish = { reviewed: reviewed || Boolean(this.wish?.reviewed) };
    if (this.sending) return;
    this.sending = true;
    clearTimeout(this.timer);
    this.waitingSince = 0;
    if (reviewed) this.row.dataset.sent = "";
    try {
      while (this.wish) {
        const attempt = this.attempt(this.wish);
        this.wish = null;
        status.saving(this.id);
        await this.drafting;
        const response = await deliver(this.id, attempt.url, attempt.fields);
        this.answered(attempt, response, await response.text());
      }
    } finally {
      this.sending = false;
      delete this.row?.dataset.sent;
    }
    if (fields.get(this.id) !== this) return;
    if (this.dirty) this.plan();
    else if (this.row !== current()) this.close();
  }

  attempt({ reviewed }) {
    const unchanged = reviewed && !this.dirty && this.original === this.row.dataset.marked;
    if (unchanged) {
      const fieldsSent = { base: this.base, seen_hash: this.row.dataset.targetHash, save_key: newKey() };
      return { url: address(this.id, "accept/"), typed: this.text, reviewed, fields: fieldsSent };
    }
    const fieldsSent = {
      typed: this.text,
      base: this.base,
      save_key: newKey(),
      started_from: this.startedFrom,
      origin: this.origin,
      parts: this.parts.join(","),
      ...this.taken(),
      ...(reviewed && { reviewed: "1" }),
    };
    return { url: address(this.id, "save/"), typed: this.text, reviewed, fields: fieldsSent };
  }

  answered(attempt, response, html) {
    const same = this.text === attempt.typed;
    if (response.status === 200) {
      this.original = attempt.typed;
      this.drafted = attempt.typed;
      this.origin = "";
      this.startedFrom = "";
      this.parts = [];
      const row = takeOver(html);
      this.base = row.dataset.base;
      this.form.elements.base.value = this.base;
      this.form.querySelector("[data-restored-notice]").hidden = true;
      if (same) this.dropCopies();
      else this.keepLocally();
      this.took.sequence = 0;
      status.saved(this.id);
      if (same && attempt.reviewed) this.close();
    } else if (response.status === 409) {
      // The server keeps the refused text; what was typed after it stays in the field.
      this.wish = null;
      if (same) {
        this.dropCopies();
        this.original = this.text;
        this.close();
      }
      takeOver(html);
      status.problem(this.id, this.number, gettext("somebody else saved first. Both texts are kept; choose one."));
    } else if (response.status === 422) {
      this.wish = null;
      const row = takeOver(html);
      this.area.setAttribute("aria-invalid", "true");
      status.problem(this.id, this.number, row.querySelector(".problem")?.textContent ?? gettext("not saved."));
    } else {
      this.wish = null;
      const words = gettext("the server refused to save (%(code)s). Your text is kept here.");
      status.problem(this.id, this.number, phrase(words, { code: response.status }));
    }
  }

  /** The row was brought up to date: by an answer to this field, or because somebody else did something. */
  rowChanged() {
    const { row } = this;
    if (!this.sending && row.dataset.base !== this.base) {
      if (this.dirty) {
        const words = gettext("Somebody saved another text for text %(number)s. Yours is still in the field.");
        status.say(phrase(words, { number: this.number }));
      } else {
        this.area.value = row.dataset.marked;
        this.original = row.dataset.marked;
        this.drafted = row.dataset.marked;
        this.base = row.dataset.base;
        const words = gettext("Text %(number)s was saved by somebody else; the field shows it.");
        status.say(phrase(words, { number: this.number }));
      }
    }
    this.paint();
  }
}
