// What the address of the page says: the pool and the time window. It is all in the part after `#`, so links can be shared.
//
//   #all                                   all pools
//   #connection/ledger                     a pool, live
//   #connection/ledger?last=60             its last 60 seconds
//   #connection/ledger?from=1000&to=2000   a window that stands still, in milliseconds since 1970

const REMEMBERED = "pools.selected";
const KINDS = ["advanced", "connection"];
export const USUAL_SECONDS = 300;

/** Reads the address. Without any, it is that of the pool that was selected last. */
export function read() {
  const hash = location.hash.slice(1);
  return parse(hash === "" ? remembered() : hash);
}

/** Reads an address; what is wrong in it is left out. */
export function parse(hash) {
  const [path, query = ""] = hash.split("?");
  const [kind, ...rest] = path.split("/");
  const address = { kind: null, name: null, last: USUAL_SECONDS, from: null, to: null };
  const name = decoded(rest.join("/"));
  if (KINDS.includes(kind) && name) {
    address.kind = kind;
    address.name = name;
  }
  const values = new URLSearchParams(query);
  const last = Number(values.get("last"));
  if (last >= 10 && last <= 3600) {
    address.last = last;
  }
  const from = Number(values.get("from"));
  const to = Number(values.get("to"));
  if (from > 0 && to > from) {
    address.from = from;
    address.to = to;
  }
  return address;
}

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return "";
  }
}

/** Writes an address. */
export function format({ kind, name, last, from, to }) {
  if (!kind) {
    return "#all";
  }
  const path = `#${kind}/${encodeURIComponent(name)}`;
  if (from && to) {
    return `${path}?from=${Math.round(from)}&to=${Math.round(to)}`;
  }
  return last && last !== USUAL_SECONDS ? `${path}?last=${last}` : path;
}

/** Remembers the pool, for the next time that the page is opened. */
export function remember({ kind, name }) {
  try {
    localStorage.setItem(REMEMBERED, format({ kind, name }).slice(1));
  } catch {
    // The browser stores nothing for this page.
  }
}

function remembered() {
  try {
    return localStorage.getItem(REMEMBERED) ?? "all";
  } catch {
    return "all";
  }
}
