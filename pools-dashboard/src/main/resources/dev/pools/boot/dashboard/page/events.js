// What has happened to a pool, the latest first.

import { severity } from "./charts.js";
import { el, match } from "./dom.js";

const SHOWN = 50;

/** The section of a pool's events. */
export class Events {
  #list = el("ol", { class: "events" });
  #none = el("p", { class: "none", text: "Nothing has happened yet." });
  #latest = [];

  constructor() {
    this.element = el("section", { "aria-label": "Events" }, el("h3", { text: "Events" }), this.#list, this.#none);
  }

  show(events) {
    this.#latest = events.map((event) => ({ ...event, seconds: Date.parse(event.at) / 1000 }));
    this.#none.hidden = events.length > 0;
    match(this.#list, this.#latest.slice(0, SHOWN), ({ at, type, text }) => `${at} ${type} ${text}`, item);
  }

  /** The events for the axis of time. */
  get latest() {
    return this.#latest;
  }
}

function item({ at, type, text, who }) {
  const time = new Date(at);
  return el(
    "li",
    { data: { severity: severity(type) } },
    el("time", { datetime: at, title: time.toLocaleString(), text: time.toLocaleTimeString("en-GB") }),
    el("span", { class: "type", text: type.replaceAll("_", " ").toLowerCase() }),
    el("span", { text: who ? `${text} (${who})` : text }));
}
