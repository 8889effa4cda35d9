// Pages with a picture of a graph: it is asked for and drawn when a reader opens it.
for (const section of document.querySelectorAll(".graph-section")) {
  const details = section.querySelector("details");
  const place = section.querySelector(".graph-place");
  section.hidden = false;
  const draw = async () => {
    const { drawNeighbourhood, drawAnswer } = await import("./pictures/sections.js");
    await (section.dataset.iri ? drawNeighbourhood(place, section.dataset.iri) : drawAnswer(place, section.dataset.answer));
  };
  const drawOnce = () => details.open && !place.hasChildNodes() && draw();
  details.addEventListener("toggle", drawOnce);
  drawOnce();
}
