import type { Tree } from './shared/tree.ts';

/** Elements without an end tag are not among the tags of a tree. */
export function toHtml(tree: Tree): string {
  if (typeof tree === 'string') return escaped(tree);
  const attributes = Object.entries(tree.attributes).map(([name, value]) => {
    if (value === null || value === false) return '';
    return value === true ? ` ${name}` : ` ${name}="${escaped(String(value))}"`;
  });
  // A parser drops the first line break of a `pre`.
  const start = tree.tag === 'pre' ? '\n' : '';
  return `<${tree.tag}${attributes.join('')}>${start}${tree.children.map(toHtml).join('')}</${tree.tag}>`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}

/** JSON inside a `script` element: nothing in it ends the element, opens a comment, or ends a line of a script. */
export function jsonInHtml(json: string): string {
  return json.replace(
    /[<>\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
