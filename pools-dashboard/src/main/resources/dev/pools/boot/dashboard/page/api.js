// Requests to the endpoint `pools`, and to the page's own endpoint. All addresses are relative to that of the page.

const pools = new URL(document.querySelector("meta[name=pools-endpoint]").content, document.baseURI);
const own = new URL(".", import.meta.url);
const LONGEST_ANSWER_SECONDS = 15;

/** What this browser may do: `writes`, and if it may not, the `reason`. */
export const session = { writes: false, reason: "", csrf: null };

/** An answer that is not the one that was asked for. Its status is 0 if there is none. */
export class RequestError extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

/** The address of live updates, with all figures of one pool if it is named. */
export const liveAddress = (selected) => updatesAddress("live", selected);

/** One such update. */
export const readUpdate = (selected, signal) => json(updatesAddress("update", selected), { signal });

function updatesAddress(what, { kind, name }) {
  const address = new URL(what, own);
  if (kind) {
    address.search = new URLSearchParams({ kind, name });
  }
  return address;
}

/** Asks anew what this browser may do. */
export async function readSession() {
  Object.assign(session, { writes: false, reason: "", csrf: null }, await json(new URL("session", own)));
}

/** The advice for a pool. */
export const readAdvice = async (pool, signal) => (await json(updatesAddress("advice", pool), { signal })).advice;

/** A part of what there is to see of a pool: `figures`, `settings`, `tasks`, `leases`, `events` or `history`. */
export async function readPart({ kind, name }, part, signal, query = "") {
  return (await json(poolAddress(kind, name, part, query), { signal }))[part];
}

/** A pool in the list of all, with its state and what is wrong with it. */
export const samePool = (one, other) => one.kind === other.kind && one.name === other.name;

/** Changes one option of a pool. */
export const change = ({ kind, name }, option, value) => post(poolAddress(kind, name), { option, value });

/** Makes a change that the endpoint has proposed. */
export const applyChange = ({ kind, name }, proposed) => post(poolAddress(kind, name), proposed);

/** Lets a pool do something, or with one of its tasks or leases. */
export const perform = ({ kind, name }, ...steps) => post(poolAddress(kind, name, steps.map(encodeURIComponent).join("/")), {});

function poolAddress(kind, name, rest = "", query = "") {
  const path = [kind, encodeURIComponent(name), rest].filter((step) => step !== "").join("/");
  return new URL(`${pools.pathname}/${path}${query}`, pools);
}

async function post(address, body) {
  if (!session.writes) {
    throw new RequestError(0, session.reason);
  }
  try {
    return await json(address, request(body));
  } catch (failure) {
    if (failure.status !== 403 || !session.csrf) {
      throw failure;
    }
    // The token may belong to a session that is over.
    const before = session.csrf.token;
    await readSession();
    if (!session.csrf || session.csrf.token === before) {
      throw failure;
    }
    return json(address, request(body));
  }
}

function request(body) {
  const headers = { "Content-Type": "application/json" };
  if (session.csrf) {
    headers[session.csrf.header] = session.csrf.token;
  }
  return { method: "POST", headers, body: JSON.stringify(body) };
}

async function json(address, options = {}) {
  const limit = AbortSignal.timeout(1000 * LONGEST_ANSWER_SECONDS);
  const signal = options.signal ? AbortSignal.any([options.signal, limit]) : limit;
  try {
    return await answerTo(address, { ...options, signal });
  } catch (failure) {
    if (!limit.aborted || failure instanceof RequestError) {
      throw failure;
    }
    const more = options.method === "POST" ? " It may still do what was asked." : "";
    throw new RequestError(0, `The server has not answered for ${LONGEST_ANSWER_SECONDS} s.${more}`);
  }
}

async function answerTo(address, options) {
  const answer = await fetch(address, {
    cache: "no-store",
    credentials: "same-origin",
    ...options,
    headers: { Accept: "application/json", ...options.headers },
  });
  const isJson = (answer.headers.get("Content-Type") ?? "").includes("json");
  if (answer.ok && isJson) {
    return answer.json();
  }
  const body = isJson ? await answer.json().catch(() => ({})) : {};
  throw new RequestError(answer.status, body.message ?? meaning(answer));
}

function meaning({ status, redirected }) {
  if (status === 401 || redirected) {
    return "Log in again: the server does not know you any more.";
  }
  if (status === 403) {
    return "You may not do this (403).";
  }
  if (status === 405) {
    return "The endpoint can only be read (405): management.endpoint.pools.access is not unrestricted.";
  }
  return `The server answered with status ${status}.`;
}
