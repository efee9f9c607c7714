// Filters that are folded on a phone stand open where there is room; newer browsers do it by the style sheet alone.

if (matchMedia("(min-width: 40rem)").matches) for (const one of document.querySelectorAll("details.filters")) one.open = true;
