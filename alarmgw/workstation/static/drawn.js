// Tells the process what this page has really shown, so that the gateway can time it.
//
// A frame is drawn only while the page is visible: a hidden tab reports nothing,
// and that is what the control room has to know.

let pending = null;
let told = 0;

export function reportDrawn(upTo) {
  const frame = pending !== null;
  pending = Math.max(pending ?? 0, upTo);
  if (!frame) requestAnimationFrame(() => requestAnimationFrame(report));
}

async function report() {
  const upTo = pending;
  pending = null;
  if (upTo <= told) return;
  told = upTo;
  try {
    await fetch(`/drawn?up_to=${upTo}`, { method: "POST" });
  } catch {
    told = 0; // the process is gone; the banner says so, and a later report repeats it
  }
}
