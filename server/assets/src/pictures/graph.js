// A picture of a graph: its links are lines in SVG, its things are buttons over them, which the keyboard reaches too.
import { drag } from "d3-drag";
import { select } from "d3-selection";
import { zoom, zoomIdentity } from "d3-zoom";
import { element, isolated, shape } from "../page/elements.js";
import { say } from "../page/words.js";
import { canFollow } from "./graph_text.js";
import { layOut, lineBetween, nodeTowards } from "./layout.js";
import { Motion } from "./motion.js";

const MARGIN = 16;
const [LEAST_HEIGHT, MOST_HEIGHT] = [220, 760];
const SCALES = [0.3, 3];
const LEAST_FITTING_SCALE = 0.6;
const STEP = 1.4;
const MOST_WORDS = 12;
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/**
 * The picture of a model. `element` can be measured only when it is in the page: update draws it then. Listeners are
 * `toggle`, told which thing is to open or close, and `choose`, told which one is chosen.
 */
export class GraphPicture {
  #model;
  #listeners;
  #lines = shape("g");
  #words = shape("g", { class: "net-words" });
  #layer = element("div", { className: "net-layer" });
  #canvas;
  #nodes = new Map();
  #edges = [];
  #current = null;
  #motion = new Motion(() => this.#place());
  #zoom = zoom().scaleExtent(SCALES).filter(canZoom);
  #drag = drag().filter(({ type, button }) => type === "mousedown" && !button);

