// A screen of the blender: it shows what the module says and asks for what is touched. It keeps no state of its own.

const CUPS = [0.1, 0.2, 0.25, 0.33, 0.5];
const PLEASE = { Blend: "Mixing", Refill: "Filling the tube", Calibrate: "Running the pump" };
const $ = (id) => document.getElementById(id);

let socket = null, delay = 500, cup = 0.25;
let config = { pumps_states: [], recipes: [], sec_per_liter: 213, max_pump_time: 120, max_drink: 1, ready: false, reason: "" };
let mix = Array(8).fill(0);
let status = { Action: "Idle", initial_time: 0, remaining_time: 0, pumps: [] };
let measuring = null;

// The connection

function connect() {
  show("waiting", "connecting");
  socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/`);
  socket.onopen = () => {
    delay = 500;
    send("get_config");
    send("get_blend_status");
  };
  socket.onmessage = (event) => receive(JSON.parse(event.data));
  socket.onclose = () => {
    show("off", "no connection");
    status = { Action: "Idle", initial_time: 0, remaining_time: 0, pumps: [] };
    drawProgress("No connection to the blender");
    setTimeout(connect, delay);
    delay = Math.min(delay * 1.6, 4000);
  };
}

function send(type, data) {
  if (socket.readyState !== WebSocket.OPEN) return toast("There is no connection to the blender.", true);
  socket.send(JSON.stringify(data === undefined ? { type } : { type, data }));
}

function receive({ type, data }) {
  if (type === "config") {
    config = data;
    show(config.ready ? "on" : "off", config.ready ? "ready" : config.reason);
    drawAll();
  } else if (type === "pumps_states") {
    config.pumps_states = data;
    drawAll();
  } else if (type === "sec_per_liter") {
    config.sec_per_liter = data;
    drawAll();
  } else if (type === "status") {
    status = data;
    if (measuring && data.Action === "Calibrate") measuring.isRunning = true;
    drawProgress();
  } else if (type === "outcome") {
    finish(data);
  } else if (type === "notice") {
    toast(data.msg, true);
  } else if (type === "error") {
    if (measuring && !measuring.isRunning) measuring = null;
    toast(data.msg, true);
  }
}

function finish({ Action, outcome, text }) {
  if (Action === "Calibrate" && measuring) {
    const { pump, seconds } = measuring;
    measuring = null;
    if (outcome === "DONE") return askVolume(pump, seconds);
  }
  toast(text, outcome !== "DONE");
}

// What is drawn

function show(state, text) {
  $("link").dataset.state = state;
  $("link").textContent = text;
}

function drawAll() {
  document.querySelectorAll("[data-cups]").forEach(drawCups);
  drawRecipes();
  drawSliders();
  drawPumps();
  if (document.activeElement !== $("rate-value")) $("rate-value").value = config.sec_per_liter;
  $("limits").textContent = `A pump runs ${config.max_pump_time} s at most, and a drink has at most ${volume(config.max_drink)}.`;
}

function drawCups(place) {
  place.replaceChildren(...CUPS.filter((size) => size <= config.max_drink).map((size) => {
    const button = element("button", { textContent: volume(size), ariaPressed: String(size === cup) });
    button.onclick = () => { cup = size; drawAll(); };
    return button;
  }));
}

function drawRecipes() {
  $("no-recipes").hidden = config.recipes.length > 0;
  $("recipes").replaceChildren(...config.recipes.map((recipe) => {
    const shares = Object.entries(recipe.ratios).map(([pump, ratio]) => [Number(pump), ratio]);
    const off = shares.find(([pump, ratio]) => ratio > 0 && !config.pumps_states[pump].enabled);
    const pour = element("button", { className: "main", textContent: "Mix", disabled: Boolean(off) });
    pour.onclick = () => send("blend", { cup_size: cup, recipe: recipe.name });
    const parts = shares.map(([pump, ratio]) => `${nameOf(pump)} ${Math.round(ratio * 100)}\u00a0%`).join(", ");
    return element("li", { className: "drink" }, glass(shares),
      element("h3", { textContent: recipe.name }),
      element("p", { textContent: off ? `${nameOf(off[0])} is switched off` : parts }), pour);
  }));
}

function drawSliders() {
  if ($("sliders").children.length !== config.pumps_states.length) {
    $("sliders").replaceChildren(...config.pumps_states.map((_, pump) => {
      const slider = element("input", { type: "range", min: 0, max: 100, step: 5, value: 0, id: `slider-${pump}` });
      slider.oninput = () => { mix[pump] = slider.value / 100; drawSliders(); };
      return element("li", { className: `p${pump}` }, element("label", { className: "name", htmlFor: slider.id }),
        element("output", {}), slider);
    }));
  }
  config.pumps_states.forEach((pump, index) => {
    if (!pump.enabled) mix[index] = 0;
    const item = $("sliders").children[index], [label, output, slider] = item.children;
    label.textContent = pump.name;
    item.dataset.off = String(!pump.enabled);
    slider.disabled = !pump.enabled;
    slider.value = Math.round(mix[index] * 100);
    slider.style.setProperty("--fill", `${slider.value}%`);
    output.textContent = `${slider.value}\u00a0%`;
  });
  const sum = mix.reduce((a, b) => a + b, 0);
  $("mix-glass").replaceChildren(glass([...mix.entries()], true));
  $("mix-order").disabled = sum === 0 || sum > 1.0001;
  $("mix-order").textContent = sum > 1.0001 ? `${Math.round(sum * 100)} % do not fit the glass` : `Mix ${volume(cup * (sum || 1))}`;
}

function drawPumps() {
  if ($("pumps").contains(document.activeElement) && document.activeElement.type === "number") return;
  $("pumps").replaceChildren(...config.pumps_states.map((pump, index) => {
    const enabled = element("input", { type: "checkbox", checked: pump.enabled, id: `enabled-${index}` });
    enabled.onchange = () => send("set_pump_state", { pump_index: index, state: enabled.checked });
    const refill = element("button", { textContent: "Refill", disabled: !pump.enabled });
    refill.onclick = () => send("refill", { pump: index });
    const measure = element("button", { textContent: "Measure", disabled: !pump.enabled });
    measure.onclick = () => calibrate(index, 10);
    return element("li", { className: `p${index}` , "data-off": String(!pump.enabled) },
      element("div", { className: "line" }, element("label", { className: "name", htmlFor: enabled.id, textContent: pump.name }), enabled),
      number("Speed ratio", index, "set_pump_speed_ratio", "speed_ratio", pump.speed_ratio),
      number("Refill, in seconds", index, "set_pump_refill_time", "refill_time", pump.refill_time),
      element("div", { className: "buttons" }, refill, measure));
  }));
}

function number(text, pump, type, key, value) {
  const input = element("input", { type: "number", inputMode: "decimal", min: 0.01, step: "any", value: short(value), id: `${key}-${pump}` });
  input.onchange = () => { send(type, { pump_index: pump, [key]: Number(input.value) }); input.blur(); };
  return element("div", { className: "line" }, element("label", { htmlFor: input.id, textContent: text }), input);
}

function drawProgress(text) {
  const left = status.remaining_time, whole = Math.max(status.initial_time, left, 1);
  $("progress").dataset.busy = String(left > 0);
  // The bar is at its end when the second that is announced now is over.
  $("progress-bar").style.transform = `scaleX(${left > 0 ? Math.min(1, (whole - left + 1) / whole) : 0})`;
  const names = (status.pumps || []).map(nameOf).join(", ");
  $("progress-text").textContent = text || (left > 0 ? `${PLEASE[status.Action] || status.Action}: ${left} s${names ? ` (${names})` : ""}` : "Ready");
}

/** A glass with layers from the bottom up. */
function glass(shares, isLarge) {
  const svg = node("svg", { viewBox: "0 0 64 96", role: "img" });
  const id = `clip-${Math.random().toString(36).slice(2)}`;
  const shape = "M8 8h48l-6 76a6 6 0 0 1-6 6H20a6 6 0 0 1-6-6z";
  svg.append(node("clipPath", { id }, node("path", { d: shape })), node("path", { d: shape, fill: "var(--glass)" }));
  const layers = node("g", { "clip-path": `url(#${id})` });
  const total = shares.reduce((sum, [, ratio]) => sum + ratio, 0);
  let bottom = 90;
  for (const [pump, ratio] of shares) {
    if (ratio <= 0) continue;
    const height = 74 * ratio / Math.max(1, total);
    layers.append(node("rect", { x: 0, y: bottom - height, width: 64, height, fill: `var(--c${pump})` }));
    bottom -= height;
  }
  svg.append(layers, node("path", { d: "M15 16l4 60", stroke: "#fff", "stroke-width": 3, "stroke-linecap": "round", opacity: .35 }),
    node("path", { d: shape, fill: "none", stroke: "var(--soft)", "stroke-width": isLarge ? 1.2 : 1.6, opacity: .5 }));
  return svg;
}

// What is asked for

function calibrate(pump, seconds) {
  measuring = { pump, seconds, isRunning: false };
  send("calibrate", { pump, seconds });
}

function askVolume(pump, seconds) {
  $("measure-title").textContent = `How much came from ${nameOf(pump)}?`;
  $("measure-text").textContent = `It ran for ${seconds} s.`;
  $("measure-value").value = "";
  $("measure").onclose = () => {
    const millilitres = Number($("measure-value").value);
    if ($("measure").returnValue === "save" && millilitres > 0) send("set_poured", { pump, seconds, litres: millilitres / 1000 });
  };
  $("measure").showModal();
}

$("stop").onclick = () => send("cancel");
$("mix-order").onclick = () => send("blend", {
  cup_size: cup, ratios: Object.fromEntries([...mix.entries()].filter(([, ratio]) => ratio > 0)),
});
$("rate").onsubmit = (event) => {
  event.preventDefault();
  send("set_sec_per_liter", { sec_per_liter: Number($("rate-value").value) });
  $("rate-value").blur();
};
document.querySelectorAll("nav button").forEach((tab) => { tab.onclick = () => open(tab.dataset.view); });

function open(view) {
  document.querySelectorAll("nav button").forEach((tab) => { tab.ariaSelected = String(tab.dataset.view === view); });
  document.querySelectorAll("main section").forEach((section) => { section.hidden = section.id !== view; });
  history.replaceState(null, "", `${location.pathname}#${view}`);  // without the token, if there was one
}

// Small things

function toast(text, isBad) {
  const item = element("div", { className: isBad ? "toast bad" : "toast", textContent: text });
  $("toasts").append(item);
  while ($("toasts").children.length > 3) $("toasts").firstChild.remove();
  setTimeout(() => item.remove(), isBad ? 6000 : 3500);
}

function nameOf(pump) { return config.pumps_states[pump]?.name ?? `pump ${pump}`; }
function volume(litres) { return `${Math.round(litres * 1000)}\u00a0ml`; }
function short(value) { return String(Math.round(value * 1000) / 1000); }

function element(name, properties, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (key.startsWith("data-")) made.setAttribute(key, value); else made[key] = value;
  }
  made.append(...children);
  return made;
}

function node(name, attributes, ...children) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

open(["drinks", "mix", "setup"].includes(location.hash.slice(1)) ? location.hash.slice(1) : "drinks");
drawAll();
connect();
