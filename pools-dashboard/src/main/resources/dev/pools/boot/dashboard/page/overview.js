// The list of all pools: beside a pool as navigation, and alone as the overview.

import { format } from "./address.js";
import { samePool } from "./api.js";
import { el, match, number, setText } from "./dom.js";
import { useOf } from "./plots.js";

const KINDS = { advanced: "task pool", connection: "connection pool" };

/** The kind of a pool in words. */
export const kindOf = (kind) => KINDS[kind] ?? kind;

/** Whether there is a pool to show. If not, it is declared only: it is not created yet, or lives in a scope. */
export const exists = ({ notCreated, scope }) => !notCreated && !scope;

/** Why there is no pool to show. */
export const absence = ({ notCreated, scope }) => {
  if (notCreated) {
    return "Not created yet: nothing has used it.";
  }
  return scope ? `Its pools live in the scope ${scope}, and are not shown.` : null;
};

/** How a pool is, for its colour: `bad`, `warn`, `good` or, if there is none, `none`. */
export function moodOf(pool) {
  const { status, trouble } = pool;
  if (!exists(pool)) {
    return "none";
  }
  if (status === "DOWN") {
    return "bad";
  }
  return status !== "UP" || trouble ? "warn" : "good";
}

/** A badge that says how a pool is, in words and by its colour. */
export function badge() {
  const element = el("span", { class: "badge" });
  element.update = (pool) => {
    element.dataset.mood = moodOf(pool);
    const status = exists(pool) ? pool.status : pool.state;
    setText(element, status === "UP" && pool.trouble ? "UP, with a warning" : (status ?? "").replaceAll("_", " "));
  };
  return element;
}

/** All pools as links. */
export class PoolList {
  #list = el("ul", { class: "pools" });
  #none = el("p", { class: "none", text: "There are no pools.", hidden: true });
  #selected = () => ({});

  /** @param selected returns the pool that is shown */
  constructor(selected) {
    this.#selected = selected;
    this.element = el("div", {}, this.#list, this.#none);
  }

  show(pools) {
    this.#none.hidden = pools.length > 0;
    match(this.#list, pools, (pool) => `${pool.kind}/${pool.name}`, (pool) => this.#item(pool));
  }

  #item(pool) {
    const status = badge();
    const meter = el("meter", { min: 0, "aria-hidden": "true" });
    const use = el("span", { class: "use" });
    const trouble = el("span", { class: "trouble" });
    const link = el(
      "a",
      { href: format(pool) },
      el("span", { class: "name" }, pool.name),
      status,
      el("span", { class: "kind", text: kindOf(pool.kind) }),
      meter,
      use,
      trouble);
    const item = el("li", {}, link);
    item.update = (now) => {
      status.update(now);
      const { used = 0, limit = 0, noun, waiting = 0, waiters } = useOf(now);
      meter.max = Math.max(1, limit);
      meter.value = used;
      meter.hidden = !exists(now);
      setText(use, absence(now) ?? `${number(used)} of ${number(limit)} ${noun}, ${number(waiting)} ${waiters}`);
      const advice = now.advice?.length ? `Advice: ${now.advice.join(", ")}.` : null;
      setText(trouble, [now.trouble, advice].filter(Boolean).join(" "));
      item.dataset.mood = moodOf(now);
      if (samePool(now, this.#selected())) {
        link.setAttribute("aria-current", "page");
      } else {
        link.removeAttribute("aria-current");
      }
    };
    return item;
  }
}
