// Colours the cells of a page of communities; `box` is the page, `data` what it shows.
const slider = box.querySelector("input"), button = box.querySelector("button");
const said = box.querySelector("output");
const cells = Array.from(box.querySelectorAll("rect"));
let timer = null;
function channels(colour) {
  return [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));
}
function shade(field, value) {
  const share = Math.min(Math.max((value - field.low) / (field.top - field.low), 0), 1);
  const mixed = channels(field.colour).map((part) => Math.round(238 + (part - 238) * share));
  return "rgb(" + mixed.join(",") + ")";
}
function show(at) {
  slider.value = at;
  slider.setAttribute("aria-valuetext", data.quarters[at]);
  said.textContent = data.quarters[at];
  cells.forEach(function (cell) {
    const field = data.fields[+cell.dataset.field], place = +cell.dataset.at;
    const value = field.values[at][place];
    cell.setAttribute("fill", shade(field, value));
    cell.firstChild.textContent = field.name + ": " + value;
  });
}
function stop() {
  clearInterval(timer);
  timer = null;
  button.textContent = "Play";
}
button.onclick = function () {
  if (timer) {
    stop();
    return;
  }
  const last = data.quarters.length - 1;
  button.textContent = "Pause";
  if (+slider.value === last) { show(0); }
  timer = setInterval(function () {
    if (+slider.value >= last) { stop(); return; }
    show(+slider.value + 1);
  }, data.pause);
};
slider.oninput = function () {
  stop();
  show(+slider.value);
};
data.fields.forEach(function (field, at) {
  const words = "(from " + field.low + ", grey, to " + field.top.toFixed(3) + ", in full colour)";
  box.querySelector("[data-scale='" + at + "']").textContent = words;
});
show(0);