  constructor(model, title, listeners) {
    this.#model = model;
    this.#listeners = listeners;
    const plane = shape("g", {}, this.#lines, this.#words);
    const picture = shape("svg", { "aria-hidden": "true" }, shape("defs", {}, arrow()), plane);
    this.#canvas = element("div", { className: "net-canvas", role: "group", "aria-label": title }, picture, this.#layer);
    this.#zoom.on("zoom", ({ transform }) => {
      plane.setAttribute("transform", transform);
      this.#layer.style.transform = `translate(${transform.x}px, ${transform.y}px) scale(${transform.k})`;
    });
    select(this.#canvas).call(this.#zoom).on("dblclick.zoom", null);
    this.#drag.container(this.#layer).subject((event, node) => node).on("drag", ({ x, y, subject }) => {
      Object.assign(subject, { x, y });
      this.#place();
    });
    this.#layer.addEventListener("keydown", (event) => this.#hear(event));
    this.element = element("div", { className: "net" }, this.#canvas, this.#tools());
  }

  /** Draws what the model shows now; the thing with an IRI that is given stays where it is. */
  update(still = null) {
    const { things, links } = this.#model.visible();
    const opener = this.#nodes.get(still);
    for (const [iri, node] of this.#nodes) if (!things.has(iri)) this.#remove(iri, node);
    for (const [iri, thing] of things) if (!this.#nodes.has(iri)) this.#nodes.set(iri, this.#add(thing, opener));
    for (const node of this.#nodes.values()) this.#measure(node);
    this.#edges = links.map((link) => edge(link, this.#nodes));
    this.#lines.replaceChildren(...this.#edges.map((one) => one.line));
    this.#words.replaceChildren(...this.#edges.map((one) => one.words));
    const targets = layOut([...this.#nodes.values()], links, { width: this.#canvas.clientWidth, still: opener && still });
    this.#fit([...targets].map(([{ width, height }, { x, y }]) => ({ width, height, x, y })));
    this.#motion.start(targets);
    this.#choose(this.#nodes.get(this.#current?.thing.iri) ?? this.#nodes.values().next().value);
  }

  #add(thing, opener) {
    const kinds = thing.kinds.length ? [element("small", { textContent: thing.kinds.join(", ") })] : [];
    const button = element("button", { type: "button", tabIndex: -1, title: thing.name }, isolated(thing.name, thing.language), " ", ...kinds);
    const node = { thing, button, x: opener?.x, y: opener?.y };
    button.addEventListener("click", () => this.#listeners.toggle(thing));
    button.addEventListener("focus", () => this.#choose(node));
    button.addEventListener("mouseenter", () => this.#highlight(node));
    button.addEventListener("mouseleave", () => this.#highlight(this.#current));
    select(button).datum(node).call(this.#drag);
    this.#layer.append(button);
    return node;
  }

  #remove(iri, node) {
    node.button.remove();
    this.#nodes.delete(iri);
  }

  #measure(node) {
    if (node.thing.canOpen !== false) node.button.setAttribute("aria-expanded", this.#model.isOpen(node.thing.iri));
    Object.assign(node, { width: node.button.offsetWidth, height: node.button.offsetHeight });
  }

  #place() {
    for (const { x, y, button } of this.#nodes.values()) button.style.transform = `translate(${x}px, ${y}px) translate(-50%, -50%)`;
    for (const { source, target, line, words } of this.#edges) {
      const ends = lineBetween(source, target);
      for (const [name, value] of Object.entries(ends)) line.setAttribute(name, value);
      words.setAttribute("x", ends.x1 * 0.45 + ends.x2 * 0.55);
      words.setAttribute("y", ends.y1 * 0.45 + ends.y2 * 0.55);
    }
  }

  #fit(boxes = [...this.#nodes.values()]) {
    const [left, right] = extent(boxes, ({ x, width }) => [x - width / 2, x + width / 2]);
    const [top, bottom] = extent(boxes, ({ y, height }) => [y - height / 2, y + height / 2]);
    const room = this.#canvas.clientWidth;
    const [width, height] = [right - left + 2 * MARGIN, bottom - top + 2 * MARGIN];
    const scale = Math.max(LEAST_FITTING_SCALE, Math.min(1, room / width, MOST_HEIGHT / height));
    const tall = Math.min(Math.max(height * scale, LEAST_HEIGHT), MOST_HEIGHT);
    this.#canvas.style.height = `${Math.round(tall)}px`;
    this.#turn("transform", zoomIdentity.translate(room / 2, tall / 2).scale(scale).translate(-(left + right) / 2, -(top + bottom) / 2));
  }

  #turn(way, ...values) {
    select(this.#canvas).call(this.#zoom[way], ...values);
  }

  #choose(node) {
    if (this.#current) this.#current.button.tabIndex = -1;
    this.#current = node;
    node.button.tabIndex = 0;
    this.#highlight(node);
    this.#listeners.choose(node.thing);
  }

  /** Shows the links of a node; many words would cover each other, and then only the text below tells them. */
  #highlight(node) {
    const isNear = ({ source, target }) => source === node || target === node;
    const hasRoom = this.#edges.filter(isNear).length <= MOST_WORDS;
    for (const one of this.#edges) {
      one.line.classList.toggle("near", isNear(one));
      one.words.classList.toggle("near", isNear(one) && hasRoom);
    }
  }

  #hear(event) {
    const nodes = [...this.#nodes.values()];
    const at = nodes.indexOf(this.#current);
    const places = { Home: 0, End: nodes.length - 1, PageDown: at + 1, PageUp: at - 1 };
    if (ARROWS[event.key]) this.#go(nodeTowards(nodes, this.#current, ARROWS[event.key]));
    else if (event.key in places) this.#go(nodes[places[event.key]]);
    else if (event.key === "Enter" && event.shiftKey) follow(this.#current.thing);
    else return;
    event.preventDefault();
  }

  #go(node) {
    if (!node) return;
    node.button.focus({ preventScroll: true });
    const [frame, box] = [this.#canvas, node.button].map((one) => one.getBoundingClientRect());
    const isSeen = box.left >= frame.left && box.right <= frame.right && box.top >= frame.top && box.bottom <= frame.bottom;
    if (!isSeen) this.#turn("translateTo", node.x, node.y);
    node.button.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  #tools() {
    const tools = { in: () => this.#turn("scaleBy", STEP), out: () => this.#turn("scaleBy", 1 / STEP), fit: () => this.#fit() };
    const buttons = Object.entries(tools).map(([name, act]) => {
      const button = element("button", { type: "button", textContent: say(`graph.zoom_${name}`) });
      button.addEventListener("click", act);
      return button;
    });
    return element("p", { className: "net-tools" }, ...buttons);
  }
}

/** The wheel scrolls the page unless Ctrl is held; what begins on a node is not for the plane. */
function canZoom(event) {
  return event.type === "wheel" ? event.ctrlKey || event.metaKey : !event.button && !event.target.closest("button");
}

function follow(thing) {
  if (canFollow(thing)) location.assign(thing.page);
}

function extent(boxes, ends) {
  const found = boxes.flatMap(ends);
  return [Math.min(...found), Math.max(...found)];
}

function edge({ source, target, names }, nodes) {
  const line = shape("line", { class: "net-line", "marker-end": "url(#net-arrow)" });
  const words = shape("text", { "text-anchor": "middle", dy: "0.32em" }, [...names].join(", "));
  return { source: nodes.get(source), target: nodes.get(target), line, words };
}

function arrow() {
  const attributes = { id: "net-arrow", viewBox: "0 0 8 8", refX: 7, refY: 4, markerWidth: 7, markerHeight: 7, orient: "auto" };
  return shape("marker", attributes, shape("path", { class: "net-arrow", d: "M0 0 8 4 0 8z" }));
}
