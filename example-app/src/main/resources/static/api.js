// What all parts of the page use: elements, requests, and repeated reading.

const LONGEST_PAUSE_MILLIS = 16000;
const LONGEST_ANSWER_SECONDS = 15;
/** A large batch takes long to store while the database is slow. */
const LONGEST_CHANGE_SECONDS = 60;
export const MAY_STILL_CHANGE = " It may still do what was asked.";
/** The number of the latest action of each note. */
const latestActions = new Map();

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
  const changes = options?.method === "POST";
  const seconds = changes ? LONGEST_CHANGE_SECONDS : LONGEST_ANSWER_SECONDS;
  const limit = AbortSignal.timeout(1000 * seconds);
  let response;
  let body;
  try {
    response = await fetch(path, { cache: "no-store", ...options, signal: limit });
    body = await response.json();
  } catch (failure) {
    // An answer that is no JSON still has a status.
    if (!(failure instanceof SyntaxError)) {
      throw new Error(limit.aborted
        ? `The application has not answered for ${seconds} s.${changes ? MAY_STILL_CHANGE : ""}`
        : "The application does not answer. It may have been stopped.");
    }
  }
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

/** Runs the action of a button or a form, and shows in the note what came of it, unless a later action uses the note. */
export async function report(note, action) {
  const number = (latestActions.get(note) ?? 0) + 1;
  latestActions.set(note, number);
  const tell = (text, className = "") => {
    if (latestActions.get(note) === number) {
      byId(note).className = className;
      byId(note).textContent = text;
    }
  };
  tell("Sending …");
  try {
    tell((await action()) ?? "");
  } catch (failure) {
    tell(failure.message, "bad");
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
