// Draws plots with uPlot, which a script of its own has loaded.

import { el, number, setText } from "./dom.js";

const HEIGHT = 150;
const darkness = matchMedia("(prefers-color-scheme: dark)");
const SEVERITIES = { DOWN: "bad", ALARM: "bad", WORKER_DIED: "bad", STUCK: "bad", LEAK: "warn", EVICTED: "warn", UP: "good", MOVING: "good", ALARM_CLEARED: "good" };

/** How bad a type of event is: `bad`, `warn`, `good` or `plain`. */
export const severity = (type) => SEVERITIES[type] ?? "plain";

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** One plot with its title and its legend. */
class Chart {
  #plot = null;
  #definition;
  #holder = el("div", { class: "canvas", "aria-hidden": "true" });
  #values;
  #events = [];
  #data = null;
  #span = null;
  #onZoom;

  constructor(definition, onZoom) {
    this.#definition = definition;
    this.#onZoom = onZoom;
    this.#values = definition.lines.map(() => el("b", { text: "–" }));
    const legend = definition.lines.map((line, i) =>
      el("li", { class: line.dashed ? "dashed" : "" }, el("span", { class: `swatch ${line.dashed ? "plain" : `line${i}`}`, "aria-hidden": "true" }), `${line.label} `, this.#values[i]));
    this.element = el(
      "figure",
      {},
      el("figcaption", {}, definition.title, definition.unit ? el("small", { text: definition.unit }) : ""),
      this.#holder,
      el("ul", { class: "legend" }, ...legend));
  }

  show(series, span, events) {
    this.#events = events;
    this.#span = span;
    this.#data = [series.times(), ...this.#definition.lines.map((line) => line.of(series))];
    if (this.#definition.isOptional) {
      this.element.hidden = this.#data.slice(1).every((values) => values.every((value) => value === null));
    }
    if (this.#plot === null) {
      this.#draw();
    } else {
      this.#plot.batch(() => {
        this.#plot.setData(this.#data, false);
        this.#plot.setScale("x", { min: span.from, max: span.to });
      });
    }
    this.#tell(this.#plot?.cursor.idx ?? this.#lastShown());
  }

  /** Draws it anew, in the colours and the width of now. */
  redraw() {
    this.#plot?.destroy();
    this.#plot = null;
    if (this.#data !== null) {
      this.#draw();
    }
  }

  resize() {
    this.#plot?.setSize({ width: this.#holder.clientWidth, height: HEIGHT });
  }

  destroy() {
    this.#plot?.destroy();
  }

  #lastShown() {
    const times = this.#data[0];
    let last = times.length - 1;
    while (last >= 0 && times[last] > this.#span.to) {
      last--;
    }
    return last;
  }

  #tell(index) {
    this.#values.forEach((element, i) => setText(element, number(this.#data[i + 1][index] ?? null)));
  }

  #draw() {
    const width = this.#holder.clientWidth;
    if (width === 0) {
      return;
    }
    const axis = { stroke: colour("--quiet"), grid: { stroke: colour("--grid"), width: 1 }, ticks: { show: false }, font: "11px system-ui, sans-serif" };
    const lines = this.#definition.lines.map((line, i) => ({
      stroke: colour(line.dashed ? "--plain" : `--line${i}`),
      width: line.dashed ? 1 : 1.75,
      dash: line.dashed ? [4, 4] : undefined,
      fill: line.filled ? colour("--fill") : undefined,
      points: { show: false },
      spanGaps: false,
    }));
    this.#plot = new globalThis.uPlot(
      {
        width,
        height: HEIGHT,
        legend: { show: false },
        cursor: { sync: { key: "pools" }, drag: { x: true, y: false, setScale: false }, points: { size: 6 } },
        scales: {
          x: { time: true, range: () => [this.#span.from, this.#span.to] },
          y: { range: (plot, min, max) => [0, Math.max(1, max ?? 1) * 1.1] },
        },
        padding: [8, 20, 0, 0],
        axes: [{ ...axis, size: 24, space: 56, values: "{HH}:{mm}:{ss}" }, { ...axis, size: 46, space: 28, values: (plot, ticks) => ticks.map(shortNumber) }],
        series: [{}, ...lines],
        hooks: {
          draw: [(plot) => this.#drawEvents(plot)],
          setCursor: [(plot) => this.#tell(plot.cursor.idx ?? this.#lastShown())],
          setSelect: [(plot) => this.#zoom(plot)],
        },
      },
      this.#data,
      this.#holder);
  }

  #zoom(plot) {
    if (plot.select.width > 8) {
      this.#onZoom(plot.posToVal(plot.select.left, "x"), plot.posToVal(plot.select.left + plot.select.width, "x"));
      plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
    }
  }

  #drawEvents(plot) {
    const { ctx, bbox } = plot;
    ctx.save();
    ctx.lineWidth = devicePixelRatio;
    for (const { seconds, type } of this.#events) {
      if (seconds >= this.#span.from && seconds <= this.#span.to) {
        const x = Math.round(plot.valToPos(seconds, "x", true));
        ctx.strokeStyle = colour(`--${severity(type)}`);
        ctx.beginPath();
        ctx.moveTo(x, bbox.top);
        ctx.lineTo(x, bbox.top + bbox.height);
        ctx.stroke();
      }
    }
    ctx.restore();
  }
}

function shortNumber(tick) {
  if (tick >= 1e6) {
    return `${tick / 1e6}M`;
  }
  return tick >= 1e4 ? `${tick / 1e3}k` : String(tick);
}

/** All plots of a pool. */
export class Charts {
  #charts;
  #observer;
  #recolour = () => this.#charts.forEach((chart) => chart.redraw());

  constructor(definitions, onZoom) {
    this.#charts = definitions.map((definition) => new Chart(definition, onZoom));
    this.element = el("div", { class: "charts" }, ...this.#charts.map((chart) => chart.element));
    this.#observer = new ResizeObserver(() => this.#charts.forEach((chart) => chart.resize()));
    this.#observer.observe(this.element);
    darkness.addEventListener("change", this.#recolour);
  }

  /**
   * Shows figures.
   *
   * @param span `{from, to}` in seconds since 1970
   * @param events each with `seconds` and `type`
   */
  show(series, span, events) {
    this.#charts.forEach((chart) => chart.show(series, span, events));
  }

  destroy() {
    this.#observer.disconnect();
    darkness.removeEventListener("change", this.#recolour);
    this.#charts.forEach((chart) => chart.destroy());
  }
}
