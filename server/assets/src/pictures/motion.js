// Nodes that move to their places, at once where a reader wants no motion.
import { easeCubicOut } from "d3-ease";
import { timer } from "d3-timer";

const MILLISECONDS = 450;

export class Motion {
  #place;
  #timer = null;

  /** Makes a motion that calls `place` whenever nodes have moved. */
  constructor(place) {
    this.#place = place;
  }

  /** Moves each node of a map to its target; one that is nowhere begins there. */
  start(targets) {
    this.#timer?.stop();
    const starts = new Map([...targets].map(([node, { x, y }]) => [node, { x: node.x ?? x, y: node.y ?? y }]));
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) return this.#step(targets, starts, 1);
    this.#step(targets, starts, 0);
    this.#timer = timer((elapsed) => {
      const part = Math.min(elapsed / MILLISECONDS, 1);
      this.#step(targets, starts, easeCubicOut(part));
      if (part === 1) this.#timer.stop();
    });
  }

  #step(targets, starts, part) {
    for (const [node, { x, y }] of targets) {
      const start = starts.get(node);
      Object.assign(node, { x: start.x + (x - start.x) * part, y: start.y + (y - start.y) * part });
    }
    this.#place();
  }
}
