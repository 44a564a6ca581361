// The figures of one pool over time.

const MOST_SAMPLES = 3600;
/** A sample that is older by more than this is not late: the clock was set back. */
const CLOCK_STEP_MILLIS = 2000;

/** Samples in the order of time. Figures that are no numbers are left out. */
export class Series {
  #samples = [];

  /** Fills holes with the history that the server has. Samples of this page stay: they are closer together, and have percentiles. */
  seed({ intervalMillis, atMillis, series }) {
    const seeds = atMillis
      .map((at, i) => ({ at, figures: Object.fromEntries(Object.entries(series).map(([name, values]) => [name, values[i]])) }))
      .filter(({ at }) => !this.#samples.some((own) => Math.abs(own.at - at) < intervalMillis));
    this.#samples = [...this.#samples, ...seeds].sort((one, other) => one.at - other.at).slice(-MOST_SAMPLES);
  }

  /** Adds a sample. If the clock of the server was set back, samples of its future go. */
  add(at, figures) {
    if (at < this.latest - CLOCK_STEP_MILLIS) {
      this.#samples = this.#samples.filter((one) => one.at < at);
    }
    if (this.latest < at) {
      this.#samples.push({ at, figures });
      if (this.#samples.length > MOST_SAMPLES) {
        this.#samples.shift();
      }
    }
  }

  /** When the latest sample was taken; 0 if there is none. */
  get latest() {
    return this.#samples.length === 0 ? 0 : this.#samples[this.#samples.length - 1].at;
  }

  /** The times of all samples, in seconds since 1970. */
  times() {
    return this.#samples.map(({ at }) => at / 1000);
  }

  /** The values of a figure. */
  values(name) {
    return this.#samples.map(({ figures }) => figures[name] ?? null);
  }

  /** How much a counter has grown each second. Unknown for the first sample, and after a restart of the application. */
  rates(name) {
    return this.#samples.map(({ at, figures }, i) => {
      const before = this.#samples[i - 1];
      const grown = before === undefined ? NaN : figures[name] - before.figures[name];
      return grown >= 0 ? (1000 * grown) / (at - before.at) : null;
    });
  }
}
