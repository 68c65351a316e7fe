// The service's API, as this page uses it. Addresses are relative, so that the page works behind
// a proxy's prefix.

const KEY = "brief-api-key";

/** What went wrong, and what the reader can do about it. */
export class Trouble extends Error {
  constructor(problem, remedy, { status = 0, retryAfterS = null } = {}) {
    super(problem);
    Object.assign(this, { problem, remedy, status, retryAfterS });
  }
}

const BY_STATUS = {
  401: ["The server wants an API key, or another one.", "Give it above; whoever runs the server has it."],
  404: ["The server has no such thing.", "Is it the same version as this page? Reload the page."],
  413: ["The article is larger than this server accepts.", "Give the article alone, without the rest of the page."],
  422: ["The server cannot work with this input.", "Check the text and the settings."],
  429: ["The server is busy with other articles.", "Try again in a moment."],
  500: ["The server failed at this article.", "Its log says why; the other articles are not affected."],
  502: ["The page could not be fetched.", "Open it in a browser and paste its text here."],
  503: ["The server is not ready.", "It may be starting; try again in a moment."],
  504: ["The server took too long.", "Try again, or give a shorter article."],
};

export const keep = (key) => sessionStorage.setItem(KEY, key);

/** One JSON answer. */
export async function get(path, signal) {
  return (await ask(path, { signal })).json();
}

/**
 * Summarize, reporting each phase as it begins.
 *
 * @param {object} request Body of `POST /v1/summarize`.
 * @param {(phase: object) => void} tell Called with `{"phase": …}`.
 * @returns The summary object.
 */
export async function summarize(request, tell, signal) {
  tell({ phase: "sending" });
  const response = await ask("v1/summarize", {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/x-ndjson" },
    body: JSON.stringify({ ...request, include_text: true }),
    signal,
  });
  for await (const event of events(response)) {
    if (event.phase === "done") return event.summary;
    if (event.phase === "failed") throw trouble(event.status, event.error, null);
    tell(event);
  }
  throw new Trouble("The server broke off before the summary was complete.", "Try again.", { status: 503 });
}

async function* events(response) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let begun = [];
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      // The last line may have megabytes: join its parts only once, when it is complete.
      const [first, ...others] = value.split("\n");
      begun.push(first);
      for (const next of others) {
        yield JSON.parse(begun.join(""));
        begun = [next];
      }
    }
  } catch (error) {
    throw error.name === "AbortError" ? error : gone();
  }
}

async function ask(path, options) {
  const headers = new Headers(options.headers);
  const key = sessionStorage.getItem(KEY);
  if (key) headers.set("Authorization", `Bearer ${key}`);
  let response;
  try {
    response = await fetch(path, { ...options, headers, cache: "no-store" });
  } catch (error) {
    throw error.name === "AbortError" ? error : gone();
  }
  if (response.ok) return response;
  const answer = await response.json().catch(() => null);
  throw trouble(response.status, answer?.error, Number(response.headers.get("Retry-After")) || null);
}

function trouble(status, error, retryAfterS) {
  const [problem, remedy] = BY_STATUS[status] ?? [`The server answered ${status}.`, "Try again."];
  // The service's message on keys is meant for programs (it names headers), so use our own.
  const said = status === 401 ? null : error;
  return new Trouble(said?.problem || problem, said?.problem ? said.remedy || "" : remedy, {
    status,
    retryAfterS,
  });
}

const gone = () =>
  new Trouble(
    "The server does not answer.",
    `Check that “brief serve” is running at ${location.host} and that you are connected, then try again.`,
  );
