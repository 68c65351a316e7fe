// Show the result: bullets with their remarks, beside the article that they come from.

import { countDropped, showArticle } from "./article.js";
import { copy } from "./clipboard.js";
import { counted, element, isolated, shown } from "./text.js";

const $ = (id) => document.getElementById(id);

// Remark code -> its label, and whether it says that something may be wrong.
const REMARKS = {
  replaced: ["The source’s own sentence", false],
  mended: ["Mended", false],
  resolved_pronoun: ["Name put in", false],
  dangling_pronoun: ["Unclear pronoun", true],
  poor: ["Says little", true],
  incomplete_text: ["Incomplete text", true],
  language: ["Language", true],
  fewer_bullets: ["Fewer bullets", true],
  fewer_checks: ["Fewer checks", true],
};

let bullets = [];
let blocks = {};
let marks = [];
let active = null;

/** Show a summary object and move the reader to it. */
export async function showSummary(summary) {
  ({ bullets, blocks } = summary);
  marks = [];
  active = null;
  $("result-heading").replaceChildren(isolated(summary.headline || "Summary"));
  $("dateline").replaceChildren(...dateline(summary));
  $("notices").replaceChildren(...summary.remarks.map(remarkRow));
  $("notices").hidden = !summary.remarks.length;
  $("bullet-list").replaceChildren(...bullets.map(bulletRow));
  $("about").replaceChildren(...about(summary));
  $("copied").textContent = "";
  $("copy-by-hand").hidden = true;
  const nDropped = countDropped(summary.lines);
  $("dropped-toggle").hidden = !nDropped;
  $("dropped-count").textContent = `Show ${counted(nDropped, "dropped line")}`;
  $("article").scrollTop = 0;
  $("result").hidden = false;
  $("result-heading").focus();
  marks = await showArticle($("article"), summary, badge);
  if (active !== null) light(active);
}

export function hideSummary() {
  $("result").hidden = true;
}

function dateline({ published, model }) {
  const said = published ? [element("time", { dateTime: published }, dated(published)), " · "] : [];
  return [...said, counted(bullets.length, "bullet"), " by ", isolated(model)];
}

function dated(published) {
  const day = /^\d{4}-\d{2}-\d{2}/.exec(published)?.[0];
  if (!day) return shown(published);
  const date = new Date(`${day}T00:00Z`);
  return Number.isNaN(date.valueOf())
    ? shown(published)
    : date.toLocaleDateString("en-GB", { dateStyle: "long", timeZone: "UTC" });
}

function remarkRow({ code, text }) {
  const [name, doubtful] = REMARKS[code] ?? [code.replaceAll("_", " "), true];
  return element("li", { className: doubtful ? "doubtful" : "note" }, element("b", {}, name), ": ", isolated(text));
}

function bulletRow(bullet, index) {
  const [first] = bullet.sources;
  const where = element(
    "button",
    { type: "button", className: "where", "aria-label": `Show the source of bullet ${index + 1} in the article` },
    "Show in the article",
  );
  const row = element(
    "li",
    { id: `bullet-${index}`, "data-bullet": index },
    element("p", { className: "bullet" }, isolated(bullet.text)),
    bullet.remarks.length
      ? element("ul", { className: "remarks", "aria-label": `Remarks on bullet ${index + 1}` }, ...bullet.remarks.map(remarkRow))
      : null,
    element(
      "div",
      { className: "trace" },
      first ? where : null,
      element(
        "details",
        {},
        element("summary", {}, `Source and support`, element("span", { className: "visually-hidden" }, ` of bullet ${index + 1}`)),
        ...bullet.sources.map(({ sentence }) => element("blockquote", { dir: "auto" }, shown(sentence))),
        element("p", { className: "hint" }, supportOf(bullet)),
      ),
    ),
  );
  where.addEventListener("click", () => reveal(index));
  row.addEventListener("mouseenter", () => light(index));
  row.addEventListener("mouseleave", () => light(focused()));
  row.addEventListener("focusin", () => light(index));
  row.addEventListener("focusout", () => light(null));
  return row;
}

function supportOf({ support }) {
  if (support === null) return "Support cannot be told: the bullet is too short.";
  return `Support ${support.toFixed(2)}: the share of its word pairs that stand in the source. It measures copying, not truth.`;
}

function about({ chunks, model, signature, timings, id }) {
  const sentences = (some) => some.reduce((n, chunk) => n + chunk.focus.length, 0);
  const read = chunks.filter((chunk) => chunk.scored);
  const rows = [
    ["Model", model],
    ["Read by the model", `${sentences(read).toLocaleString("en")} of ${counted(sentences(chunks), "sentence")}`],
    ...Object.entries(timings ?? {}).map(([phase, s]) => [phase.replace(/_s$/, ""), `${s.toFixed(2)} s`]),
    ["Signature", signature],
  ];
  return rows.flatMap(([name, value]) => [element("dt", {}, name), element("dd", {}, isolated(value))]);
}

/** The bullet numbers after a source sentence; each links back to its bullet. */
function badge(indexes) {
  const numbers = indexes.map((index) => {
    const number = element("button", { type: "button", "data-bullet": index, "aria-label": `Back to bullet ${index + 1}` }, String(index + 1));
    number.addEventListener("click", () => $(`bullet-${index}`).querySelector("button").focus());
    number.addEventListener("mouseenter", () => light(index));
    number.addEventListener("mouseleave", () => light(focused()));
    number.addEventListener("focus", () => light(index));
    number.addEventListener("blur", () => light(null));
    return number;
  });
  return element("span", { className: "badge" }, ...numbers);
}

/** Mark a bullet's source sentences, and the bullet; `null` marks none. */
function light(index) {
  active = index;
  for (const lit of document.querySelectorAll(".lit")) lit.classList.remove("lit");
  if (index === null) return;
  $(`bullet-${index}`).classList.add("lit");
  for (const mark of marks[index] ?? []) mark.classList.add("lit");
  const [first] = marks[index] ?? [];
  const pane = $("article");
  // Scroll only an article beside the bullets; if it is below them, hovering must not move the page.
  if (first && pane.scrollHeight > pane.clientHeight + 1 && !seenIn(pane, first)) {
    pane.scrollTo({ top: first.offsetTop - pane.clientHeight / 3, behavior: motion() });
  }
}

/** Index of the bullet with the keyboard focus, in the list or in the article. */
function focused() {
  const at = document.activeElement?.closest("[data-bullet]");
  return at ? Number(at.dataset.bullet) : null;
}

function reveal(index) {
  const [first] = marks[index] ?? [];
  if (!first) return;
  if (getComputedStyle($("article")).overflowY !== "visible") return;
  first.scrollIntoView({ block: "center", behavior: motion() });
  first.nextElementSibling.querySelector("button").focus({ preventScroll: true });
}

function seenIn(pane, mark) {
  const [outer, inner] = [pane.getBoundingClientRect(), mark.getBoundingClientRect()];
  return inner.top >= outer.top && inner.bottom <= outer.bottom;
}

const motion = () => (matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth");

for (const button of document.querySelectorAll("[data-copy]")) {
  button.addEventListener("click", async () => {
    const text = blocks[button.dataset.copy];
    const done = await copy(text);
    $("copied").textContent = done ? `Copied as ${button.textContent}.` : "";
    $("copy-by-hand").hidden = done;
    if (done) return;
    $("copy-text").value = text;
    $("copy-text").focus();
    $("copy-text").select();
  });
}

$("show-dropped").addEventListener("change", (event) => {
  $("article").classList.toggle("without-dropped", !event.target.checked);
});
