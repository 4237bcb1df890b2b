/** Opens what the address of the page names: `#eval=…&sample=…`. The fragment is only compared, never used as a selector. */
import { elementId, readFragment } from '../shared/fragment.ts';
import { make } from './dom.ts';
import type { EvalSection } from './evals.ts';
import type { Tools } from './tools.ts';

export function openTarget(sections: readonly EvalSection[], tools: Tools): void {
  const target = readFragment(location.hash);
  if (!target) return;
  const id = elementId({ evalKey: target.evalKey, sampleId: null });
  const section = sections.find(({ details }) => details.id === id);
  if (!section) return;
  // A filter remains unless it hides what is to be shown.
  if (section.details.hidden) tools.clear();
  section.details.open = true;
  section.list?.draw();
  const sample = target.sampleId === null ? undefined : revealed(section, target.sampleId, tools);
  section.details.querySelector('.absent')?.remove();
  if (target.sampleId !== null && !sample) noteAbsence(section.details);
  if (sample instanceof HTMLDetailsElement) sample.open = true;
  mark(sample ?? section.details);
}

function revealed(section: EvalSection, sampleId: string, tools: Tools): HTMLElement | undefined {
  const found = section.list?.reveal(sampleId);
  if (found) return found;
  tools.clear();
  section.details.open = true;
  return section.list?.reveal(sampleId);
}

function mark(element: HTMLElement): void {
  for (const each of document.querySelectorAll('.is-target')) each.classList.remove('is-target');
  element.classList.add('is-target');
  element.scrollIntoView({ block: 'start' });
  element.querySelector('summary')?.focus({ preventScroll: true });
}

function noteAbsence(details: HTMLDetailsElement): void {
  const note = make(
    'p',
    { class: 'note absent' },
    'This page does not have the sample that the link names. The file samples.jsonl has all of them.',
  );
  details.querySelector('.eval-body')?.prepend(note);
}
