// Values under the pointer. For those who use none, every chart has its table.

const tip = document.getElementById("tip");

/** Shows `lines` (a title, then pairs of name and value) where the pointer is over `target`. */
export function hover(target, linesAt) {
  const show = (event) => {
    const lines = linesAt(event);
    if (!lines) return hide();
    const [title, ...pairs] = lines;
    const heading = document.createElement("b");
    heading.textContent = title;
    const rows = pairs.map(([name, value]) => {
      const row = document.createElement("span");
      const label = document.createElement("span");
      label.textContent = name;
      const figure = document.createElement("span");
      figure.textContent = value;
      row.append(label, figure);
      return row;
    });
    tip.replaceChildren(heading, ...rows);
    tip.hidden = false;
    const { width, height } = tip.getBoundingClientRect();
    const x = Math.min(event.clientX + 14, window.innerWidth - width - 8);
    const y = event.clientY + 16 + height > window.innerHeight ? event.clientY - height - 12 : event.clientY + 16;
    tip.style.transform = `translate(${Math.max(8, x)}px, ${Math.max(8, y)}px)`;
  };
  target.addEventListener("pointermove", show);
  target.addEventListener("pointerleave", hide);
}

export function hide() { tip.hidden = true; }

/** The place of the pointer in a drawing's own units. */
export function placeIn(svg, event) {
  const box = svg.getBoundingClientRect();
  const view = svg.viewBox.baseVal;
  return [((event.clientX - box.left) / box.width) * view.width, ((event.clientY - box.top) / box.height) * view.height];
}
