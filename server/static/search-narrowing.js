// Narrows the results in place when a value of a facet is chosen. Without this script, the button of the form does it.

const form = document.querySelector("form.search-page");
const results = form.querySelector(".search-results");
const facets = form.querySelector(".search-facets");
const status = document.createElement("p");
status.className = "search-hidden";
status.setAttribute("role", "status");
form.append(status);
form.classList.add("search-live");
let asking = null;
let shown = location.search;

async function narrow() {
  asking?.abort();
  const { signal } = (asking = new AbortController());
  const address = `${new URL(form.action).pathname}?${new URLSearchParams(new FormData(form))}`;
  try {
    const response = await fetch(address, { signal, headers: { Accept: "text/html" } });
    if (!response.ok) throw new Error(response.statusText);
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    results.replaceChildren(...page.querySelector(".search-results").childNodes);
    replaceFacets(page.querySelector(".search-facets"));
    status.textContent = results.querySelector("h2").textContent;
    history.pushState(null, "", address);
    shown = location.search;
  } catch {
    if (!signal.aborted) form.submit(); // the browser then says what is wrong
  }
}

// Facets that were open stay open, and the one that was chosen keeps the focus.
function replaceFacets(found) {
  const { name, value } = document.activeElement;
  const open = new Set([...facets.querySelectorAll("details[open]")].map((one) => one.dataset.facet));
  const scrolled = new Map([...facets.querySelectorAll("details")].map((one) => [one.dataset.facet, list(one).scrollTop]));
  facets.replaceChildren(...found.childNodes);
  for (const one of facets.querySelectorAll("details")) {
    one.open ||= open.has(one.dataset.facet);
    list(one).scrollTop = scrolled.get(one.dataset.facet) ?? 0;
  }
  [...facets.querySelectorAll("input")].find((one) => one.name === name && one.value === value)?.focus();
}

const list = (facet) => facet.querySelector("ul");

form.addEventListener("change", (event) => event.target.type === "checkbox" && narrow());
addEventListener("popstate", () => location.search !== shown && location.reload()); // a link to #narrow tells it too
