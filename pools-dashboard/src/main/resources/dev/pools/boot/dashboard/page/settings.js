// The settings of a pool: their values, where these come from, and fields to change those that can change.

import { change, readPart, session } from "./api.js";
import { announce, cell, changesInWords, el, match, setText, table } from "./dom.js";

const SOURCES = { default: "built in", property: "property", customizer: "customizer bean", bean: "bean", runtime: "changed at run time" };

/** Shown although they are built in: they are changed most. */
const LIMITS = /^(min|max)-(workers|size)$/;

/** The option of a setting: `max-workers` is `maxWorkers`. */
export const optionOf = (setting) => setting.replace(/-(.)/g, (dash, letter) => letter.toUpperCase());

/** The setting of an option, as it stands in a file: `maxWorkers` is `max-workers`. */
export const optionInWords = (option) => option.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** The status of an answer that rejects a value. */
const INVALID = 400;

const typed = (value) => (value === null || value === undefined ? "" : String(value));

/** The section of a pool's settings. */
export class Settings {
  #pool;
  #table = table("Settings", ["Setting", "Value", "Source"]);
  #filter = el("input", { type: "search", id: "settings-filter", placeholder: "max, timeout, …", autocomplete: "off" });
  #all = el("input", { type: "checkbox", id: "settings-all" });
  #settings = [];
  #done;

  /** @param done is called after a setting was changed */
  constructor(pool, done) {
    this.#pool = pool;
    this.#done = done;
    this.#filter.addEventListener("input", () => this.#show());
    this.#all.addEventListener("change", () => this.#show());
    const tools = el(
      "div",
      { class: "tools" },
      el("label", { for: "settings-filter", text: "Find" }),
      this.#filter,
      el("label", {}, this.#all, " also those that are built in"));
    this.element = el("section", { "aria-label": "Settings" }, el("h3", { text: "Settings" }), tools, this.#table.element);
  }

  async refresh(signal) {
    this.#settings = await readPart(this.#pool, "settings", signal);
    this.#show();
  }

  #show() {
    const words = this.#filter.value.trim().toLowerCase();
    const shown = this.#settings.filter(({ name, source, changeable }) =>
      words ? name.includes(words) : this.#all.checked || source !== "default" || (changeable && session.writes && LIMITS.test(name)));
    match(this.#table.body, shown, ({ name, changeable }) => `${name} ${changeable && session.writes}`, (setting) => this.#row(setting));
  }

  #row({ name, changeable }) {
    const id = `setting-${name}`;
    const isOpen = changeable && session.writes;
    const value = isOpen ? this.#form(name, id) : el("code", {});
    const source = el("span", {});
    const origin = el("small", {});
    const title = isOpen ? el("label", { for: id, text: name }) : el("span", { text: name });
    const row = el("tr", { role: "row" }, cell("Setting", title), cell("Value", value), cell("Source", source, " ", origin));
    row.update = (now) => {
      if (isOpen) {
        value.update(now);
      } else {
        setText(value, typed(now.value) || "–");
      }
      setText(source, SOURCES[now.source] ?? now.source);
      setText(origin, [now.origin, now.configured === undefined ? null : `configured: ${typed(now.configured)}`].filter(Boolean).join("; "));
    };
    return row;
  }

  #form(name, id) {
    const input = el("input", { id, autocomplete: "off", spellcheck: "false" });
    const save = el("button", { type: "submit", text: "Save", disabled: true, "aria-label": `Save ${name}` });
    const form = el("form", { class: "change" }, input, save);
    let shown = null;
    const hasChanged = () => input.value.trim() !== (shown ?? "");
    input.addEventListener("input", () => (save.disabled = !hasChanged()));
    input.addEventListener("keydown", (event) => {
      if (event.key === "Escape") {
        input.value = shown ?? "";
        input.removeAttribute("aria-invalid");
        save.disabled = true;
      }
    });
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (!hasChanged()) {
        return;
      }
      save.disabled = true;
      const saved = input.value.trim();
      try {
        const { changed } = await change(this.#pool, optionOf(name), saved);
        announce(changesInWords(changed));
        shown = saved;
        input.removeAttribute("aria-invalid");
        this.#done();
      } catch (failure) {
        if (failure.status === INVALID) {
          input.setAttribute("aria-invalid", "true");
        }
        announce(failure.message, true);
        save.disabled = false;
      }
    });
    form.update = ({ value }) => {
      // What somebody types stays.
      if (shown === null || !hasChanged()) {
        shown = typed(value);
        input.value = shown;
      }
    };
    return form;
  }
}
