// What somebody has begun to write outlives a change of view or of language; not who wrote it.

const begun = new Map();

// From now on the field's words are kept under that name; it has those that were kept before.
export function keepDraft(field, name) {
  field.value = begun.get(name) ?? "";
  field.addEventListener("input", () => begun.set(name, field.value));
}

export function sent(field, name) {
  field.value = "";
  begun.delete(name);
}

export function forgetDrafts() {
  begun.clear();
}
