"use strict";

const REFRESH_MILLIS = 2000;

const METRICS = {
  thumbnails: {
    "Workers": "pools.advanced.workers",
    "Busy": "pools.advanced.active",
    "Queued": "pools.advanced.qsize",
    "Idle": "pools.advanced.idle",
    "Done": "pools.advanced.tasks&tag=outcome:completed",
    "Failed": "pools.advanced.tasks&tag=outcome:failed",
  },
  database: {
    "Open": "pools.connection.size",
    "In use": "pools.connection.in.use",
    "Idle": "pools.connection.idle",
    "Waiting": "pools.connection.waiting",
    "Leases": "pools.connection.acquired",
    "Timeouts": "pools.connection.timeouts",
  },
};

const byId = (id) => document.getElementById(id);

function element(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

async function ask(path, options) {
  const response = await fetch(path, options);
  const body = await response.json();
  // The health endpoint answers 503 with a complete body when a component is down.
  if (!response.ok && !body.components) {
    throw new Error(body.detail ?? `${response.status} for ${path}`);
  }
  return body;
}

// ---- Pictures

let shown = "";

async function showPictures() {
  const pictures = await ask("pictures");
  const ids = pictures.map((picture) => picture.id).join();
  if (ids !== shown) {
    shown = ids;
    byId("gallery").replaceChildren(...pictures.map(card));
  }
  for (const picture of pictures) {
    byId(`widths-${picture.id}`).textContent =
      picture.thumbnails.length === 1 ? "1 thumbnail" : `${picture.thumbnails.length} thumbnails`;
  }
}

function card(picture) {
  return element("li", {},
    element("img", { src: `pictures/${picture.id}/thumbnail?width=320`, alt: picture.name, loading: "lazy" }),
    element("strong", {}, picture.name),
    element("small", {}, `${picture.width} × ${picture.height} `),
    element("small", { id: `widths-${picture.id}` }));
}

// ---- Batches and the journal

async function showBatches() {
  const batches = await ask("batches");
  byId("batches").replaceChildren(...batches.map((batch) => {
    const ended = batch.made + batch.failed;
    const failed = batch.failed > 0 ? `, ${batch.failed} failed` : "";
    return element("tr", {},
      element("th", { scope: "row" }, `${batch.id}`),
      element("td", {}, element("progress", { max: batch.total || 1, value: batch.total ? ended : 1, ariaLabel: `Batch ${batch.id}` })),
      element("td", { className: "number" }, `${batch.made} of ${batch.total}${failed}`));
  }));
}

async function showJournal() {
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

// ---- Pools

async function showPool(pool) {
  const readings = await Promise.all(Object.entries(METRICS[pool]).map(async ([label, metric]) => {
    const [name, more] = metric.split("&");
    const query = `tag=pool:${pool}${more ? `&${more}` : ""}`;
    const { measurements } = await ask(`actuator/metrics/${name}?${query}`);
    return [label, measurements[0].value];
  }));
  byId(pool).replaceChildren(...readings.map(([label, value]) =>
    element("div", {}, element("dt", {}, label), element("dd", {}, value.toLocaleString("en")))));
}

async function showHealth() {
  const { status } = (await ask("actuator/health")).components.pools;
  byId("health").className = status === "UP" ? "" : "bad";
  byId("health").replaceChildren("Both pools together are ", element("strong", {}, status), ".");
}

// ---- Refresh and forms

async function refresh() {
  try {
    await Promise.all([showPictures(), showBatches(), showJournal(), showPool("thumbnails"), showPool("database"), showHealth()]);
  } catch (failure) {
    byId("health").className = "bad";
    byId("health").textContent = `No answer: ${failure.message}`;
  } finally {
    setTimeout(refresh, REFRESH_MILLIS);
  }
}

function onSubmit(form, note, send) {
  byId(form).addEventListener("submit", async (event) => {
    event.preventDefault();
    byId(note).className = "";
    byId(note).textContent = "Sending …";
    try {
      byId(note).textContent = await send(event.target);
    } catch (failure) {
      byId(note).className = "bad";
      byId(note).textContent = failure.message;
    }
  });
}

onSubmit("upload", "upload-note", async (form) => {
  const picture = await ask("pictures", { method: "POST", body: new FormData(form) });
  form.reset();
  await showPictures();
  return `Added ${picture.name}, ${picture.width} × ${picture.height}.`;
});

onSubmit("batch", "batch-note", async (form) => {
  const widths = form.elements.widths.value.replaceAll(" ", "");
  const batch = await ask(`batches?widths=${encodeURIComponent(widths)}`, { method: "POST" });
  await showBatches();
  return `Batch ${batch.id} is accepted.`;
});

refresh();
