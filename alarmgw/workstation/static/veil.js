// With nobody signed on the page shows no picture and no word of a device.  It is taken away here,
// in one place: all that is in a dialog, and all that is in a box with `data-veil` in index.html.

// Whoever sits here next finds nothing of the one before.
export function veil() {
  for (const dialog of document.querySelectorAll("dialog")) {
    dialog.close();
    dialog.replaceChildren();
  }
  for (const box of document.querySelectorAll("[data-veil]")) box.replaceChildren();
}

export function isVeiled() {
  return document.documentElement.dataset.manned === "false";
}
