// Live updates: server-sent events, and if these do not arrive, requests at intervals. Nothing is asked while the tab is hidden.

import { liveAddress, readUpdate } from "./api.js";

const POLL_MILLIS = 2000;
const LONGEST_POLL_MILLIS = 30000;
const FIRST_RETRY_MILLIS = 5000;
const LONGEST_RETRY_MILLIS = 120000;
/** Events are sent each second. After such a silence something on the way holds them back. */
const SILENCE_MILLIS = 10000;
/** A stream that ends sooner is followed by requests at intervals, so no fault makes the page ask without a pause. */
const SHORT_MILLIS = 10000;
const NO_ANSWER = "The server does not answer";

/** Brings updates: `{atMillis, pools, pool}`. */
export class Live {
  #selected = {};
  #running = null;
  #state = null;
  #onUpdate;
  #onState;
  #onResume;

  /**
   * @param onUpdate is called with each update
   * @param onState is called with `live`, `polling`, `offline`, `paused` or `starting`, and a text that says why
   * @param onResume is called when the tab is visible again
   */
  constructor({ onUpdate, onState, onResume }) {
    this.#onUpdate = onUpdate;
    this.#onState = onState;
    this.#onResume = onResume;
    document.addEventListener("visibilitychange", () => this.#visibilityChanged());
  }

  /** Brings updates from now on, with all figures of this pool. */
  show(selected) {
    this.#selected = selected;
    this.#restart();
  }

  #visibilityChanged() {
    if (!document.hidden) {
      this.#onResume();
    }
    this.#restart();
  }

  #restart() {
    this.#running?.abort();
    this.#running = null;
    if (document.hidden) {
      this.#tell("paused", "Paused while the tab is hidden");
      return;
    }
    if (this.#state === "paused") {
      this.#tell("starting", "Connecting");
    }
    this.#running = new AbortController();
    this.#run(this.#running.signal);
  }

  #tell(state, text) {
    this.#state = state;
    this.#onState(state, text);
  }

  async #run(signal) {
    let retry = FIRST_RETRY_MILLIS;
    while (!signal.aborted) {
      const begin = Date.now();
      const received = await this.#stream(signal).catch(() => 0);
      if (received > 0 && Date.now() - begin >= SHORT_MILLIS) {
        retry = FIRST_RETRY_MILLIS;
      } else {
        await this.#poll(signal, retry);
        retry = Math.min(2 * retry, LONGEST_RETRY_MILLIS);
      }
    }
  }

  /** Reads events until the stream ends; returns how many came. */
  async #stream(signal) {
    const silence = new AbortController();
    const stop = () => silence.abort();
    signal.addEventListener("abort", stop);
    const fallSilent = () => {
      // Where a proxy holds events back, the server still answers requests at intervals.
      if (this.#state === "live" && !signal.aborted) {
        this.#tell("offline", NO_ANSWER);
      }
      stop();
    };
    let timer = setTimeout(fallSilent, SILENCE_MILLIS);
    let received = 0;
    try {
      const answer = await fetch(liveAddress(this.#selected), { cache: "no-store", signal: silence.signal });
      if (!answer.ok || !(answer.headers.get("Content-Type") ?? "").startsWith("text/event-stream")) {
        return 0;
      }
      for await (const data of events(answer.body)) {
        clearTimeout(timer);
        timer = setTimeout(fallSilent, SILENCE_MILLIS);
        received++;
        this.#deliver(JSON.parse(data), signal, "live", "Live");
      }
    } catch (failure) {
      if (received === 0) {
        throw failure;
      }
    } finally {
      clearTimeout(timer);
      signal.removeEventListener("abort", stop);
      stop();
    }
    return received;
  }

  /** Asks at intervals, until it is time to try events again. */
  async #poll(signal, millis) {
    const end = Date.now() + millis;
    let pause = POLL_MILLIS;
    while (!signal.aborted && Date.now() < end) {
      try {
        this.#deliver(await readUpdate(this.#selected, signal), signal, "polling", "Every 2 s");
        pause = POLL_MILLIS;
      } catch (failure) {
        if (!signal.aborted) {
          this.#tell("offline", failure.status ? failure.message : NO_ANSWER);
        }
        pause = Math.min(2 * pause, LONGEST_POLL_MILLIS);
      }
      await sleep(pause, signal);
    }
  }

  #deliver(update, signal, state, text) {
    if (signal.aborted) {
      return;
    }
    this.#tell(state, text);
    try {
      this.#onUpdate(update);
    } catch (fault) {
      // A fault of the page is none of the server.
      console.error(fault);
    }
  }
}

/** The data of server-sent events. */
async function* events(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) {
      return;
    }
    const parts = (rest + value).split("\n\n");
    rest = parts.pop();
    for (const part of parts) {
      const lines = part.split("\n").filter((line) => line.startsWith("data:"));
      if (lines.length > 0) {
        yield lines.map((line) => line.slice(5)).join("\n");
      }
    }
  }
}

function sleep(millis, signal) {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, millis);
    signal.addEventListener("abort", end);
  });
}
