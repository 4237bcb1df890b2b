import { createHash } from 'node:crypto';
import { VERDICT_WORDS } from '../../gate/describe-verdict.ts';
import type { Report } from '../../model/report.ts';
import { entriesOf } from './entries.ts';
import { evalsTable } from './evals-table.ts';
import { howToRead, madeWith } from './how-to-read.ts';
import { type PageAssets, readPageAssets } from './page-assets.ts';
import { subjectOf } from './parts.ts';
import { problemsSection } from './problems-section.ts';
import { samplesSections } from './samples-section.ts';
import { BOUNDS, type Bounds, selectSamples } from './selection.ts';
import { h, type Tree } from './shared/tree.ts';
import { toHtml } from './to-html.ts';
import { baselineNote, figures, pageHeader, rulesSection, verdictSection } from './verdict-section.ts';

/**
 * Writes `report.html`: one file that loads nothing, and that can be read without its script. It has at most 10,000 samples, and
 * says how many it has. Texts are read while the pieces are written, so that they are never all in memory.
 * @returns pieces, to be written one after the other
 */
export function* renderHtml(
  report: Report,
  assets: PageAssets = readPageAssets(),
  bounds: Bounds = BOUNDS,
): Generator<string> {
  const entries = entriesOf(report);
  const selected = selectSamples(entries, bounds);
  const hasBaseline = report.verdict.comparison !== null;
  yield head(report, assets);
  yield '<body>\n<div class="page">\n';
  yield* html(pageHeader(report), verdictSection(report), figures(report), baselineNote(report));
  yield '<main>\n<div id="tools" hidden></div>\n';
  yield* html(
    rulesSection(report),
    problemsSection(selected, report.verdict.comparison),
    evalsTable(entries, report.results.totals.evals.excluded, hasBaseline, report.links),
  );
  yield* samplesSections(selected, bounds);
  yield* html(howToRead(), madeWith(report));
  yield `</main>\n</div>\n<script>${assets.script}</script>\n</body>\n</html>\n`;
}

function* html(...trees: readonly (Tree | null)[]): Generator<string> {
  for (const tree of trees) if (tree !== null) yield `${toHtml(tree)}\n`;
}

function head({ results, verdict }: Report, { script, style }: PageAssets): string {
  const title = `${VERDICT_WORDS[verdict.status]}: ${subjectOf(results)}`;
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${contentSecurityPolicy(script, style)}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    '<meta name="referrer" content="no-referrer">',
    // Without it, a browser asks the server for an icon.
    '<link rel="icon" href="data:,">',
    toHtml(h('title', {}, title)),
    `<style>${style}</style>`,
    '</head>\n',
  ].join('\n');
}

/** Only this very script and style count, and the script cannot make markup from text. */
function contentSecurityPolicy(script: string, style: string): string {
  return [
    "default-src 'none'",
    `style-src '${hashOf(style)}'`,
    `script-src '${hashOf(script)}'`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ');
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
