// The panel that sends load, breaks the database and resizes the pool. The tour uses the same requests.

import { ask, byId, element, onClick, onSubmit, post } from "./api.js";
import { onFigures, seconds } from "./live.js";

export const sendLoad = (people, batch) => post(`playground/load?people=${people}&batch=${batch}`);
export const stopLoad = () => post("playground/load/stop");
export const slowDatabase = (millis) => post(`playground/database/slow?millis=${millis}`);
export const breakDatabase = () => post("playground/database/break");
export const repairDatabase = () => post("playground/database/repair");
export const askAdvice = (workers) => ask(`playground/advice?workers=${workers}`);
export const setWorkers = (max) => post(`playground/workers?max=${max}`);

const COUNTS = [
  ["Asked for, per second", (kind) => `${kind.perSecond}`],
  ["Answer takes, half of the tasks", (kind) => (kind.lastSeconds.answers ? seconds(kind.lastSeconds.medianMillis) : "–")],
  ["Answer takes, at most", (kind) => (kind.lastSeconds.answers ? seconds(kind.lastSeconds.worstMillis) : "–")],
  ["Open", (kind) => `${kind.open}`],
  ["Done", (kind) => `${kind.completed}`],
  ["Failed", (kind) => `${kind.failed}`],
  ["Expired in the queue", (kind) => `${kind.expired}`],
  ["Held back", (kind) => `${kind.heldBack}`],
  ["Cancelled", (kind) => `${kind.cancelled}`],
];

const BUTTONS = { HEALTHY: "repair", SLOW: "slow", BROKEN: "break" };

function show({ playground, load, faults }) {
  byId("load").hidden = !playground;
  byId("load-state").textContent = load.running
    ? `Sending. It ends by itself in ${load.endsInSeconds} s.`
    : "Nothing is sent.";
  byId("load-counts").replaceChildren(...COUNTS.map(([label, text]) =>
    element("tr", {}, element("th", { scope: "row" }, label),
      element("td", { className: "number" }, text(load.people)),
      element("td", { className: "number" }, text(load.batch)))));
  for (const [mode, button] of Object.entries(BUTTONS)) {
    byId(button).ariaPressed = `${faults.mode === mode}`;
  }
}

/** A number of a field, if the browser accepts it. */
function number(id) {
  const field = byId(id);
  if (!field.reportValidity()) {
    throw new Error(`Enter a whole number from ${field.min} to ${field.max}.`);
  }
  return field.value;
}

export function startLoadPanel(readNow) {
  onFigures(show);
  onSubmit("load-form", "load-note", async () => {
    await sendLoad(number("people"), number("batch-rate"));
    readNow();
  });
  onClick("load-stop", "load-note", async () => {
    await stopLoad();
    readNow();
    return "Stopped. Open tasks are cancelled.";
  });

  byId("faults").addEventListener("submit", (event) => event.preventDefault());
  onClick("repair", "faults-note", async () => {
    await repairDatabase();
    readNow();
    return "The database works. The pool notices by itself.";
  });
  onClick("slow", "faults-note", async () => {
    const { delayMillis } = await slowDatabase(number("delay"));
    readNow();
    return `Each call of the database takes ${delayMillis} ms longer.`;
  });
  onClick("break", "faults-note", async () => {
    await breakDatabase();
    readNow();
    return "All connections are broken, and new ones are refused.";
  });

  onSubmit("workers-form", "workers-note", async () => (await askAdvice(number("workers"))).sentence);
  onClick("workers-set", "workers-note", async () => {
    const { maxWorkers } = await setWorkers(number("workers"));
    readNow();
    return `The pool has at most ${maxWorkers} workers.`;
  });
}
