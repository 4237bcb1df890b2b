/** The page of one text, as GitHub shows it. Pure. */
import { renderMarkdown } from './markdown.ts';

export interface MarkdownPage {
  readonly markdown: string;
  readonly width: number;
  /** Whether all folds are open, as after clicks of a reader. */
  readonly isOpen: boolean;
  /** Style sheets. */
  readonly css: readonly string[];
}

export function markdownPageOf({ markdown, width, isOpen, css }: MarkdownPage): string {
  const shown = renderMarkdown(markdown);
  return [
    '<!doctype html><html data-color-mode="light"><head><meta charset="utf-8">',
    `<style>${css.join('\n')}\nbody { width: ${width}px; }</style></head><body>`,
    `<div class="summary markdown-body">${isOpen ? shown.replaceAll('<details>', '<details open>') : shown}</div>`,
    '</body></html>',
  ].join('\n');
}
