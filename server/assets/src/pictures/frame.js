// A picture that is drawn anew whenever its room becomes wider or narrower.
import { element, shape } from "../page/elements.js";

export function drawToWidth(place, words, draw) {
  const figure = element("figure", { className: "drawn" });
  const picture = shape("svg", { role: "img", "aria-label": words });
  figure.append(picture);
  place.replaceChildren(figure);
  let drawn = 0;
  const redraw = () => {
    const width = Math.floor(figure.clientWidth);
    if (!width || width === drawn) return;
    const { shapes, height } = draw((drawn = width));
    for (const [name, value] of Object.entries({ width, height, viewBox: `0 0 ${width} ${height}` })) picture.setAttribute(name, value);
    picture.replaceChildren(...shapes);
  };
  new ResizeObserver(redraw).observe(figure);
  redraw();
  return figure;
}
