// What a pool has in hand: its tasks or its leases, the oldest first, with stacks on demand.

import { itemAction } from "./actions.js";
import { readPart, session } from "./api.js";
import { announce, cell, duration, el, match, setText, table } from "./dom.js";

const SHOWN = 5;
const COLUMNS = { running: ["For", "Task", "Thread", ""], waiting: ["For", "Task", ""], leases: ["Held for", "Thread", "Acquired by", ""] };
const ACTIONS = { running: ["INTERRUPT"], waiting: ["CANCEL"], leases: ["EVICT", "REVOKE"] };

/** The section of a pool's tasks or leases. */
export class Work {
  #pool;
  #part;
  #tables;

  /** @param done is called after something was done with a task or lease */
  constructor(pool, done) {
    this.#pool = pool;
    this.#part = pool.kind === "advanced" ? "tasks" : "leases";
    this.#tables =
      pool.kind === "advanced"
        ? [new WorkTable(pool, "Running tasks", "running", done), new WorkTable(pool, "Waiting tasks", "waiting", done)]
        : [new WorkTable(pool, "Leases", "leases", done)];
    this.element = el("section", { "aria-label": this.#part === "tasks" ? "Tasks" : "Leases" }, ...this.#tables.map((one) => one.element));
  }

  async refresh(signal) {
    const work = await readPart(this.#pool, this.#part, signal, `?limit=${SHOWN}`);
    for (const one of this.#tables) {
      one.show(Array.isArray(work) ? work : work[one.state]);
    }
  }
}

class WorkTable {
  #pool;
  #table;
  #none;
  #done;

  constructor(pool, title, state, done) {
    this.#pool = pool;
    this.#done = done;
    this.state = state;
    this.#table = table(title, COLUMNS[state]);
    this.#none = el("p", { class: "none", text: "None." });
    this.element = el("div", {}, el("h3", { text: title }), this.#table.element, this.#none);
  }

  show(items) {
    this.#none.hidden = items.length > 0;
    this.#table.element.hidden = items.length === 0;
    match(this.#table.body, items, (item) => item.id, (item) => this.#row(item));
  }

  #row(item) {
    const age = el("span", {});
    const stack = el("pre", { hidden: true, tabindex: "0", "aria-label": "Stack" });
    const buttons = el("div", { class: "buttons" });
    if (this.state !== "waiting") {
      buttons.append(this.#stackButton(item, stack));
    }
    if (session.writes) {
      buttons.append(...ACTIONS[this.state].map((one) => itemAction(this.#pool, one, item.id, this.#done)));
    }
    const cells = {
      running: () => [cell("For", age), cell("Task", title(item), stack), cell("Thread", item.thread ?? "–")],
      waiting: () => [cell("For", age), cell("Task", title(item))],
      leases: () => [cell("Held for", age), cell("Thread", item.thread), cell("Acquired by", acquirer(item), stack)],
    };
    const row = el("tr", { role: "row" }, ...cells[this.state](), cell("", buttons));
    row.update = (now) => setText(age, `${now.ageExact === false ? "at least " : ""}${duration(now.ranMillis ?? now.ageMillis ?? 0)}`);
    return row;
  }

  #stackButton(item, stack) {
    const button = el("button", { type: "button", text: "Stack", "aria-expanded": "false" });
    button.addEventListener("click", async () => {
      const open = stack.hidden;
      if (open) {
        try {
          stack.textContent = await this.#readStack(item.id);
        } catch (failure) {
          announce(failure.message, true);
          return;
        }
      }
      stack.hidden = !open;
      button.setAttribute("aria-expanded", String(open));
    });
    return button;
  }

  async #readStack(id) {
    const isLease = this.state === "leases";
    const work = await readPart(this.#pool, isLease ? "leases" : "tasks", undefined, "?limit=100&stacks=true");
    const found = (isLease ? work : work.running).find((item) => item.id === id);
    if (!found) {
      return "It has ended.";
    }
    const missing = isLease ? "No stack: only leases that are watched have one (leak-threshold)." : "No stack.";
    return found.stack?.join("\n") || missing;
  }
}

/** What a task is: its name if it has one, and its code without the package, which the tip has. */
function title({ name, function: code, priority }) {
  const short = code.replace(/^([a-z_][\w]*\.)+(?=[A-Z])/, "");
  const more = [name ? short : null, priority ? `priority ${priority}` : null].filter(Boolean);
  return el("span", { title: code }, [name ?? short, ...more].join(", "));
}

const acquirer = ({ arguments: used, async: later }) => [later ? "asynchronous acquire" : "acquire", used].filter(Boolean).join(", arguments ");
