// The page's main module: choose the view, and run one summary from request to result or error.

import { showEditions } from "./editions.js";
import { get, keep, summarize, Trouble } from "./server.js";
import { detach, sourceOf, take } from "./source.js";
import { hideSummary, showSummary } from "./summary.js";
import { counted, element, shown } from "./text.js";

const $ = (id) => document.getElementById(id);

const SAYING = {
  sending: () => "Sending",
  fetching: () => "Fetching the page",
  waiting: ({ wait_s: s }) => (s ? `Waiting for the model, about ${Math.ceil(s)} s` : "Waiting for the model"),
  cleaning: () => "Cleaning the page",
  writing: () => "Writing the bullets",
};

let running = null;
let again = null; // What to do once a key is given.
let about = { models: [] };

// --- one summary -------------------------------------------------------------------------------

async function run() {
  clearError();
  let source;
  try {
    source = sourceOf();
    checkBullets();
  } catch (trouble) {
    return fail(trouble, $("error"), null);
  }
  running?.abort();
  running = new AbortController();
  const { signal } = running;
  const request = { ...source.request, bullets: Number($("bullets").value), length: $("length").value };
  if ($("model").value) request.model = $("model").value;
  hideSummary();
  work(source);
  try {
    const summary = await summarize(request, tell, signal);
    if (summary.error) throw new Trouble(summary.error.problem, summary.error.remedy, { status: 422 });
    work(null);
    fold(source.about);
    say(`Done: ${counted(summary.bullets.length, "bullet")}.`);
    await showSummary(summary);
  } catch (error) {
    if (signal.aborted) return;
    work(null);
    fail(error, $("error"), run);
  }
}

function checkBullets() {
  const { min, max, value, validity } = $("bullets");
  if (value && validity.valid) return;
  $("bullets").focus();
  throw new Trouble(`Bullets: ${value || "no number"}.`, `Give a whole number from ${min} to ${max}.`);
}

function tell(event) {
  const rows = [...$("phases").children];
  const at = rows.findIndex((row) => row.dataset.phase === event.phase);
  if (at < 0) return;
  const words = SAYING[event.phase](event);
  rows.forEach((row, place) => {
    row.className = place < at ? "done" : place === at ? "now" : "";
    row.ariaCurrent = place === at ? "step" : null;
  });
  rows[at].lastChild.textContent = words;
  say(`${words}…`);
}

/** Show the progress of a summary with its coming phases; `null` when none is in progress. */
function work(source) {
  const busy = source !== null;
  $("progress").hidden = !busy;
  $("go").disabled = busy;
  if (!busy) return;
  const phases = Object.keys(SAYING).filter((phase) => phase !== "fetching" || source.request.url);
  $("phases").replaceChildren(
    ...phases.map((phase) =>
      element("li", { "data-phase": phase }, element("span", { className: "dot" }), element("span", {}, SAYING[phase]({}))),
    ),
  );
  $("progress").scrollIntoView({ block: "nearest" });
}

function stop() {
  running?.abort();
  work(null);
  say("Cancelled.");
  $("go").focus();
}

/** Fold the input away once it is summarized: the cleaned article is shown below. */
function fold(what) {
  $("summarize").classList.toggle("folded", what !== null);
  $("source").hidden = what !== null;
  $("kept").hidden = what === null;
  $("kept-about").textContent = shown(what ?? "");
  $("go").textContent = what === null ? "Summarize" : "Summarize again";
}

const say = (words) => ($("status").textContent = words);

// --- errors ------------------------------------------------------------------------------------

function clearError() {
  $("error").replaceChildren();
  $("edition-error").replaceChildren();
}

function fail(error, place, retry) {
  if (!(error instanceof Trouble)) throw error;
  const remedy = error.retryAfterS ? `try again in ${counted(error.retryAfterS, "second")}` : error.remedy;
  say("");
  const box = element(
    "div",
    { className: "error" },
    element("p", { className: "problem" }, shown(sentence(error.problem))),
    element("p", {}, shown(sentence(remedy))),
  );
  if (error.status === 401) {
    again = retry;
    $("key-form").hidden = false;
    $("key").focus();
  } else if (retry && (!error.status || error.status === 429 || error.status >= 500)) {
    const button = element("button", { type: "button" }, "Try again");
    button.addEventListener("click", () => retry());
    box.append(button);
  }
  place.replaceChildren(box);
  box.scrollIntoView({ block: "nearest" });
}

