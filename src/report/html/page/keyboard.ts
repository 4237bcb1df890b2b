/** The keys of the page, and the dialog that lists them. */
import { button, make } from './dom.ts';

export interface Actions {
  focusSearch(): void;
  clearSearch(): void;
  toggleTheme(): void;
}

const KEYS: readonly (readonly [key: string, words: string])[] = [
  ['/', 'search'],
  ['j', 'go to the next eval or sample'],
  ['k', 'go to the one before'],
  ['Enter', 'open or close it'],
  ['c', 'close everything that is open'],
  ['Esc', 'leave the search, and show all again'],
  ['d', 'switch between light and dark'],
  ['?', 'show these keys'],
];

export function useKeyboard(actions: Actions): HTMLButtonElement {
  const dialog = helpDialog();
  const handlers: Readonly<Record<string, () => void>> = {
    '/': actions.focusSearch,
    j: () => move(1),
    k: () => move(-1),
    c: closeAll,
    d: actions.toggleTheme,
    '?': () => dialog.showModal(),
    Escape: actions.clearSearch,
  };
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || dialog.open) return;
    if (isTyping(event.target) && event.key !== 'Escape') return;
    const handler = Object.hasOwn(handlers, event.key) ? handlers[event.key] : undefined;
    if (!handler) return;
    event.preventDefault();
    handler();
  });
  return button('Keys', () => dialog.showModal(), { class: 'keys' });
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLInputElement || target instanceof HTMLSelectElement;
}

function helpDialog(): HTMLDialogElement {
  const rows = KEYS.map(([key, words]) =>
    make('div', {}, make('dt', {}, make('kbd', {}, key)), make('dd', {}, words)),
  );
  const dialog = make(
    'dialog',
    { class: 'help', 'aria-labelledby': 'help-title' },
    make('h2', { id: 'help-title' }, 'Keys'),
    make('dl', { class: 'terms' }, ...rows),
  );
  dialog.append(button('Close', () => dialog.close()));
  document.body.append(dialog);
  return dialog;
}

/** Moves the focus to the next thing that can be opened, from where the focus is or from the top of the window. */
function move(step: 1 | -1): void {
  const items = [...document.querySelectorAll<HTMLElement>('main summary, main .card h3 a')].filter((item) =>
    item.checkVisibility({ contentVisibilityAuto: false }),
  );
  const focused = items.findIndex((item) => item.matches(':focus'));
  const below = items.findIndex((item) => item.getBoundingClientRect().top > 0);
  const end = below < 0 ? items.length : below;
  const start = step === 1 ? Math.min(end, items.length - 1) : end - 1;
  const next = items[focused >= 0 ? focused + step : start];
  next?.focus();
  next?.scrollIntoView({ block: 'nearest' });
}

function closeAll(): void {
  for (const each of document.querySelectorAll<HTMLDetailsElement>('main details[open]')) each.open = false;
}
