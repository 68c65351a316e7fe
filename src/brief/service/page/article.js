// Show the cleaned article: its body with the bullets' source sentences marked, and the dropped
// lines in their place, greyed and labelled.

import { element, shown } from "./text.js";

// Number of blocks that are built before the browser may paint and respond again; off-screen
// content is laid out by the slice, too (style.css).
const SLICE = 100;
const MAX_BLOCK_CHARS = 8000; // A longer line is shown in parts: layout is slow in one of a megabyte.

const BODY = { body: "p", standfirst: "p", subhead: "h4" };
const NAMES = {
  headline: "Headline",
  byline: "Byline",
  timestamp: "Date",
  summary_heading: "The page’s own summary",
  reference_bullet: "The page’s own summary",
  caption: "Caption",
  related_heading: "Related stories",
  related_link: "Related stories",
  advertisement: "Advertisement",
  navigation: "Navigation",
  paywall: "Paywall",
  tail: "Around the article",
  extracted_away: "Left out of the HTML page",
};

/** Number of lines of a summary's article that are neither body nor blank. */
export const countDropped = (lines) => lines.filter(isFurniture).length;

const isFurniture = ({ label }) => !(label in BODY) && label !== "blank";

/**
 * Show an article.
 *
 * @param place The element to fill; its earlier content is removed.
 * @param summary With `text`, `lines` and `bullets`.
 * @param toBadge Makes the element that follows a source sentence, from its bullets' indexes.
 * @returns Resolves to the marks of each bullet, in order: an array of arrays of elements. The
 *   article is built in slices, so that the page stays responsive.
 */
export async function showArticle(place, summary, toBadge) {
  const text = sliceable(summary.text);
  const sources = sourcesOf(summary.bullets);
  const marks = summary.bullets.map(() => []);
  const building = Symbol("one article at a time");
  place.building = building;
  place.replaceChildren();
  let slice = element("div");
  for (const block of blocks(summary.lines, text, sources, marks, toBadge)) {
    slice.append(block);
    if (slice.childElementCount < SLICE) continue;
    place.append(slice);
    slice = element("div");
    await new Promise((resume) => setTimeout(resume));
    if (place.building !== building) return marks;
  }
  place.append(slice);
  return marks;
}

function* blocks(lines, text, sources, marks, toBadge) {
  let group = null;
  let next = 0;
  for (const line of lines) {
    if (line.label === "blank") continue;
    if (isFurniture(line)) {
      const name = NAMES[line.label] ?? line.label;
      if (group?.name !== name) {
        if (group) yield group.shown;
        const lines = element("div");
        const tag = element("span", { className: "tag", title: line.reason }, name);
        group = { name, lines, shown: element("div", { className: `dropped ${line.label}` }, tag, lines) };
      }
      group.lines.append(element("p", { dir: "auto", title: line.reason }, lost(line) ?? shown(text(line.start, line.end).trim())));
      continue;
    }
    if (group) yield group.shown;
    group = null;
    const mine = [];
    while (next < sources.length && sources[next].start < line.end) mine.push(sources[next++]);
    for (const [start, end] of parts(line, mine)) {
      const block = element(BODY[line.label], { className: line.label, dir: "auto" });
      let at = start;
      for (const source of mine) {
        if (source.start < start || source.start >= end) continue;
        block.append(shown(text(at, source.start)), mark(source, text, marks), toBadge(source.bullets));
        at = source.end;
      }
      block.append(shown(text(at, end)));
      yield block;
    }
  }
  if (group) yield group.shown;
}

const lost = ({ n_dropped_chars: n }) => (n ? `${n.toLocaleString("en")} characters` : null);

function mark(source, text, marks) {
  const made = element("mark", { className: "source" }, shown(text(source.start, source.end)));
  for (const bullet of source.bullets) marks[bullet].push(made);
  return made;
}

/** Split a line into the spans of its blocks; none ends within a source sentence. */
function* parts(line, mine) {
  let start = line.start;
  while (line.end - start > MAX_BLOCK_CHARS) {
    let end = start + MAX_BLOCK_CHARS;
    const across = mine.find((source) => source.start < end && source.end > end);
    if (across) end = across.end;
    yield [start, end];
    start = end;
  }
  yield [start, line.end];
}

/** The source sentences of all bullets, in order, each with the indexes of its bullets. */
function sourcesOf(bullets) {
  const found = new Map();
  bullets.forEach((bullet, index) => {
    for (const { start, end } of bullet.sources) {
      if (!found.has(start)) found.set(start, { start, end, bullets: [] });
      found.get(start).bullets.push(index);
    }
  });
  return [...found.values()].sort((a, b) => a.start - b.start);
}

/**
 * A function that slices a text by code points, as the service counts them; JavaScript counts
 * those beyond U+FFFF twice.
 */
function sliceable(text) {
  const pairs = Array.from(text.matchAll(/[\ud800-\udbff][\udc00-\udfff]/g), (match) => match.index);
  if (!pairs.length) return (start, end) => text.slice(start, end);
  // The n-th pair begins at code point pairs[n] - n: count the pairs that begin before a place.
  const unit = (point) => {
    let low = 0;
    let high = pairs.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (pairs[middle] - middle < point) low = middle + 1;
      else high = middle;
    }
    return point + low;
  };
  return (start, end) => text.slice(unit(start), unit(end));
}
