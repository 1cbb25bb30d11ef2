/*
 * Elements that change without being rebuilt. Every text goes in as textContent: names come from callers and phones, and
 * some of them are hostile.
 */

export function element(tag, className = "", text = "") {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text) made.textContent = text;
  return made;
}

export function setText(target, text) {
  if (target.textContent !== text) target.textContent = text;
}

export function setClass(target, className) {
  if (target.className !== className) target.className = className;
}

export function setTitle(target, text) {
  if (target.title !== text) target.title = text;
}

/** A shape of the set in assets/icons, in the colour of the text around it. */
export const icon = (name) => element("i", `icon icon-${name}`);

/** A new table row; its cells stand by name in `row.parts`. `columns`: name → class. */
export function row(columns) {
  const line = element("tr");
  line.parts = {};
  for (const [name, className] of Object.entries(columns)) {
    line.parts[name] = element("td", className);
    line.append(line.parts[name]);
  }
  return line;
}

/** Makes the rows of `body` those of `items`, in that order; rows that stay keep their element. */
export function syncRows(body, items, { key, make, fill }) {
  const old = new Map([...body.children].map((line) => [line.dataset.key, line]));
  let before = null;
  for (const item of items) {
    const name = key(item);
    const line = old.get(name) ?? make(item);
    line.dataset.key = name;
    old.delete(name);
    fill(line, item);
    const place = before ? before.nextSibling : body.firstChild;
    if (place !== line) body.insertBefore(line, place);
    before = line;
  }
  for (const gone of old.values()) gone.remove();
}

/** One row that says why there are none. */
export function syncEmpty(body, columns, text) {
  syncRows(body, [{ text }], {
    key: () => "empty",
    make: () => {
      const line = element("tr", "empty");
      const cell = element("td");
      cell.colSpan = columns;
      line.append(cell);
      return line;
    },
    fill: (line, item) => setText(line.firstChild, item.text),
  });
}
