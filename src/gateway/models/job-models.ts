/** What the job says about the models that it uses: those that will be shut down, and those that do not exist. */
import type { Log } from '../../log.ts';
import { adviseOnModel, type ModelNames, shownModel } from './model-advice.ts';
import type { ModelCard } from './model-cards.ts';
import type { ListRequest, ModelLists } from './model-lists.ts';
import { nearestModels } from './nearest-models.ts';
import { ShutdownNotices } from './shutdown-notices.ts';

export interface JobModelsOptions {
  readonly log: Log;
  /** The models of the inputs. */
  readonly chosen: readonly string[];
  /** Undefined: no list is requested. */
  readonly lists: ModelLists | undefined;
  /** The current day, `2026-12-11`. */
  readonly today?: () => string;
}

export type ModelRequest = ListRequest & { readonly model: ModelNames };

export class JobModels {
  readonly #chosen: readonly string[];
  readonly #lists: ModelLists | undefined;
  readonly #today: () => string;
  readonly #notices: ShutdownNotices;
  readonly #work = new Set<Promise<unknown>>();

  constructor({ log, chosen, lists, today = currentDay }: JobModelsOptions) {
    this.#chosen = chosen;
    this.#lists = lists;
    this.#today = today;
    this.#notices = new ShutdownNotices({ log, chosen, today });
  }

  /** The model of the request responded. */
  responded(request: ModelRequest): void {
    this.#track(this.#notices.responded(request.model, () => this.#cards(request)));
  }

  /** The response to the request had a header `Sunset`. */
  sunset(request: ModelRequest, header: string): void {
    this.#notices.sunset(request.model, header);
  }

  /** What to do about a model that the API refuses to one eval. */
  advise(model: ModelNames): string {
    return adviseOnModel(model, this.#chosen);
  }

  /** Calls `found` with the names of similar models, as a sentence, if there are any. */
  similar(request: ModelRequest, found: (sentence: string) => void): void {
    const work = this.#cards(request).then((cards) => {
      const names = nearestModels(request.model.sent, cards, this.#today()).map(shownModel);
      if (names.length > 0) found(`The API has models with similar names: ${names.join(', ')}.`);
    });
    this.#track(work);
  }

  /** Settles when everything has been said. A list is waited for only seconds. */
  async settled(): Promise<void> {
    await Promise.all(this.#work);
  }

  async #cards(request: ModelRequest): Promise<readonly ModelCard[]> {
    return (await this.#lists?.of(request)) ?? [];
  }

  #track(work: Promise<unknown>): void {
    this.#work.add(work);
    void work.finally(() => this.#work.delete(work));
  }
}

const currentDay = (): string => new Date().toISOString().slice(0, 10);
