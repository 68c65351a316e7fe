"use strict";
(() => {
  const form = document.getElementById("browse");
  const list = document.getElementById("list");
  const [sort, find, failed, count] = ["sort", "find", "failed", "count"].map((id) => document.getElementById(id));
  const examples = [...list.children].map((element) => ({
    element,
    text: element.querySelector("summary").textContent.toLowerCase(),
    place: Number(element.dataset.place),
    dispute: Number(element.dataset.dispute),
    doubts: Number(element.dataset.doubts),
    failed: Number(element.dataset.failed),
    // What has no score comes last, whatever the order.
    scores: element.dataset.scores.split(",").map((score) => (score === "" ? Infinity : Number(score))),
  }));
  const orders = {
    dispute: (a, b) => b.dispute - a.dispute,
    place: () => 0,
    doubts: (a, b) => b.doubts - a.doubts,
  };
  const byScore = (system) => (a, b) =>
    a.scores[system] === b.scores[system] ? 0 : a.scores[system] - b.scores[system];

  function browse() {
    const order = orders[sort.value] || byScore(Number(sort.value.slice("low-".length)));
    const wanted = find.value.trim().toLowerCase();
    let shown = 0;
    examples.sort((a, b) => order(a, b) || a.place - b.place);
    for (const example of examples) {
      const hidden = !example.text.includes(wanted) || (failed.checked && !example.failed);
      example.element.hidden = hidden;
      shown += hidden ? 0 : 1;
      list.append(example.element);
    }
    count.textContent = `${shown} of ${examples.length} shown`;
  }

  form.hidden = false;
  form.addEventListener("submit", (event) => event.preventDefault());
  for (const control of [sort, find, failed]) control.addEventListener("input", browse);
  browse();
})();
