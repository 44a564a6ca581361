// What all parts of the page use: elements, requests, and repeated reading.

const LONGEST_PAUSE_MILLIS = 16000;

export const byId = (id) => document.getElementById(id);

export function element(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

/** Tells screen readers what has changed elsewhere on the page. */
export function announce(text) {
  byId("announcer").textContent = text;
}

/** Sends a request and returns its JSON, or throws an error with a message for people. */
export async function ask(path, options) {
  let response;
  try {
    response = await fetch(path, { cache: "no-store", ...options });
  } catch {
    throw new Error("The application does not answer. It may have been stopped.");
  }
  const body = await response.json().catch(() => undefined);
  if (!response.ok) {
    throw new Error(body?.detail ?? `The application answers ${path} with status ${response.status}.`);
  }
  return body;
}

export const post = (path) => ask(path, { method: "POST" });

/**
 * Does the work again and again, and returns a function that does it now. After a failure the pause gets twice as
 * long. While the page is hidden, nothing is done.
 */
export function repeat(work, pauseMillis, onFailure) {
  let timer;
  let failures = 0;
  let busy = false;
  let wanted = false;

  async function run() {
    clearTimeout(timer);
    if (busy) {
      wanted = true;
      return;
    }
    busy = true;
    wanted = false;
    try {
      await work();
      failures = 0;
    } catch (failure) {
      failures++;
      onFailure(failure);
    }
    busy = false;
    if (!document.hidden) {
      const pause = Math.min(pauseMillis() * 2 ** failures, LONGEST_PAUSE_MILLIS);
      timer = setTimeout(run, wanted ? 0 : pause);
    }
  }

  document.addEventListener("visibilitychange", () => (document.hidden ? clearTimeout(timer) : run()));
  run();
  return run;
}

/** Runs the action of a button or a form, and shows in the note what came of it. */
export async function report(note, action) {
  const place = byId(note);
  place.className = "";
  place.textContent = "Sending …";
  try {
    place.textContent = (await action()) ?? "";
  } catch (failure) {
    place.className = "bad";
    place.textContent = failure.message;
  }
}

export function onSubmit(form, note, action) {
  byId(form).addEventListener("submit", (event) => {
    event.preventDefault();
    report(note, () => action(event.target));
  });
}

export function onClick(button, note, action) {
  byId(button).addEventListener("click", () => report(note, action));
}

export function showFigures(list, figures) {
  byId(list).replaceChildren(...figures.map(([label, value]) =>
    element("div", {}, element("dt", {}, label), element("dd", {}, value))));
}
