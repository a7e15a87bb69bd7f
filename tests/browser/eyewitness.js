// Watches a console from inside: when each row was on the screen, and how long the page was busy.
//
// A row is on the screen two frames after it was put into the page.

const eyewitness = {
  rows: [], // [site, how many alarms, when (ms since 1970)]
  tasks: [], // [when it began, how many ms the page was busy]
  chosen: null, // when another incident was selected
  picture: null, // when its first picture was on the screen
};
window.eyewitness = eyewitness;

const afterFrames = (then) => requestAnimationFrame(() => requestAnimationFrame(then));

function rowSeen(row) {
  const site = row.querySelector(".row-source")?.textContent.split(" ")[0] ?? "";
  const count = Number(row.querySelector(".row-count")?.textContent.replace(/\D/g, "") || 1);
  afterFrames(() => {
    if (row.isConnected && isInView(row)) eyewitness.rows.push([site, count, Date.now()]);
  });
}

function isInView(row) {
  const list = document.getElementById("list").getBoundingClientRect();
  const box = row.getBoundingClientRect();
  return box.top < list.bottom && box.bottom > list.top;
}

new MutationObserver((changes) => {
  const rows = new Set();
  for (const change of changes) {
    const target = change.target.nodeType === Node.TEXT_NODE ? change.target.parentElement : change.target;
    const within = target?.closest(".row");
    if (within) rows.add(within);
    for (const node of change.addedNodes) if (node.classList?.contains("row")) rows.add(node);
  }
  rows.forEach(rowSeen);
}).observe(document.getElementById("space"), { childList: true, subtree: true, characterData: true });

new PerformanceObserver((list) => {
  for (const task of list.getEntries()) eyewitness.tasks.push([performance.timeOrigin + task.startTime, task.duration]);
}).observe({ type: "longtask" });

// Counted from the key or the click, not from what the page makes of it.
for (const kind of ["keydown", "pointerdown"]) {
  document.addEventListener(kind, (event) => {
    eyewitness.chosen = performance.timeOrigin + event.timeStamp;
    eyewitness.picture = null;
  }, { capture: true });
}

document.addEventListener("load", (event) => {
  const image = event.target;
  if (!image.closest?.(".stage") || eyewitness.chosen === null) return;
  image.decode().then(() => afterFrames(() => {
    eyewitness.picture ??= Date.now();
  }));
}, { capture: true });
