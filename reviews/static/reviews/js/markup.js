// Answers of the server as elements, and forms as the fields a request sends.

/** The elements of an answer, not on the page yet. */
export function parsed(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content;
}

/** What a form sends by a script, which says the page's token in a header. */
export const fieldsOf = (form) => [...new FormData(form)].filter(([name]) => name !== "csrfmiddlewaretoken");
