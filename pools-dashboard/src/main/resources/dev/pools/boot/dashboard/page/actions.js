// What can be done with a pool, a task or a lease, if the endpoint is open for it.

import { perform } from "./api.js";
import { announce, el } from "./dom.js";

const OF_POOL = {
  advanced: [{ action: "drain", label: "Drain", tip: "Notes in the events when all tasks that are submitted now have ended." }],
  connection: [
    { action: "suspend", label: "Suspend", confirm: "Suspend this pool? Callers then wait until it is resumed." },
    { action: "resume", label: "Resume" },
    { action: "soft-evict", label: "Replace connections", confirm: "Close each connection as soon as it is not in use, and open new ones?" },
    { action: "maintain", label: "Maintain now", tip: "Runs the maintenance now: checks, expiry and refill." },
  ],
};

/** The buttons of a pool. */
export function poolActions(pool, done) {
  return OF_POOL[pool.kind].map((action) => button(action, () => perform(pool, action.action), done));
}

const OF_ITEM = {
  INTERRUPT: { action: "interrupt", label: "Interrupt", part: "tasks", confirm: "Interrupt the thread of this task?" },
  CANCEL: { action: "cancel", label: "Cancel", part: "tasks", confirm: "Cancel this task before it starts?" },
  EVICT: { action: "evict", label: "Evict", part: "leases", tip: "Closes the connection when the lease ends." },
  REVOKE: { action: "revoke", label: "Revoke", part: "leases", confirm: "End this lease now? Its holder loses the connection." },
};

/** The button of a task or lease. */
export function itemAction(pool, which, id, done) {
  const action = OF_ITEM[which];
  return button(action, () => perform(pool, action.part, id, action.action), done);
}

function button({ action, label, confirm: question, tip }, run, done) {
  const element = el("button", { type: "button", text: label, title: tip, data: { action } });
  element.addEventListener("click", async () => {
    if (question && !window.confirm(question)) {
      return;
    }
    element.disabled = true;
    try {
      const { finished } = await run();
      announce(`${label}: ${finished === false ? "started" : "done"}.`);
      done();
    } catch (failure) {
      announce(failure.message, true);
    } finally {
      element.disabled = false;
    }
  });
  return element;
}
