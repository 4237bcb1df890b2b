/** Says before it happens that a model will be shut down, when the API announces it. */
import type { Log } from '../../log.ts';
import { adviseOnModel, type ModelNames, shownModel } from './model-advice.ts';
import { dayOf, type ModelCard } from './model-cards.ts';

export interface ShutdownNoticesOptions {
  readonly log: Log;
  /** The models of the inputs. */
  readonly chosen: readonly string[];
  /** The current day, `2026-12-11`. */
  readonly today: () => string;
}

/** A nearer shutdown is a warning. A later one is only a line of the log: OpenAI announces it six months ahead. */
const WARNING_DAYS = 60;

const DAY_MS = 86_400_000;

export class ShutdownNotices {
  readonly #options: ShutdownNoticesOptions;
  readonly #checked = new Set<string>();
  readonly #noticed = new Set<string>();

  constructor(options: ShutdownNoticesOptions) {
    this.#options = options;
  }

  /** A model responded. @param cards gives the models of the API; called once for each model */
  async responded(model: ModelNames, cards: () => Promise<readonly ModelCard[]>): Promise<void> {
    if (model.sent === '' || this.#checked.has(model.sent)) return;
    this.#checked.add(model.sent);
    const card = (await cards()).find(({ id }) => id === model.sent);
    if (card?.shutdownDay === undefined) return;
    const what = `The API announces that the model ${shownModel(model.sent)}`;
    this.#notice(model, what, card.shutdownDay, card.replacement);
  }

  /** A response had this header `Sunset` (RFC 8594). */
  sunset(model: ModelNames, header: string): void {
    const day = dayOf(header);
    if (day === undefined || model.sent === '') return;
    const what = `The API announces (in the header Sunset) that what serves the model ${shownModel(model.sent)}`;
    this.#notice(model, what, day, undefined);
  }

  #notice(model: ModelNames, what: string, day: string, replacement: string | undefined): void {
    if (this.#noticed.has(model.sent)) return;
    this.#noticed.add(model.sent);
    const { log, chosen, today } = this.#options;
    const days = Math.round((Date.parse(day) - Date.parse(today())) / DAY_MS);
    const recommended = replacement === undefined ? '' : ` It recommends ${shownModel(replacement)} instead.`;
    const message = `${what} ${when(day, days)}.${recommended} ${adviseOnModel(model, chosen)}`;
    if (days <= WARNING_DAYS) log.warning(message, 'Model will be shut down');
    else log.info(message);
  }
}

function when(day: string, days: number): string {
  if (days < 0) return `was to be shut down on ${day}`;
  if (days === 0) return `will be shut down today, ${day}`;
  return `will be shut down on ${day}, in ${days} ${days === 1 ? 'day' : 'days'}`;
}
