// Copies in this browser of what is typed in the tools of a row, by person and segment.

import { FORGOTTEN_AFTER } from "./local.js";
import { person } from "./net.js";

export class Copies {
  constructor(kind) {
    this.prefix = `workbench:${kind}:${person}:`;
  }

  /** Keep an object, or drop what is kept for null; whether the browser did. */
  keep(id, copy) {
    try {
      if (copy) localStorage.setItem(this.prefix + id, JSON.stringify({ ...copy, at: Date.now() }));
      else localStorage.removeItem(this.prefix + id);
      return true;
    } catch {
      return !copy;
    }
  }

  /** What is kept of a segment; null where that is nothing, or nobody came back for it. */
  of(id) {
    try {
      const copy = JSON.parse(localStorage.getItem(this.prefix + id));
      if (!copy || Date.now() - (copy.at ?? copy.sequence ?? 0) < FORGOTTEN_AFTER) return copy;
      localStorage.removeItem(this.prefix + id);
    } catch {
      // Not written by this page, or no storage: there is no copy.
    }
    return null;
  }

  /** The segments of which something is kept. */
  ids() {
    try {
      const keys = Object.keys(localStorage).filter((key) => key.startsWith(this.prefix));
      return keys.map((key) => key.slice(this.prefix.length)).filter((id) => this.of(id));
    } catch {
      return [];
    }
  }
}
