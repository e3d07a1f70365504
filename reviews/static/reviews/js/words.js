// Words for people, in the language of the page: the catalogue is a script of its own, loaded before the modules.

const { gettext, ngettext, interpolate } = window;

export { gettext, ngettext };

/** A text with `%(name)s` in it, filled in. */
export const phrase = (text, values) => interpolate(text, values, true);
