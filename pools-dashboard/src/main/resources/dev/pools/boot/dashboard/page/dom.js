// Small helpers for elements. Text of the server is always set as text and never parsed as HTML.

/**
 * Creates an element.
 *
 * @param name the name of its tag
 * @param properties `class`, `text`, `on` (listeners by event), `data` (data attributes); all others are attributes
 * @param children elements or texts
 */
export function el(name, properties = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (key === "text") {
      element.textContent = value;
    } else if (key === "class") {
      element.className = value;
    } else if (key === "on") {
      Object.entries(value).forEach(([event, listener]) => element.addEventListener(event, listener));
    } else if (key === "data") {
      Object.assign(element.dataset, value);
    } else if (value === true) {
      element.setAttribute(key, "");
    } else if (value !== false && value !== null && value !== undefined) {
      element.setAttribute(key, value);
    }
  }
  element.append(...children);
  return element;
}

/** Sets a text only if it is another one, so that screen readers and selections stay undisturbed. */
export function setText(element, text) {
  if (element.textContent !== text) {
    element.textContent = text;
  }
}

/**
 * Makes the children of a parent match a list, in its order. An item keeps its element as long as it is in the list, so focus
 * and open details stay. Items with equal keys have an element each.
 *
 * @param keyOf the key of an item
 * @param create creates the element of an item, with a method `update(item)`
 */
export function match(parent, items, keyOf, create) {
  const focused = parent.contains(document.activeElement) ? document.activeElement : null;
  const known = new Map([...parent.children].map((child) => [child.dataset.key, child]));
  const wanted = items.map((item) => {
    const key = String(keyOf(item));
    const child = known.get(key) ?? create(item);
    known.delete(key);
    child.dataset.key = key;
    child.update?.(item);
    return child;
  });
  // First those that go: the others are not moved then, because an element that is moved loses the focus.
  const kept = new Set(wanted);
  [...parent.children].filter((child) => !kept.has(child)).forEach((gone) => gone.remove());
  let place = parent.firstElementChild;
  for (const child of wanted) {
    if (child === place) {
      place = place.nextElementSibling;
    } else {
      parent.insertBefore(child, place);
    }
  }
  if (focused?.isConnected && focused !== document.activeElement) {
    focused.focus({ preventScroll: true });
  }
}

/** A table. Its roles are named because narrow screens show its rows as blocks, which would hide them from screen readers. */
export function table(caption, columns) {
  const body = el("tbody", { role: "rowgroup" });
  const head = el("tr", { role: "row" }, ...columns.map((text) => el("th", { role: "columnheader", scope: "col", text })));
  return {
    body,
    element: el(
      "table",
      { role: "table" },
      el("caption", { class: "hidden", text: caption }),
      el("thead", { role: "rowgroup" }, head),
      body),
  };
}

/** A cell with the name of its column, which narrow screens show beside it. */
export function cell(column, ...children) {
  return el("td", { role: "cell", data: { column } }, ...children);
}

/** A duration in words as short as possible. */
export function duration(millis) {
  if (millis < 1000) {
    return `${Math.round(millis)} ms`;
  }
  const seconds = millis / 1000;
  if (seconds < 120) {
    return `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`;
  }
  const minutes = seconds / 60;
  return minutes < 120 ? `${Math.round(minutes)} min` : `${Math.round(minutes / 60)} h`;
}

/** A number that fits into a legend. */
export function number(value) {
  if (value === null || value === undefined) {
    return "–";
  }
  return Math.abs(value) >= 10 || Number.isInteger(value)
    ? Math.round(value).toLocaleString("en")
    : value.toFixed(1);
}

/** What has changed, as the endpoint tells it, in words. */
export const changesInWords = (changed) =>
  changed.map(({ option, before, after }) => `${option} was ${before} and is ${after}.`).join(" ") || "Nothing has changed.";

const announcer = document.getElementById("announcer");

/** Tells screen readers, and shows for a while, what has just happened. */
export function announce(text, isError = false) {
  announcer.classList.toggle("error", isError);
  announcer.textContent = text;
  clearTimeout(announce.timer);
  announce.timer = setTimeout(() => (announcer.textContent = ""), isError ? 15000 : 6000);
}
