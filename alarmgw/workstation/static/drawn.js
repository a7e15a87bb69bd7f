// Tells the process what this page has really shown, so that the gateway can time it.
//
// A frame is drawn only while the page is visible: a hidden tab reports nothing,
// and that is what the control room has to know.

let pending = null;
let told = 0;
let busy = false;

export function reportDrawn(upTo) {
  pending = Math.max(pending ?? 0, upTo);
  if (busy) return;
  busy = true;
  requestAnimationFrame(() => requestAnimationFrame(report));
}

// One report at a time; what is drawn meanwhile is in the next one.
async function report() {
  const upTo = pending;
  pending = null;
  if (upTo > told) await tell(upTo);
  busy = false;
  if (pending !== null) reportDrawn(pending);
}

async function tell(upTo) {
  told = upTo;
  try {
    await fetch(`/drawn?up_to=${upTo}`, { method: "POST" });
  } catch {
    told = 0; // the process is gone; the banner says so, and a later report repeats it
  }
}
