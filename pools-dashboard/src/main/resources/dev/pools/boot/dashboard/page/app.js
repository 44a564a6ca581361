// The start of the page: reads the address, shows the overview or a pool, and passes updates on.

import * as address from "./address.js";
import { readSession, samePool, session } from "./api.js";
import { announce, el, setText } from "./dom.js";
import { Live } from "./live.js";
import { PoolList } from "./overview.js";
import { PoolView } from "./pool.js";

const main = document.getElementById("main");
const nav = document.getElementById("pools");
const connection = document.getElementById("connection");
const access = document.getElementById("access");

let shown = {};
let view = null;
let latest = null;
let isAccessKnown = false;
let isAsking = false;

const list = new PoolList(() => shown);
const overviewHeading = el("h2", { tabindex: "-1", text: "All pools" });

const live = new Live({
  onUpdate: (update) => {
    latest = update;
    list.show(update.pools);
    view?.update(update);
    if (!isAccessKnown && !isAsking) {
      askAgain();
    }
  },
  onState: (state, text) => {
    const before = connection.dataset.state;
    connection.dataset.state = state;
    setText(connection, text);
    if (state === "offline" && before !== "offline") {
      announce(text, true);
    } else if (before === "offline" && state !== "offline" && state !== "paused") {
      announce("The server answers again.");
      view?.seed();
    }
  },
  onResume: () => {
    view?.seed();
    view?.refresh();
  },
});

function show(next, moveFocus) {
  if (view && samePool(next, shown)) {
    shown = next;
    view.setAddress(next);
    return;
  }
  view?.close();
  view = next.kind ? new PoolView(next) : null;
  shown = next;
  address.remember(next);
  document.title = next.kind ? `${next.name} – Pools` : "Pools";
  document.body.dataset.view = view ? "pool" : "all";
  if (view) {
    nav.hidden = false;
    nav.replaceChildren(list.element);
    main.replaceChildren(view.element);
    view.seed();
    view.refresh();
  } else {
    nav.hidden = true;
    main.replaceChildren(overviewHeading, list.element);
  }
  if (latest) {
    list.show(latest.pools);
    view?.update({ ...latest, pool: null });
    nav.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }
  if (moveFocus) {
    (view?.heading ?? overviewHeading).focus();
  }
  live.show(next);
}

document.getElementById("skip").addEventListener("click", (event) => {
  event.preventDefault();
  main.focus();
});
addEventListener("hashchange", () => show(address.read(), true));

/** Asks what this browser may do. If there is no answer, the page can only be read until the server answers again. */
async function readAccess() {
  isAsking = true;
  try {
    await readSession();
    isAccessKnown = true;
  } catch (failure) {
    session.reason = failure.status ? failure.message : "Read only: the server does not answer.";
    isAccessKnown = failure.status >= 400 && failure.status < 500;
  }
  isAsking = false;
  access.hidden = session.writes;
  setText(access, session.writes ? "" : session.reason);
}

async function askAgain() {
  await readAccess();
  if (session.writes && view) {
    // With its fields and buttons.
    const opened = shown;
    view?.close();
    view = null;
    show(opened, false);
  }
}

await readAccess();
show(address.read(), false);
