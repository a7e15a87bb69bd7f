// Making and filling elements.  Text is only ever set as text.

export function element(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined && text !== null) made.textContent = text;
  return made;
}

// Text that did not change is left alone: no work, and screen readers stay quiet.
export function put(target, text) {
  if (target.textContent !== text) target.textContent = text;
}

// Keys that are typed into a field are no commands.
export function isTyping(target) {
  return Boolean(target?.closest?.("input, textarea, select, [contenteditable]"));
}
