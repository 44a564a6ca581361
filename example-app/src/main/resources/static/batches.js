// Batches with their progress, and the journal of who went first.

import { ask, byId, element, onSubmit, post, repeat, report } from "./api.js";

const READ_MILLIS = 1000;
const IDLE_READ_MILLIS = 5000;
const rows = new Map();
let open = true;

/** Why elements of a batch have failed, read when a visitor opens the list. */
function failures(id) {
  const title = element("summary");
  const list = element("ul");
  const part = element("details", { className: "failures", hidden: true }, title, list);
  part.addEventListener("toggle", async () => {
    if (part.open) {
      list.replaceChildren(...await readFailures(id));
    }
  });
  return { part, title };
}

async function readFailures(id) {
  try {
    const failed = await ask(`batches/${id}/failures`);
    return failed.map(({ picture, width, reason }) => element("li", {}, `${picture}, width ${width}: ${reason}`));
  } catch (failure) {
    return [element("li", { className: "bad" }, failure.message)];
  }
}

function row(batch) {
  const bar = element("progress", { ariaLabel: `Batch ${batch.id}` });
  const made = element("td", { className: "number" });
  const cancel = element("button", { type: "button", className: "second", ariaLabel: `Cancel batch ${batch.id}` },
    "Cancel");
  cancel.addEventListener("click", () => report("batch-note", async () => {
    const { cancelled } = await post(`batches/${batch.id}/cancel`);
    await read();
    return `Batch ${batch.id} is cancelled: ${cancelled} thumbnails are not made.`;
  }));
  const failed = failures(batch.id);
  const item = element("tr", {}, element("th", { scope: "row" }, `${batch.id}`), element("td", {}, bar, failed.part),
    made, element("td", {}, cancel));
  return { item, bar, made, cancel, failed };
}

function show(batch) {
  const { bar, made, cancel, failed } = rows.get(batch.id);
  const ended = batch.made + batch.failed + batch.cancelled;
  const more = [[batch.failed, "failed"], [batch.cancelled, "cancelled"]].filter(([number]) => number > 0);
  bar.max = batch.total || 1;
  bar.value = batch.total ? ended : 1;
  made.textContent = [`${batch.made} of ${batch.total}`, ...more.map(([number, word]) => `${number} ${word}`)].join(", ");
  failed.part.hidden = batch.failed === 0;
  failed.title.textContent = batch.failed === 1 ? "Why 1 has failed" : `Why ${batch.failed} have failed`;
  if (ended === batch.total && document.activeElement === cancel) {
    // A button that is hidden would take the focus with it.
    cancel.closest("[tabindex]").focus();
  }
  cancel.hidden = ended === batch.total;
  return ended < batch.total;
}

async function readBatches() {
  const batches = await ask("batches");
  for (const [id, { item }] of rows) {
    if (!batches.some((batch) => batch.id === id)) {
      item.remove();
      rows.delete(id);
    }
  }
  for (const batch of batches.toReversed()) {
    if (!rows.has(batch.id)) {
      rows.set(batch.id, row(batch));
      byId("batches").prepend(rows.get(batch.id).item);
    }
  }
  open = batches.map(show).some((unfinished) => unfinished);
}

async function readJournal() {
  const journal = await ask("thumbnails");
  byId("journal").replaceChildren(...journal.map(({ picture, width, origin }) => {
    const person = origin.urgency === "PERSON";
    return element("tr", { className: person ? "person" : "" },
      element("td", {}, picture),
      element("td", { className: "number" }, `${width}`),
      element("td", {}, person ? "a person" : "a batch"),
      element("td", { className: "number" }, `${origin.waitedMillis} ms`),
      element("td", { className: "number" }, person ? `${origin.overtook}` : ""));
  }));
}

let read;

export function startBatches() {
  read = repeat(async () => {
    await readBatches();
    await readJournal();
    byId("batches-trouble").textContent = "";
  }, () => (open ? READ_MILLIS : IDLE_READ_MILLIS), (failure) => {
    byId("batches-trouble").textContent = failure.message;
  });
  onSubmit("batch", "batch-note", async (form) => {
    const widths = form.elements.widths.value.replaceAll(" ", "");
    const batch = await post(`batches?widths=${encodeURIComponent(widths)}`);
    await read();
    return `Batch ${batch.id} is accepted, with ${batch.total} thumbnails.`;
  });
}
