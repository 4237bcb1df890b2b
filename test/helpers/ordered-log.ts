import type { Log } from '../../src/log.ts';
import type { Place } from '../../src/model/place.ts';

/** A log that records everything in one list, with the start and the end of each group. */
export function orderedLog(): Log & { readonly entries: string[] } {
  const entries: string[] = [];
  const record = (kind: string) => (text: string, title?: string, place?: Place) => {
    const where = place ? ` (${place.file}:${place.line})` : '';
    entries.push(`${kind}: ${title === undefined ? '' : `${title}: `}${text}${where}`);
  };
  return {
    entries,
    debug: record('debug'),
    info: record('info'),
    notice: record('notice'),
    warning: record('warning'),
    error: record('error'),
    child: record('child'),
    hide: (secret) => record('hide')(secret),
    redact: (text) => text,
    group(title) {
      record('group')(title);
      return { [Symbol.dispose]: () => record('end')(title) };
    },
  };
}
