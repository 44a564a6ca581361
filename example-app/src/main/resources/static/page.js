import { startBatches } from "./batches.js";
import { startGallery } from "./gallery.js";
import { startLive } from "./live.js";
import { startLoadPanel } from "./load.js";
import { startTour } from "./tour.js";

const readNow = startLive();
startLoadPanel(readNow);
startTour(readNow);
startGallery();
startBatches();
