/** Renders a job summary as GitHub does. */
import { Marked } from 'marked';
import markedAlert from 'marked-alert';
import sanitizeHtml from 'sanitize-html';

const marked = new Marked({ gfm: true }).use(markedAlert());

/** The elements that GitHub leaves in Markdown (https://github.com/github/markup, "HTML sanitization"), and those of alerts. */
const ELEMENTS = [
  ...['h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'p', 'div', 'blockquote', 'pre', 'details', 'summary'],
  ...[
    'b',
    'i',
    'strong',
    'em',
    'tt',
    'code',
    'ins',
    'del',
    's',
    'sup',
    'sub',
    'kbd',
    'samp',
    'q',
    'var',
    'span',
  ],
  ...['ul', 'ol', 'li', 'dl', 'dt', 'dd', 'br', 'hr', 'a', 'img', 'input'],
  ...['table', 'thead', 'tbody', 'tfoot', 'tr', 'td', 'th', 'svg', 'path'],
];

/** @returns HTML without anything that GitHub removes */
export function renderMarkdown(markdown: string): string {
  return sanitizeHtml(marked.parse(markdown, { async: false }), {
    allowedTags: ELEMENTS,
    allowedAttributes: {
      a: ['href', 'title'],
      img: ['alt', 'title', 'width', 'height'],
      input: ['type', 'checked', 'disabled'],
      details: ['open'],
      // Of alerts, which GitHub adds after its sanitizer.
      div: ['align', { name: 'class', multiple: true, values: ['markdown-alert', ...alerts()] }],
      p: ['align', { name: 'class', values: ['markdown-alert-title'] }],
      svg: ['class', 'viewbox', 'width', 'height', 'aria-hidden'],
      path: ['d'],
      '*': ['align', 'colspan', 'rowspan'],
    },
    allowedSchemes: ['http', 'https', 'mailto'],
    parser: { lowerCaseAttributeNames: false },
  });
}

function alerts(): string[] {
  return ['note', 'tip', 'important', 'warning', 'caution'].map((kind) => `markdown-alert-${kind}`);
}
