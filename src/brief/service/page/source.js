// Read the form's input: pasted text, a dropped or chosen file, or a web address.

import { counted } from "./text.js";
import { Trouble } from "./server.js";

const $ = (id) => document.getElementById(id);

// A text field of a megabyte makes every key press slow, so a longer paste is kept aside, like a file.
const MAX_TYPED_CHARS = 100_000;

const HTML = /^\s*(?:<\?xml[^>]*>\s*)?(?:<!--[\s\S]*?-->\s*)*<(?:!doctype html|html|head|body|article)\b/i;
const DECLARED = /<meta[^>]{1,400}?charset\s*=\s*["']?\s*([\w:.-]+)|<\?xml[^>]{1,100}?encoding=["']([\w.-]+)/i;
const BINARY = [
  ["%PDF-", "a PDF", "Convert it to text first, for example with pdftotext."],
  ["PK\u0003\u0004", "a ZIP or an office document", "Save it as plain text first."],
  ["\u00d0\u00cf\u0011\u00e0", "an office document", "Save it as plain text first."],
  ["{\\rtf", "an RTF document", "Save it as plain text first."],
];

let attached = null;

/** The request's part with the article, and a description of it for the page. Throws a `Trouble`. */
export function sourceOf() {
  const text = $("text").value;
  const url = $("url").value.trim();
  if (url && (attached || text.trim())) {
    throw new Trouble("There is both an article and a web address.", "Clear one of them.");
  }
  if (attached) return { request: { [attached.kind]: attached.text }, about: `${attached.name}, ${attached.about}` };
  if (url) return { request: { url }, about: url };
  if (!text.trim()) {
    throw new Trouble("There is nothing to summarize.", "Paste an article or choose a file.");
  }
  return {
    request: { [HTML.test(text) ? "html" : "text"]: text.toWellFormed() },
    about: `Pasted text, ${counted(text.length, "character")}`,
  };
}

export function detach() {
  attached = null;
  $("attached").hidden = true;
  $("writing").hidden = false;
}

function attach(name, text, about, kind) {
  attached = { name, text: text.toWellFormed(), about, kind };
  $("attached-name").textContent = name;
  $("attached-about").textContent = about;
  $("attached").hidden = false;
  $("writing").hidden = true;
  $("text").value = "";
}

/** Take a file as the article. Throws a `Trouble` if it is not text. */
export async function take(file, maxBytes) {
  if (maxBytes && file.size > maxBytes) {
    throw new Trouble(
      `${file.name}: ${counted(file.size, "byte")}, and this server takes at most ${maxBytes.toLocaleString("en")}.`,
      "Give the article alone, without the rest of the page.",
    );
  }
  const bytes = new Uint8Array(await file.arrayBuffer());
  const head = String.fromCharCode(...bytes.subarray(0, 4096));
  for (const [start, what, remedy] of BINARY) {
    if (head.startsWith(start)) throw new Trouble(`${file.name}: not text or HTML but ${what}.`, remedy);
  }
  const [text, charset] = decoded(bytes, head);
  if (text === null || (text.match(/[\u0000-\u0008\u000e-\u001a]/g) ?? []).length > text.length / 100) {
    throw new Trouble(`${file.name}: not text or HTML.`, "Save it as plain text in UTF-8 first.");
  }
  if (!text.trim()) throw new Trouble(`${file.name}: empty.`, "Choose another file.");
  const about = counted(text.length, "character") + (charset === "utf-8" ? "" : `, read as ${charset}`);
  attach(file.name, text, about, /\.x?html?$/i.test(file.name) || HTML.test(text) ? "html" : "text");
}

/** Decode by byte order mark, else as UTF-8, else by the page's declaration, else Windows-1252. */
function decoded(bytes, head) {
  const marked = { "\u00ff\u00fe": "utf-16le", "\u00fe\u00ff": "utf-16be" }[head.slice(0, 2)];
  const declared = DECLARED.exec(head);
  for (const charset of [marked ?? "utf-8", declared?.[1] ?? declared?.[2], "windows-1252"]) {
    try {
      return [new TextDecoder(charset, { fatal: true }).decode(bytes), charset];
    } catch {
      continue; // Not in this charset, or no such charset.
    }
  }
  return [null, null];
}

$("text").addEventListener("paste", (event) => {
  const text = event.clipboardData?.getData("text/plain") ?? "";
  if (text.length <= MAX_TYPED_CHARS) return;
  event.preventDefault();
  attach("Pasted text", text, counted(text.length, "character"), HTML.test(text) ? "html" : "text");
  $("detach").focus();
});

$("detach").addEventListener("click", () => {
  detach();
  $("text").focus();
});
