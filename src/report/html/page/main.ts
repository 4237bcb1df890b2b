/** The script of report.html. The page can be read without it: it sorts, filters, searches, opens links and knows keys. */
import { EvalSection } from './evals.ts';
import { useKeyboard } from './keyboard.ts';
import { makeSortable } from './sort.ts';
import { openTarget } from './target.ts';
import { Tools, themeButton } from './tools.ts';

const sections = [...document.querySelectorAll<HTMLDetailsElement>('details.eval')].map(
  (details) => new EvalSection(details),
);
const theme = themeButton();
const place = document.getElementById('tools');
const table = document.getElementById('evals-table');

if (place) {
  const keys = useKeyboard({
    focusSearch: () => tools.search.focus(),
    clearSearch: () => {
      tools.search.blur();
      tools.clear();
    },
    toggleTheme: () => theme.click(),
  });
  const tools = new Tools(place, sections, [keys, theme]);
  addEventListener('hashchange', () => openTarget(sections, tools));
  // A second click on a link does not change the address.
  document.addEventListener('click', ({ target }) => {
    const link = target instanceof Element ? target.closest('a') : null;
    if (link && link.hash !== '' && link.hash === location.hash) openTarget(sections, tools);
  });
  openTarget(sections, tools);
}
if (table instanceof HTMLTableElement) makeSortable(table);
