// What the plots of each kind of pool show.

const value = (name, label, more = {}) => ({ label, of: (series) => series.values(name), ...more });
const limit = (name, label) => value(name, label, { dashed: true });
const rate = (name, label) => ({ label, of: (series) => series.rates(name) });

/** Those that the meters of the application have; a plot without any is hidden. */
const percentiles = (times) =>
  times.flatMap(([figure, label]) => ["50", "99"].map((share) => value(`${figure}P${share}Millis`, `${label} p${share}`)));

const TASK_PLOTS = [
  { title: "Workers", unit: "", lines: [value("active", "busy", { filled: true }), value("idleWorkers", "idle"), limit("maxWorkers", "limit")] },
  { title: "Queue", unit: "tasks", lines: [value("qsize", "queued", { filled: true }), value("admissionsWaiting", "submitters that wait")] },
  { title: "Throughput", unit: "tasks per second", lines: [rate("completed", "completed"), rate("failed", "failed"), rate("rejected", "rejected")] },
  { title: "Oldest wait and longest run", unit: "ms", lines: [value("oldestWaitMillis", "oldest wait"), value("longestRunMillis", "longest run")] },
  { title: "Percentiles of waits and runs", unit: "ms", isOptional: true, lines: percentiles([["wait", "wait"], ["run", "run"]]) },
];

const CONNECTION_PLOTS = [
  { title: "Connections", unit: "", lines: [value("inUse", "in use", { filled: true }), value("idle", "idle"), limit("maxSize", "limit")] },
  { title: "Waiting callers", unit: "", lines: [value("waiting", "waiting", { filled: true })] },
  { title: "Leases and creations", unit: "per second", lines: [rate("acquired", "leases"), rate("created", "connections created")] },
  { title: "Failures", unit: "per second", lines: [rate("timeouts", "timeouts"), rate("createFailures", "failed creations"), rate("refusedDown", "refused: down"), rate("refusedByLimit", "refused: limit")] },
  { title: "Longest wait", unit: "ms", lines: [value("longestWaitMillis", "longest wait")] },
  { title: "Percentiles of acquires and leases", unit: "ms", isOptional: true, lines: percentiles([["acquire", "acquire"], ["usage", "lease"]]) },
];

/** The plots of a kind of pool. */
export const plotsOf = (kind) => (kind === "advanced" ? TASK_PLOTS : CONNECTION_PLOTS);

/** What the list of all pools shows of a pool: how much of its limit is in use, and who waits. */
export function useOf({ kind, figures = {} }) {
  return kind === "advanced"
    ? { used: figures.active, limit: figures.maxWorkers, noun: "workers busy", waiting: figures.qsize, waiters: "queued" }
    : { used: figures.inUse, limit: figures.maxSize, noun: "connections in use", waiting: figures.waiting, waiters: "waiting" };
}
