/**
 * Elements as plain values. Node writes them as HTML, and the page's script makes them in the document, so that a sample is
 * described once. No text of a report can become markup: a tree has no way to hold any.
 */
export type Tag =
  | 'a'
  | 'article'
  | 'b'
  | 'button'
  | 'caption'
  | 'circle'
  | 'code'
  | 'dd'
  | 'del'
  | 'details'
  | 'div'
  | 'dl'
  | 'dt'
  | 'footer'
  | 'h1'
  | 'h2'
  | 'h3'
  | 'h4'
  | 'header'
  | 'ins'
  | 'kbd'
  | 'li'
  | 'line'
  | 'main'
  | 'nav'
  | 'ol'
  | 'p'
  | 'path'
  | 'pre'
  | 'section'
  | 'small'
  | 'span'
  | 'summary'
  | 'svg'
  | 'table'
  | 'tbody'
  | 'td'
  | 'th'
  | 'thead'
  | 'time'
  | 'title'
  | 'tr'
  | 'ul';

/** An attribute that is null or false is left out; one that is true is empty. */
export type Attributes = Readonly<Record<string, string | number | boolean | null>>;

export interface Branch {
  readonly tag: Tag;
  readonly attributes: Attributes;
  readonly children: readonly Tree[];
}

export type Tree = Branch | string;

/** Null is nothing. */
export type Child = Tree | null | readonly Child[];

export function h(tag: Tag, attributes: Attributes = {}, ...children: readonly Child[]): Branch {
  return { tag, attributes, children: children.flatMap(treesOf) };
}

function treesOf(child: Child): readonly Tree[] {
  if (child === null) return [];
  return isList(child) ? child.flatMap(treesOf) : [child];
}

/** `Array.isArray` does not know read-only arrays. */
function isList(child: Child): child is readonly Child[] {
  return Array.isArray(child);
}
