/** Compares the content of an eval today with its content when it completed, or started. Pure. */
import type { CompletionRecord, DoneContent } from '../model/completion-record.ts';
import type { ChangedPart, Fingerprint } from '../model/fingerprint.ts';
import { sendsTheSame } from '../model/model-map.ts';
import { argumentOf, MODEL_MAP_PART } from '../model/part-names.ts';
import type { PlannedEval } from '../model/plan.ts';
import type { JournalOwner } from '../progress/journal.ts';
import { hashOf } from './hash.ts';

export function isContentOf(planned: PlannedEval, done: DoneContent): boolean {
  if (versionOf(planned, done)) return true;
  return (
    done.fingerprint === hashOf(done.parts) && changedInputs(planned, done, planned.fingerprint).length === 0
  );
}

/** The arguments that do not count, because the eval itself writes what they name. */
export function writtenArguments(planned: PlannedEval, done: DoneContent): string[] {
  if (done.fingerprint === planned.fingerprint.value) return [];
  const parts = changedParts(done.parts, planned.fingerprint.parts).map(({ name }) => name);
  return [...new Set(parts.filter((part) => isOutput(planned, done, part)).map(argumentOf))].sort();
}

/**
 * The parts that have changed. A result of an earlier version is compared with the fingerprint that this version would make
 * today, because its parts have other names: the form with the fewest changes.
 */
export function changesSince(planned: PlannedEval, done: DoneContent): ChangedPart[] {
  const forms = [planned.fingerprint, ...planned.earlier].map((form) => changedInputs(planned, done, form));
  return forms.reduce((fewest, changes) => (changes.length < fewest.length ? changes : fewest));
}

/** A record of today's content that an earlier version made, in the form of this version. Undefined for any other record. */
export function renewed(planned: PlannedEval, record: CompletionRecord): CompletionRecord | undefined {
  const version = versionOf(planned, record);
  if (!version || version === planned.fingerprint) return undefined;
  const whole = version === planned.earlier[0];
  const parts = whole ? planned.fingerprint.parts : withoutWritable(planned);
  return { ...record, fingerprint: hashOf(parts), parts: { ...parts } };
}

/**
 * The owner of a journal. What the eval writes does not count, because an interrupted eval may have changed it, and the model
 * map does not count either. Responses are looked up by the whole request, as it was sent, so neither leads to wrong ones.
 */
export function journalOwner(planned: PlannedEval, repository: string): JournalOwner {
  const { [MODEL_MAP_PART]: map, ...parts } = withoutWritable(planned);
  const all = planned.writable.length === 0 && map === undefined;
  return {
    eval: planned.key,
    repository,
    fingerprint: all ? planned.fingerprint.value : hashOf(parts),
    parts,
    formerFingerprints: planned.earlier.map(({ value }) => value),
  };
}

/** The part of a fingerprint that names the servers. */
export const SERVERS_PART = 'base_url';

/** The owner of kept answers. Only the servers count: an answer is looked up by the whole request, which has all the rest. */
export function answersOwner(planned: PlannedEval, repository: string): JournalOwner {
  const parts = { [SERVERS_PART]: planned.fingerprint.parts[SERVERS_PART] ?? '' };
  return { eval: planned.key, repository, fingerprint: hashOf({ answers: hashOf(parts) }), parts };
}

/** The parts that differ, by name. */
export function changedParts(then: Fingerprint['parts'], today: Fingerprint['parts']): ChangedPart[] {
  const names = [...new Set([...Object.keys(then), ...Object.keys(today)])].sort();
  return names
    .filter((name) => then[name] !== today[name])
    .map((name) => ({ name, from: then[name], to: today[name] }));
}

function versionOf({ fingerprint, earlier }: PlannedEval, done: DoneContent): Fingerprint | undefined {
  return [fingerprint, ...earlier].find(({ value }) => value === done.fingerprint);
}

function changedInputs(planned: PlannedEval, done: DoneContent, today: Fingerprint): ChangedPart[] {
  return changedParts(done.parts, today.parts).filter(
    ({ name }) =>
      !isOutput(planned, done, name) && !(name === MODEL_MAP_PART && sendsTheSameModels(planned, done)),
  );
}

/** Whether the eval would ask the same models today. A map then makes no difference to its result. */
function sendsTheSameModels({ modelMap = {} }: PlannedEval, { models }: DoneContent): boolean {
  return models !== undefined && sendsTheSame(models, new Map(Object.entries(modelMap)));
}

/** Whether a part of today's content is something that the eval writes. */
function isOutput({ fingerprint, writable }: PlannedEval, done: DoneContent, part: string): boolean {
  if (part in done.parts) return false;
  const argument = argumentOf(part);
  if (done.written.includes(argument)) return true;
  // The argument named nothing when the eval completed.
  const namedNothing = !Object.keys(done.parts).some((each) => argumentOf(each) === argument);
  return (
    namedNothing &&
    done.parts.spec === fingerprint.parts.spec &&
    writable.some((each) => each.argument === argument)
  );
}

function withoutWritable({ fingerprint, writable }: PlannedEval): Fingerprint['parts'] {
  const left = new Set(writable.map(({ argument }) => argument));
  return Object.fromEntries(
    Object.entries(fingerprint.parts).filter(([part]) => !left.has(argumentOf(part))),
  );
}
