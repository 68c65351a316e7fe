// Helpers for strings and DOM elements. Article text enters the document only as text nodes, so
// nothing in it can become markup.

// Control characters, and those that change the reading direction of surrounding text. Line
// breaks, tabs and joiners (emoji, Persian) stay.
const STEERING = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g;

/** The text as the page shows it. */
export const shown = (text) => text.replace(STEERING, "");

/** An element with properties and children; strings among them become text nodes. */
export function element(name, properties = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (key in made) made[key] = value;
    else made.setAttribute(key, value);
  }
  made.append(...children.filter((child) => child !== null));
  return made;
}

/** Text of unknown direction, isolated so that it cannot reorder the text around it. */
export const isolated = (text, properties = {}) => element("bdi", properties, shown(text));

/** A link to a web address, else (`javascript:`, a path) the text alone. */
export function link(address, text) {
  const safe = /^https?:\/\//i.test(address ?? "") && URL.canParse(address);
  return safe
    ? element("a", { href: address, rel: "noopener noreferrer nofollow" }, isolated(text))
    : isolated(text);
}

export const counted = (n, one, many = `${one}s`) =>
  `${n.toLocaleString("en")} ${n === 1 ? one : many}`;
