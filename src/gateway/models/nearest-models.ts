/** Finds models whose names are similar to one that does not exist. */
import { shareChanged } from '../../model/similar-names.ts';
import type { ModelCard } from './model-cards.ts';

const MAX_NEAREST = 3;

/** A name is similar when at most this share of it has to be changed. */
const MAX_SHARE_CHANGED = 0.5;

/** The names of the most similar models that are not shut down, the nearest first. */
export function nearestModels(name: string, cards: readonly ModelCard[], today: string): string[] {
  const ids = new Set(
    cards.filter(({ shutdownDay }) => shutdownDay === undefined || shutdownDay > today).map(({ id }) => id),
  );
  ids.delete(name);
  return [...ids]
    .map((id) => ({ id, distance: distanceBetween(name, id) }))
    .filter(({ distance }) => distance <= MAX_SHARE_CHANGED)
    .sort((a, b) => a.distance - b.distance || (a.id < b.id ? -1 : 1))
    .slice(0, MAX_NEAREST)
    .map(({ id }) => id);
}

/** From 0 to 1. A publisher before the name (`openai/gpt-4o`) counts only if both names have one. */
function distanceBetween(a: string, b: string): number {
  const both = a.includes('/') && b.includes('/');
  const [left, right] = [a, b].map((name) =>
    (both ? name : name.slice(name.lastIndexOf('/') + 1)).toLowerCase(),
  );
  return shareChanged(left ?? '', right ?? '');
}
