// What the morning job made: the latest edition, and the archive of all others.

import { get } from "./server.js";
import { counted, doubted, element, isolated, link, parted, shown } from "./text.js";

const $ = (id) => document.getElementById(id);

let asked = null;

/** Show the edition of a date, or the latest one. Throws a `Trouble`. */
export async function showEditions(date) {
  asked?.abort();
  asked = new AbortController();
  const { signal } = asked;
  $("edition-status").textContent = "Fetching the edition…";
  try {
    const { editions } = await get("v1/editions", signal);
    const shownDate = date ?? editions[0]?.date;
    $("archive").replaceChildren(...editions.map((row) => archiveRow(row, shownDate)));
    $("archive-nav").hidden = !editions.length;
    $("edition").replaceChildren();
    $("edition-heading").textContent = shownDate ? longDate(shownDate) : "Editions";
    if (!shownDate) {
      $("edition-status").textContent = "There is no edition yet. The morning job makes one: brief morning.";
      return;
    }
    const edition = await get(`v1/editions/${encodeURIComponent(shownDate)}`, signal);
    $("edition").replaceChildren(...parts(edition));
    $("edition-status").textContent = account(edition);
  } catch (error) {
    if (error.name === "AbortError") return;
    $("edition-status").textContent = "";
    throw error;
  }
}

function archiveRow({ date, n_stories: nStories }, shownDate) {
  const current = date === shownDate ? { "aria-current": "page" } : {};
  return element(
    "li",
    {},
    element("a", { href: `#editions/${encodeURIComponent(date)}`, ...current }, longDate(date)),
    nStories === undefined ? "" : element("span", { className: "hint" }, ` ${counted(nStories, "story", "stories")}`),
  );
}

function account({ stories, minutes }) {
  const reading = minutes ? ` · ${counted(minutes, "minute")} to read` : "";
  return (stories.length ? counted(stories.length, "story", "stories") : "A day without news") + reading;
}

function* parts({ stories, outcomes, colophon }) {
  let section = null;
  for (const story of stories) {
    if (story.section && story.section !== section) {
      section = story.section;
      yield element("h2", { className: "section" }, isolated(section));
    }
    yield storyOf(story);
  }
  if (outcomes?.length) yield element("details", { className: "outcomes" }, ...omitted(outcomes));
  if (colophon) yield element("details", { className: "colophon" }, element("summary", {}, "How this edition was made"), definition(colophon));
}

function storyOf({ headline, reasons = [], bullets, articles }) {
  const byId = new Map(articles.map((article) => [article.id, article]));
  return element(
    "article",
    { className: "story" },
    element("h3", {}, isolated(headline)),
    reasons.length ? element("ul", { className: "reasons", "aria-label": "Why it is here" }, ...reasons.map((reason) => element("li", {}, isolated(reason)))) : null,
    element("ul", { className: "bullets" }, ...bullets.map((bullet) => bulletOf(bullet, byId))),
    element("ul", { className: "articles", "aria-label": "Articles" }, ...articles.map((article) => element("li", {}, link(article.url, article.headline), " ", isolated(article.source, { className: "outlet" })))),
  );
}

function bulletOf({ text, article, warnings = [] }, byId) {
  const source = byId.get(article);
  const doubts = warnings.map(parted).filter(([code, said]) => code.startsWith("unsupported") && !text.includes(said));
  return element(
    "li",
    {},
    element("bdi", {}, ...doubted({ text, warnings })),
    ...doubts.map(([, said]) => element("strong", { className: "grave" }, " [not in the source: ", isolated(said), "]")),
    source ? " " : null,
    source ? element("span", { className: "outlet" }, link(source.url, source.source)) : null,
  );
}

function* omitted(outcomes) {
  yield element("summary", {}, `${counted(outcomes.length, "input")} in no story, and why`);
  yield element(
    "ul",
    {},
    ...outcomes.map(({ id, source, reason, code }) => element("li", {}, link(id, id), " ", isolated(source ?? "", { className: "outlet" }), " ", isolated(reason ?? code ?? ""))),
  );
}

/** Any JSON value, as nested lists. */
function definition(value) {
  if (Array.isArray(value)) {
    return value.length ? element("ul", {}, ...value.map((one) => element("li", {}, definition(one)))) : element("span", {}, "none");
  }
  if (value === null || typeof value !== "object") return isolated(String(value ?? "none"));
  return element(
    "dl",
    {},
    ...Object.entries(value).flatMap(([name, inner]) => [element("dt", {}, isolated(name.replace(/^n_/, "number of ").replaceAll("_", " "))), element("dd", {}, definition(inner))]),
  );
}

function longDate(day) {
  const date = new Date(`${day}T00:00Z`);
  return Number.isNaN(date.valueOf()) ? shown(day) : date.toLocaleDateString("en-GB", { dateStyle: "full", timeZone: "UTC" });
}
