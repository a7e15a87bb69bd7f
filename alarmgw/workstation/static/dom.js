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

// As Caps Lock writes them where it locks Shift, as on German keyboards.
const LOCKED = { "*": "+", "ß": "?" };

// The key that is meant, whether Caps Lock is on or not: a letter is a capital, a digit a digit.
export function keyOf(event) {
  const digit = !event.shiftKey && /^Digit(\d)$/.exec(event.code ?? "")?.[1];
  if (digit) return digit;
  if (event.getModifierState("CapsLock") && LOCKED[event.key]) return LOCKED[event.key];
  return event.key.length === 1 ? event.key.toUpperCase() : event.key;
}

// Keys that are typed into a field are no commands.
export function isTyping(target) {
  return Boolean(target?.closest?.("input, textarea, select, [contenteditable]"));
}
