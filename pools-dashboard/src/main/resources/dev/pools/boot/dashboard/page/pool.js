// The view of one pool.

import { poolActions } from "./actions.js";
import { format } from "./address.js";
import { Advice } from "./advice.js";
import { readPart, RequestError, session } from "./api.js";
import { Charts } from "./charts.js";
import { announce, el, setText } from "./dom.js";
import { Events } from "./events.js";
import { absence, badge, exists, kindOf, moodOf } from "./overview.js";
import { plotsOf } from "./plots.js";
import { Series } from "./series.js";
import { Settings } from "./settings.js";
import { Work } from "./work.js";

const REFRESH_MILLIS = 5000;
const WINDOWS = [[60, "1 min"], [300, "5 min"], [600, "10 min"]];

/** Shows a pool until it is closed. */
export class PoolView {
  #pool;
  #address;
  #series = new Series();
  #charts;
  #events = new Events();
  #advice;
  #work;
  #settings;
  #status = badge();
  #state = el("span", { class: "state" });
  #trouble = el("p", { class: "alert", hidden: true });
  #bar = el("div", { class: "tools", role: "group", "aria-label": "Time window" });
  #closed = new AbortController();
  #reading = null;
  #seeding = null;
  #mood = null;
  #refresher;
  /** What is shown of a pool that exists, and hidden as long as it does not. */
  #ofExisting;

  constructor(address) {
    this.#pool = { kind: address.kind, name: address.name };
    this.#address = address;
    this.#charts = new Charts(plotsOf(address.kind), (from, to) => this.#go({ from: 1000 * from, to: 1000 * to }));
    this.#advice = new Advice(this.#pool, () => this.refresh());
    this.#work = new Work(this.#pool, () => this.refresh());
    this.#settings = new Settings(this.#pool, () => this.refresh());
    this.heading = el("h2", { tabindex: "-1", text: address.name });
    const actions = session.writes ? poolActions(this.#pool, () => this.refresh()) : [];
    const buttons = actions.length > 0 ? [el("div", { class: "tools actions" }, ...actions)] : [];
    this.#ofExisting = [
      ...buttons,
      this.#bar,
      el("section", { "aria-label": "Plots" }, this.#charts.element),
      el("div", { class: "columns" }, this.#work.element, this.#events.element),
    ];
    this.element = el(
      "article",
      {},
      el("div", { class: "title" }, this.heading, this.#status, this.#state, el("span", { class: "kind", text: kindOf(address.kind) })),
      this.#trouble,
      this.#advice.element,
      ...this.#ofExisting,
      this.#settings.element);
    this.#showBar();
    this.#refresher = setInterval(() => document.hidden || this.#reading || this.refresh(), REFRESH_MILLIS);
  }

  /** Reads what no update brings. An earlier reading ends, because its answers may be older than a change. */
  async refresh() {
    this.#reading?.abort();
    this.#reading = new AbortController();
    const signal = AbortSignal.any([this.#closed.signal, this.#reading.signal]);
    const parts = [
      readPart(this.#pool, "events", signal).then((events) => this.#events.show(events)),
      this.#advice.refresh(signal),
      this.#work.refresh(signal),
      this.#settings.refresh(signal),
    ];
    const failed = (await Promise.allSettled(parts)).find(({ status }) => status === "rejected");
    if (signal.aborted) {
      return;
    }
    this.#reading = null;
    if (failed) {
      this.#tellFailure(failed.reason);
    }
    this.#draw();
  }

  #tellFailure(failure) {
    if (failure instanceof RequestError) {
      announce(failure.message, true);
    } else {
      console.error(failure);
    }
  }

  /** Reads the history of the server, which also fills the time in which the page was hidden. */
  async seed() {
    this.#seeding?.abort();
    this.#seeding = new AbortController();
    const signal = AbortSignal.any([this.#closed.signal, this.#seeding.signal]);
    try {
      this.#series.seed(await readPart(this.#pool, "history", signal));
    } catch {
      // The plots then begin now.
    }
    this.#draw();
  }

  /** Shows another time window. */
  setAddress(address) {
    this.#address = address;
    this.#showBar();
    this.#draw();
  }

  /** Shows an update. */
  update({ atMillis, pools, pool }) {
    const summary = pools.find(({ kind, name }) => kind === this.#pool.kind && name === this.#pool.name);
    this.#judge(summary ?? { status: "UNKNOWN", trouble: "This pool does not exist, or not any more." });
    const isThere = !summary || exists(summary);
    this.#ofExisting.forEach((element) => (element.hidden = !isThere));
    if (isThere && pool?.figures && pool.kind === this.#pool.kind && pool.name === this.#pool.name) {
      this.#series.add(atMillis, { ...pool.figures, ...pool.times });
    }
    this.#draw();
  }

  close() {
    clearInterval(this.#refresher);
    this.#closed.abort();
    this.#charts.destroy();
  }

  #judge(summary) {
    this.#status.update(summary);
    setText(this.#state, exists(summary) ? (summary.state ?? "") : "");
    const trouble = summary.trouble ?? absence(summary);
    this.#trouble.hidden = !trouble;
    setText(this.#trouble, trouble ?? "");
    const mood = moodOf(summary);
    this.#trouble.dataset.mood = mood;
    // Warnings come and go: only an outage and its end are told.
    if (this.#mood !== null && this.#mood !== mood && [this.#mood, mood].includes("bad")) {
      announce(`${this.#pool.name} is ${summary.status}. ${summary.trouble ?? ""}`, mood === "bad");
    }
    this.#mood = mood;
  }

  #span() {
    const { from, to, last } = this.#address;
    if (from && to) {
      return { from: from / 1000, to: to / 1000 };
    }
    const now = (this.#series.latest || Date.now()) / 1000;
    return { from: now - last, to: now };
  }

  #draw() {
    if (!this.#closed.signal.aborted && this.element.isConnected) {
      this.#charts.show(this.#series, this.#span(), this.#events.latest);
    }
  }

  #go(span) {
    location.hash = format({ ...this.#pool, ...span });
  }

  #showBar() {
    const { from, to, last } = this.#address;
    const isFrozen = Boolean(from && to);
    const windows = WINDOWS.map(([seconds, label]) =>
      el("a", { class: "button", href: format({ ...this.#pool, last: seconds }), "aria-current": !isFrozen && last === seconds ? "true" : false, text: label }));
    const freeze = el("button", { type: "button", text: "Freeze", title: "Stops the plots. The address is then a link to this time window." });
    freeze.addEventListener("click", () => {
      const span = this.#span();
      this.#go({ from: 1000 * span.from, to: 1000 * span.to });
    });
    const move = (label, share) =>
      el("a", { class: "button", href: format({ ...this.#pool, from: from + share * (to - from), to: to + share * (to - from) }), text: label });
    const frozen = isFrozen
      ? [
          move("Earlier", -0.5),
          move("Later", 0.5),
          el("span", { class: "span", text: `${clock(from)} to ${clock(to)}` }),
        ]
      : [freeze];
    const focused = this.#bar.contains(document.activeElement);
    this.#bar.replaceChildren(...windows, ...frozen);
    if (focused) {
      (this.#bar.querySelector("[aria-current]") ?? this.#bar.firstElementChild).focus();
    }
  }
}

const clock = (millis) => new Date(millis).toLocaleTimeString("en-GB");
