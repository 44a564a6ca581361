// The tour: each step does something real, and shows the figures that change.

import { byId, showFigures } from "./api.js";
import { latest, onFigures, seconds } from "./live.js";
import {
  askAdvice, breakDatabase, repairDatabase, sendLoad, setWorkers, slowDatabase, stopLoad,
} from "./load.js";

const FIRST_WORKERS = 4;
const MORE_WORKERS = 8;
const ADVICE_PAUSE_MILLIS = 2000;
const ADVICE_TRIES = 30;

const workers = ({ thumbnails }) => ["Workers", `${thumbnails.workers} of ${thumbnails.maxWorkers}`];
const queued = ({ thumbnails }) => ["Queued", `${thumbnails.queued} of ${thumbnails.queueCapacity}`];
const oldest = ({ thumbnails }) => ["Oldest wait", seconds(thumbnails.oldestWaitMillis)];
const takes = (label, { lastSeconds }) => [label, lastSeconds.answers ? seconds(lastSeconds.medianMillis) : "–"];
const connections = ({ database }) => ["Connections", `${database.open} of ${database.maxSize}`];
const state = ({ database }) => ["Database pool", database.down ? "outage" : "works"];

const STEPS = [
  {
    title: "The pool grows with the work",
    text: "The pool keeps one worker while nothing happens. When tasks wait, it adds workers, up to its limit.",
    action: () => sendLoad(3, 40),
    done: "Sent: 3 tasks of people and 40 of a batch each second.",
    watch: (live) => [workers(live), queued(live), oldest(live)],
    look: "pools",
  },
  {
    title: "People go first",
    text: "Tasks of people have a higher priority than those of a batch. Compare how long each waits for its answer while more work comes than the pool can do.",
    action: () => sendLoad(3, 100),
    done: "Sent: 3 tasks of people and 100 of a batch each second.",
    watch: (live) => [takes("A person waits", live.load.people), takes("A batch waits", live.load.batch), queued(live)],
    look: "load",
  },
  {
    title: "A full queue slows the sender",
    text: "The queue has room for 200 tasks, so memory stays bounded. The sender of the batch sees that its tasks wait for a place, and holds back the rest.",
    action: () => sendLoad(3, 200),
    done: "Sent: 200 tasks of a batch each second, more than any queue could take for long.",
    watch: (live) => [
      queued(live),
      ["Wait for a place", `${live.thumbnails.waitingForAPlace}`],
      ["Held back", live.load.batch.heldBack.toLocaleString("en")],
    ],
    look: "load",
  },
  {
    title: "The database breaks",
    text: "All connections fail, and the server refuses new ones. The pool closes what is broken and tries again with growing pauses, instead of flooding the server.",
    action: breakDatabase,
    done: "The database is broken.",
    watch: (live) => [state(live), connections(live), ["Failed attempts", `${live.database.failedAttempts}`]],
    look: "pools",
  },
  {
    title: "It recovers by itself",
    text: "When the server is back, the next attempt succeeds and the callers in line are served. No restart is needed.",
    action: async () => {
      await repairDatabase();
      await sendLoad(3, 10);
    },
    done: "The database is repaired, and less work is sent.",
    watch: (live) => [state(live), connections(live), queued(live)],
    look: "pools",
  },
  {
    title: "Ask before you change a setting",
    text: "Now each call of the database is slow, and all workers wait for it. From the tasks of the last seconds, the pool says what 8 workers would have done; it refuses to guess until it has seen enough.",
    action: async (tell, goesOn) => {
      await stopLoad();
      await slowDatabase(150);
      await sendLoad(2, 12);
      return advice(tell, goesOn);
    },
    watch: (live) => [workers(live), oldest(live), queued(live)],
    look: "load",
  },
  {
    title: "See the effect",
    text: "The largest number of workers changes while the application runs, and no task is lost. Watch the wait get shorter.",
    action: () => setWorkers(MORE_WORKERS),
    done: "The pool has at most 8 workers now.",
    watch: (live) => [workers(live), oldest(live), queued(live)],
    look: "pools",
  },
  {
    title: "Clean up",
    text: "This stops the load, repairs the database and gives the pool its 4 workers back. You can take the tour again.",
    action: async () => {
      await stopLoad();
      await repairDatabase();
      await setWorkers(FIRST_WORKERS);
    },
    done: "All is as it was.",
    watch: (live) => [workers(live), state(live), queued(live)],
    look: "pools",
  },
];

const PLACES = { pools: "Pools", load: "Load and faults" };

let at = 0;
let clicks = 0;

/** Asks until the pool can say it, or until the visitor does something else. */
async function advice(tell, goesOn) {
  let answer;
  for (let tries = 0; tries < ADVICE_TRIES && goesOn(); tries++) {
    answer = await askAdvice(MORE_WORKERS);
    if (answer.answered) {
      break;
    }
    tell(`Not yet. ${answer.sentence}`);
    await new Promise((resume) => setTimeout(resume, ADVICE_PAUSE_MILLIS));
  }
  return answer?.sentence;
}

function show(live) {
  byId("tour").hidden = !live.playground;
  showFigures("tour-watch", STEPS[at].watch(live));
}

function goTo(step, moveFocus) {
  at = step;
  clicks++;
  const { title, text, look } = STEPS[at];
  byId("tour-place").textContent = `Step ${at + 1} of ${STEPS.length}`;
  byId("tour-title").textContent = title;
  byId("tour-text").textContent = text;
  byId("tour-result").textContent = "";
  byId("tour-look").textContent = PLACES[look];
  byId("tour-look").href = `#${look}`;
  byId("tour-back").disabled = at === 0;
  byId("tour-next").disabled = at === STEPS.length - 1;
  if (moveFocus) {
    byId("tour-title").focus();
  }
  if (latest) {
    show(latest);
  }
}

export function startTour(readNow) {
  goTo(0, false);
  onFigures(show);
  byId("tour-back").addEventListener("click", () => goTo(at - 1, true));
  byId("tour-next").addEventListener("click", () => goTo(at + 1, true));
  byId("tour-do").addEventListener("click", () => doIt(readNow));
}

async function doIt(readNow) {
  const { action, done } = STEPS[at];
  const click = ++clicks;
  const goesOn = () => click === clicks;
  const tell = (text, className = "") => {
    if (goesOn()) {
      byId("tour-result").className = className;
      byId("tour-result").textContent = text;
    }
  };
  tell("Sending …");
  try {
    const answer = action(tell, goesOn);
    readNow();
    const told = await answer;
    tell(done ?? told);
    readNow();
  } catch (failure) {
    tell(failure.message, "bad");
  }
}
