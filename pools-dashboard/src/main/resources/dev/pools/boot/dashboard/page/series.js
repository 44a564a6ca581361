// The figures of one pool over time.

const MOST_SAMPLES = 3600;

/** Samples in the order of time. Figures that are no numbers are left out. */
export class Series {
  #samples = [];

  /** Adds the history that the server has. Samples of this page that are older or newer stay. */
  seed({ atMillis, series }) {
    const seeds = atMillis.map((at, i) => ({ at, figures: Object.fromEntries(Object.entries(series).map(([name, values]) => [name, values[i]])) }));
    if (seeds.length > 0) {
      const first = seeds[0].at;
      const last = seeds[seeds.length - 1].at;
      this.#samples = [...this.#samples.filter(({ at }) => at < first), ...seeds, ...this.#samples.filter(({ at }) => at > last)];
    }
  }

  /** Adds a sample. */
  add(at, figures) {
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
