// The pictures: uploads with their progress, and thumbnails that appear when the pool has made them.

import { ask, byId, element, MAY_STILL_CHANGE, repeat } from "./api.js";
import { onFigures } from "./live.js";

const TRIES = 4;
const READ_MILLIS = 5000;
const MEGABYTE = 2 ** 20;
/** The application waits 20 s for a picture, then 30 s for a worker. */
const LONGEST_UPLOAD_SECONDS = 60;
const SENT_AS = ["image/jpeg", "image/png"];
const cards = new Map();

function card(picture) {
  const image = element("img", { alt: picture.name, width: 320, height: 213, hidden: true });
  const state = element("span", { className: "waiting" }, "Waiting for its thumbnail …");
  const count = element("small");
  const item = element("li", {},
    element("div", { className: "frame" }, state, image),
    element("strong", { title: picture.name }, picture.name),
    element("small", {}, `${picture.width} × ${picture.height} `), count);
  load(picture, image, state, 1);
  return { item, count };
}

/** A busy pool or a broken database answers with an error, so the picture is asked for again, later each time. */
function load(picture, image, state, attempt) {
  image.onload = () => {
    state.remove();
    image.hidden = false;
  };
  image.onerror = () => {
    if (attempt < TRIES) {
      state.textContent = "No answer yet, trying again …";
      setTimeout(() => load(picture, image, state, attempt + 1), 1000 * 2 ** attempt);
    } else {
      const again = element("button", { className: "second", type: "button" }, "Try again");
      again.addEventListener("click", () => load(picture, image, state, 1));
      state.replaceChildren("No thumbnail. ", again);
    }
  };
  image.src = `pictures/${picture.id}/thumbnail?width=320&attempt=${attempt}`;
}

async function readPictures() {
  const pictures = await ask("pictures");
  for (const picture of pictures) {
    if (!cards.has(picture.id)) {
      cards.set(picture.id, card(picture));
      byId("gallery").append(cards.get(picture.id).item);
    }
    const number = picture.thumbnails.length;
    cards.get(picture.id).count.textContent = number === 1 ? "1 thumbnail" : `${number} thumbnails`;
  }
  byId("pictures-trouble").textContent = "";
}

function showSpace({ space }) {
  const [stored, limit] = [space.bytes, space.maxBytes].map((bytes) =>
    (bytes / MEGABYTE).toLocaleString("en", { maximumFractionDigits: 1 }));
  byId("space").textContent = `Pictures and thumbnails: ${stored} of ${limit} MB.`;
}

/** Only this kind of request tells how much of a file has been sent. */
function send(file, onProgress) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.responseType = "json";
    request.upload.onprogress = (event) => onProgress(event.loaded, event.total);
    request.timeout = 1000 * LONGEST_UPLOAD_SECONDS;
    request.ontimeout = () =>
      reject(new Error(`The application has not answered for ${LONGEST_UPLOAD_SECONDS} s.${MAY_STILL_CHANGE}`));
    request.onerror = () => reject(new Error("The application does not answer. It may have been stopped."));
    request.onload = () => request.status < 300
      ? resolve(request.response)
      : reject(new Error(request.response?.detail ?? `The upload is answered with status ${request.status}.`));
    request.open("POST", `pictures?name=${encodeURIComponent(file.name)}`);
    request.setRequestHeader("Content-Type", SENT_AS.includes(file.type) ? file.type : "application/octet-stream");
    request.send(file);
  });
}

async function upload(file) {
  const bar = element("progress", { max: 1, value: 0, ariaLabel: `Upload of ${file.name}` });
  const note = element("span", { role: "status" });
  const row = element("li", {}, element("strong", {}, file.name), bar, note);
  byId("uploads").append(row);
  try {
    const picture = await send(file, (loaded, total) => {
      bar.max = total;
      bar.value = loaded;
      note.textContent = loaded < total ? `Sending, ${Math.round((100 * loaded) / total)} %` : "Waiting for a worker …";
    });
    note.textContent = `Added, ${picture.width} × ${picture.height}.`;
  } catch (failure) {
    note.className = "bad";
    note.textContent = failure.message;
  }
  bar.remove();
}

export function startGallery() {
  onFigures(showSpace);
  const read = repeat(readPictures, () => READ_MILLIS, (failure) => {
    byId("pictures-trouble").textContent = failure.message;
  });
  byId("upload").addEventListener("submit", async (event) => {
    event.preventDefault();
    const files = [...byId("file").files];
    event.target.reset();
    byId("uploads").replaceChildren();
    for (const file of files) {
      await upload(file);
      read();
    }
  });
  return read;
}
