// What is wrong with a pool and what to do, in the words of the endpoint, and a button that does it.

import { applyChange, readAdvice, session } from "./api.js";
import { announce, changesInWords, el, match, setText } from "./dom.js";
import { optionInWords } from "./settings.js";

const TITLES = {
  saturated: "Too small for its load",
  starving: "Tasks wait for each other",
  flapping: "The size goes up and down",
  leaking: "Connections are not returned",
  oversized: "Larger than its load",
  refused: "Connections are refused",
  resized: "After the last change of the size",
};

/** The section of a pool's advice. It is hidden while there is none. */
export class Advice {
  #pool;
  #list = el("ul", { class: "advice" });
  #done;

  /** @param done is called after advice was applied */
  constructor(pool, done) {
    this.#pool = pool;
    this.#done = done;
    this.element = el("section", { "aria-label": "Advice", hidden: true }, el("h3", { text: "Advice" }), this.#list);
  }

  async refresh(signal) {
    this.#show(await readAdvice(this.#pool, signal));
  }

  #show(advice) {
    this.element.hidden = advice.length === 0;
    match(this.#list, advice, ({ rule }) => rule, (one) => this.#item(one));
  }

  #item({ rule }) {
    const figures = el("p", {});
    const cure = el("p", { class: "cure" });
    const prediction = el("p", { class: "prediction" });
    const property = el("code", {});
    const button = el("button", { type: "button", data: { action: "apply" } });
    const tools = el("p", { class: "tools" }, button, property);
    let latest = {};
    button.addEventListener("click", () => this.#apply(latest, button));
    const item = el(
      "li",
      { data: { rule } },
      el("h4", { text: TITLES[rule] ?? rule }),
      figures,
      cure,
      prediction,
      tools);
    item.update = (now) => {
      latest = now;
      show(figures, now.figures);
      show(cure, now.cure);
      show(prediction, now.prediction);
      show(property, now.property);
      button.hidden = !now.change || !session.writes;
      tools.hidden = button.hidden && property.hidden;
      setText(button, now.change ? `Apply: ${inWords(now)}` : "");
    };
    return item;
  }

  async #apply({ change }, button) {
    button.disabled = true;
    try {
      const { changed } = await applyChange(this.#pool, change);
      announce(changesInWords(changed));
      this.#done();
    } catch (failure) {
      announce(failure.message, true);
    } finally {
      button.disabled = false;
    }
  }
}

function show(element, text) {
  element.hidden = !text;
  setText(element, text ?? "");
}

const inWords = ({ change, current = {} }) =>
  Object.entries(change)
    .map(([option, value]) => `${optionInWords(option)} ${value}${option in current ? ` instead of ${current[option]}` : ""}`)
    .join(", ");