/** Make a sentence of a message: the service writes clauses. A name at the start is kept. */
function sentence(clause) {
  const begun = clause.replace(/^[a-z]+(?=[ ,;])/, (word) => word[0].toUpperCase() + word.slice(1));
  return /[\p{L}\p{N})”]$/u.test(begun) ? `${begun}.` : begun;
}

$("key-form").addEventListener("submit", (event) => {
  event.preventDefault();
  keep($("key").value);
  $("key").value = "";
  $("key-form").hidden = true;
  clearError();
  (again ?? start)();
});

// --- the form ----------------------------------------------------------------------------------

$("composer").addEventListener("submit", (event) => {
  event.preventDefault();
  run();
});
$("composer").addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) run();
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !$("progress").hidden) stop();
});
$("cancel").addEventListener("click", stop);
$("edit").addEventListener("click", () => {
  fold(null);
  ($("writing").hidden ? $("detach") : $("text")).focus();
});
$("new").addEventListener("click", () => {
  fold(null);
  hideSummary();
  detach();
  clearError();
  $("text").value = $("url").value = "";
  $("text").focus();
});

async function takeFile(file) {
  clearError();
  try {
    await take(file, about.max_body_bytes);
    fold(null);
    $("detach").focus();
  } catch (error) {
    fail(error, $("error"), null);
  }
}

$("file").addEventListener("change", () => {
  const [file] = $("file").files;
  if (file) takeFile(file);
  $("file").value = "";
});
// Without these, a file dropped beside the form would replace the page; dragged text is left to
// the browser.
const bringsFile = (event) => event.dataTransfer.types.includes("Files");
addEventListener("dragover", (event) => {
  if (!bringsFile(event)) return;
  event.preventDefault();
  $("composer").classList.add("over");
});
addEventListener("dragleave", (event) => {
  if (!event.relatedTarget) $("composer").classList.remove("over");
});
addEventListener("drop", (event) => {
  if (!bringsFile(event)) return;
  event.preventDefault();
  $("composer").classList.remove("over");
  takeFile(event.dataTransfer.files[0]);
});

function describeModel() {
  const card = about.models.find(({ name }) => name === $("model").value);
  $("model-about").textContent = card ? shown(card.about) : "";
}
$("model").addEventListener("change", describeModel);

async function start() {
  try {
    about = await get("v1/models");
  } catch (error) {
    return fail(error, $("error"), start);
  }
  clearError();
  $("model").replaceChildren(
    ...about.models.map(({ name }) => element("option", { value: name, selected: name === about.default }, shown(name))),
  );
  $("bullets").max = about.max_bullets;
  $("bullets").value = about.bullets;
  $("length").replaceChildren(
    ...about.lengths.map((length) => element("option", { selected: length === about.length }, length)),
  );
  $("address").hidden = !about.allow_url;
  describeModel();
}

// --- views -------------------------------------------------------------------------------------

async function route(event) {
  const [view, date] = location.hash.slice(1).split("/");
  if (!["", "summarize", "editions"].includes(view)) return;
  const name = view || "summarize";
  for (const part of document.querySelectorAll(".view")) part.hidden = part.id !== name;
  for (const tab of document.querySelectorAll(".masthead nav a")) {
    if (tab.hash === `#${name}`) tab.setAttribute("aria-current", "page");
    else tab.removeAttribute("aria-current");
  }
  document.title = `${name === "editions" ? "Editions" : "Summarize"} · brief`;
  if (event) $(name).querySelector("h1").focus();
  if (name !== "editions") return;
  $("edition-error").replaceChildren();
  try {
    await showEditions(date && decodeURIComponent(date));
  } catch (error) {
    fail(error, $("edition-error"), route);
  }
}

addEventListener("hashchange", route);
route();
start();
