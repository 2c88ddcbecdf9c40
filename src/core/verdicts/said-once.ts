/** Meta's details often repeat its message word for word; what stands twice is said once. */

/** `Message undeliverable: Message undeliverable.` as `Message undeliverable.`; other texts as they are. */
export function saidOnce(text: string): string {
  for (let at = text.indexOf(': '); at >= 0; at = text.indexOf(': ', at + 1)) {
    const details = text.slice(at + 2);
    if (plain(text.slice(0, at)) === plain(details)) return details;
  }
  return text;
}

/** Without the `(#131026)` that Graph puts before a message, capitals, and the stop at the end. */
function plain(text: string): string {
  return text
    .trim()
    .replace(/^\(#-?\d+\)\s*/, '')
    .replace(/[.\s]+$/, '')
    .toLowerCase();
}
