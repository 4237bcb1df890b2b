/** Runs whose log, annotations and summary are committed, so that a change of a message shows in review. */
import type { Played } from './played.ts';
import type { Stage } from './stage.ts';

export interface Scenario {
  /** The name of its directory below `runs/`. */
  readonly name: string;
  /** What has happened, for the reader of the gallery. */
  readonly title: string;
  /** Makes the machine, brings it to the point where the shown run starts, and runs. It checks facts, never texts. */
  readonly play: (stage: Stage) => Promise<Played>;
  /** What the machine decides, besides what differs between all runs. */
  readonly differs?: ScenarioDifferences;
  /** The job was cancelled, which a runner reports with an error of its own. */
  readonly isCancelled?: boolean;
}

export interface ScenarioDifferences {
  /** Durations that are inputs, as the messages show them. They stay; all other durations are replaced. */
  readonly keeps?: readonly string[];
  /** The run waits: how often a line is printed and a request is retried depends on the machine. */
  readonly waits?: boolean;
  /** Shows the first line about how far the run is. The scenario holds the run until it is there. */
  readonly showsProgress?: boolean;
  /** Evals are stopped, and how much they print until then depends on the machine: their own output is left out. */
  readonly stops?: boolean;
}
