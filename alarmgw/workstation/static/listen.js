// What the workstation process tells, as it comes; and coming back after a cut.

const REOPEN_MS = 3000;

// `takers`: {event: take(told)}; `lost()`: the process does not answer; `draw()`: the link is known better.
export function listen(link, takers, lost, draw) {
  const events = new EventSource("/events");
  for (const [name, take] of Object.entries(takers)) {
    events.addEventListener(name, (event) => take(JSON.parse(event.data)));
  }
  events.onerror = () => {
    link.lose();
    lost();
    // The browser comes back by itself from a cut, but gives up after an answer like 403.
    if (events.readyState === EventSource.CLOSED) reopen(link, takers, lost, draw);
  };
}

// A new process has a new token: then only its new address helps, and the page must say so.
async function reopen(link, takers, lost, draw) {
  try {
    link.restarted = (await fetch("/state")).status === 403;
  } catch {
    link.restarted = false;
  }
  draw();
  setTimeout(() => listen(link, takers, lost, draw), REOPEN_MS);
}
