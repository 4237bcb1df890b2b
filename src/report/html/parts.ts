/** Small parts that several sections of the page have in common. Pure. */
import type { Results } from '../../model/results.ts';
import { oneLine } from '../../text.ts';
import type { Entry } from './entries.ts';
import { fragmentOf } from './shared/fragment.ts';
import { type Branch, type Child, h, type Tree } from './shared/tree.ts';

/** No sentence of ours is longer. */
const MAX_SENTENCE_BYTES = 2000;
const MAX_NAME_BYTES = 300;

/** A name of something that others chose. */
export function named(text: string): string {
  return oneLine(text, MAX_NAME_BYTES);
}

export function sentence(text: string): string {
  return oneLine(text, MAX_SENTENCE_BYTES);
}

export function link(address: string | undefined, ...content: Child[]): Tree {
  return address === undefined
    ? h('span', {}, ...content)
    : h('a', { href: address, rel: 'noreferrer' }, ...content);
}

/** To the details of an eval, further down. */
export function evalLink({ result }: Entry): Branch {
  return h(
    'a',
    { class: 'eval-name', href: fragmentOf({ evalKey: evalKeyOf(result.key), sampleId: null }) },
    named(result.name),
  );
}

/** As the page knows an eval. Keys have no invisible characters, unless somebody made one up. */
export function evalKeyOf(key: string): string {
  return named(key);
}

export function section(id: string, title: string, ...content: Child[]): Branch {
  return h(
    'section',
    { id, 'aria-labelledby': `${id}-title` },
    h('h2', { id: `${id}-title` }, title),
    ...content,
  );
}

/** Terms with their descriptions. */
export function terms(rows: readonly (readonly [string, Child])[]): Branch {
  return h(
    'dl',
    { class: 'terms' },
    ...rows.map(([term, description]) => h('div', {}, h('dt', {}, term), h('dd', {}, description))),
  );
}

/** `set on gpt-4` */
export function subjectOf({ evalSet, model }: Results): string {
  return `${named(evalSet)} on ${named(model)}`;
}
