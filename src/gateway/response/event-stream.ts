/** Server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html), as model APIs send them. */

export function isEventStream(type: string): boolean {
  return type.startsWith('text/event-stream');
}

/**
 * The data of each event, in order. Lines end at CR, LF or both, and nowhere else: JSON may contain U+2028 and U+2029, where
 * `^`, `$` and `.` of a regular expression see the end of a line.
 */
export function eventData(text: string): string[] {
  return text
    .split(/\r\n|[\n\r]/)
    .flatMap((line) => (line.startsWith('data:') ? [line.slice('data:'.length).trim()] : []));
}
