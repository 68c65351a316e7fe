// Show the morning job's editions: the latest one, and the archive of all others.

import { get } from "./server.js";
import { counted, element, isolated, link, shown } from "./text.js";

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

function archiveRow({ date }, shownDate) {
  const current = date === shownDate ? { "aria-current": "page" } : {};
  return element(
    "li",
    {},
    element("a", { href: `#editions/${encodeURIComponent(date)}`, ...current }, longDate(date)),
  );
}

function account({ title, stories, minutes }) {
  const n = stories.length ? counted(stories.length, "story", "stories") : "A day without news";
  return [title && shown(title), n, minutes && `${counted(minutes, "minute")} to read`].filter(Boolean).join(" · ");
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
  if (outcomes.length) yield omitted(outcomes);
  yield madeOf(colophon);
}

function storyOf({ headline, reasons = [], bullets, articles }) {
  const byId = new Map(articles.map((article) => [article.id, article]));
  return element(
    "article",
    { className: "story" },
    element("h3", {}, isolated(headline)),
    listed("reasons", "Why it is here", reasons.map((reason) => [isolated(reason)])),
    listed("bullets", "", bullets.map((bullet) => bulletOf(bullet, byId))),
    listed("articles", "Articles", articles.map((article) => articleOf(article, byId))),
  );
}

function bulletOf({ text, article, remarks = [], disagrees = [] }, byId) {
  const source = byId.get(article);
  const others = disagrees.map((id) => byId.get(id)?.source ?? id);
  const note = `[sources disagree: another number in ${others.join(", ")}]`;
  const own = source?.by_lead ? "its opening words" : remarks.some(({ code }) => code === "replaced") ? "in its own words" : "";
  return [
    isolated(text),
    ...(others.length ? [" ", isolated(note, { className: "outlet doubtful" })] : []),
    ...(source ? [" ", outlet(link(source.url, source.source), own && `, ${own}`)] : []),
  ];
}

function articleOf({ url, headline, source, copy_of: copyOf, by_lead: byLead }, byId) {
  const notes = [];
  if (copyOf) notes.push(byId.has(copyOf) ? `same text as ${byId.get(copyOf).source}` : "a text printed before");
  if (byLead) notes.push("not summarized: the deadline was near");
  return [link(url, headline), " ", outlet(isolated([source, ...notes].join(" · ")))];
}

const outlet = (...children) => element("span", { className: "outlet" }, ...children);

/** A list of rows, each an array of nodes; nothing for no rows. */
function listed(className, label, rows) {
  if (!rows.length) return null;
  const named = label ? { "aria-label": label } : {};
  return element("ul", { className, ...named }, ...rows.map((row) => element("li", {}, ...row)));
}

function omitted(outcomes) {
  return element(
    "details",
    { className: "outcomes" },
    element("summary", {}, `${counted(outcomes.length, "input")} in no story, and why`),
    listed("", "", outcomes.map(({ id, headline, url, source, reason }) => [
      link(url, headline ?? id), " ", outlet(isolated(source ?? "")), " ", isolated(reason ?? ""),
    ])),
  );
}

function madeOf(colophon) {
  const { sources_reached: reached = [], sources_failed: failed = [], n_in: nIn, n_placed: nPlaced } = colophon;
  const rows = [
    reached.length ? `Sources reached: ${reached.join(", ")}` : "",
    ...failed.map(({ source, reason, mornings: n }) => `Not reached: ${source} (${reason}${n > 1 ? `; ${n} mornings in a row` : ""})`),
    nIn === undefined ? "" : `${counted(nIn, "article")} arrived, ${nPlaced} of them in a story`,
    colophon.n_by_lead ? `${counted(colophon.n_by_lead, "article")} shown by opening sentences: the deadline was near` : "",
    colophon.model ? `Written by ${colophon.model}, brief ${colophon.version}, signature ${colophon.signature}` : "",
  ];
  return element(
    "details",
    { className: "colophon" },
    element("summary", {}, "How this edition was made"),
    listed("", "", rows.filter(Boolean).map((row) => [isolated(row)])),
  );
}

function longDate(day) {
  const date = new Date(`${day}T00:00Z`);
  return Number.isNaN(date.valueOf()) ? shown(day) : date.toLocaleDateString("en-GB", { dateStyle: "full", timeZone: "UTC" });
}
