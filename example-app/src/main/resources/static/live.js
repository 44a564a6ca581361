// The figures of the pools, read from the application every second.

import { announce, ask, byId, repeat, showFigures } from "./api.js";

const READ_MILLIS = 1000;
const KEPT = 60;
const WIDTH = 300;
const HEIGHT = 60;
const history = [];
const listeners = [];

/** The latest figures; undefined before the first answer. */
export let latest;

export function onFigures(listener) {
  listeners.push(listener);
}

function line(values, most, name) {
  const points = values.map((value, i) =>
    `${(WIDTH * (KEPT - values.length + i)) / (KEPT - 1)},${HEIGHT - 2 - ((HEIGHT - 4) * Math.min(value, most)) / most}`);
  const made = document.createElementNS("http://www.w3.org/2000/svg", "polyline");
  made.setAttribute("class", name);
  made.setAttribute("points", points.join(" "));
  return made;
}

function plot(id, first, second) {
  const svg = byId(id);
  svg.setAttribute("viewBox", `0 0 ${WIDTH} ${HEIGHT}`);
  svg.setAttribute("preserveAspectRatio", "none");
  svg.replaceChildren(
    line(history.map(first), Math.max(1, ...history.map(first)), "first-line"),
    line(history.map(second), Math.max(1, ...history.map(second)), "second-line"));
}

export const seconds = (millis) => (millis < 1000 ? `${millis} ms` : `${(millis / 1000).toFixed(1)} s`);

function showPools({ thumbnails, database }) {
  showFigures("thumbnails", [
    ["Workers", `${thumbnails.workers} of ${thumbnails.maxWorkers}`],
    ["Busy", `${thumbnails.active}`],
    ["Queued", `${thumbnails.queued} of ${thumbnails.queueCapacity}`],
    ["Wait for a place", `${thumbnails.waitingForAPlace}`],
    ["Oldest wait", seconds(thumbnails.oldestWaitMillis)],
    ["Done", thumbnails.completed.toLocaleString("en")],
  ]);
  showFigures("database", [
    ["Open", `${database.open} of ${database.maxSize}`],
    ["In use", `${database.inUse}`],
    ["Callers waiting", `${database.waiting}`],
    ["Leases", database.acquired.toLocaleString("en")],
    ["Timeouts", `${database.timeouts}`],
    ["Failed attempts", `${database.failedAttempts}`],
  ]);
  plot("tasks-plot", (live) => live.thumbnails.queued, (live) => live.thumbnails.active);
  plot("connections-plot", (live) => live.database.open, (live) => live.database.inUse);
  byId("database-state").className = database.down ? "bad" : "good";
  byId("database-state").textContent = database.down
    ? `Outage: no connection can be opened. Next attempt in ${seconds(database.nextAttemptMillis)}.`
    : "Connected.";
}

function tellOutage(before, now) {
  if (before && before.database.down !== now.database.down) {
    announce(now.database.down ? "The database pool has an outage." : "The database pool works again.");
  }
}

function showLink({ managementPort }) {
  if (managementPort > 0) {
    const address = new URL("actuator/poolsui", location);
    address.port = managementPort;
    byId("dashboard").href = address;
    byId("links").hidden = false;
  }
}

export function startLive() {
  return repeat(async () => {
    const before = latest;
    latest = await ask("live");
    history.push(latest);
    history.splice(0, history.length - KEPT);
    byId("trouble").textContent = "";
    showPools(latest);
    showLink(latest);
    tellOutage(before, latest);
    listeners.forEach((listener) => listener(latest));
  }, () => READ_MILLIS, (failure) => {
    byId("trouble").textContent = failure.message;
  });
}
