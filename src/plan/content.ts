/** Whether what was done, or begun, is of the content that an eval has today; pure. */
import type { CompletionRecord, DoneContent } from '../model/completion-record.ts';
import type { ChangedPart, Fingerprint } from '../model/fingerprint.ts';
import { argumentOf } from '../model/part-names.ts';
import type { PlannedEval } from '../model/plan.ts';
import type { JournalOwner } from '../progress/journal.ts';
import { hashOf } from './hash.ts';

export function isContentOf(planned: PlannedEval, done: DoneContent): boolean {
  if (versionOf(planned, done)) return true;
  return done.fingerprint === hashOf(done.parts) && counted(planned, done, planned.fingerprint).length === 0;
}

/** Arguments that are no part of this content, because the eval writes what they name: it was not there at first, or changed. */
export function leftOut(planned: PlannedEval, done: DoneContent): string[] {
  if (done.fingerprint === planned.fingerprint.value) return [];
  const parts = changedParts(done.parts, planned.fingerprint.parts).map(({ name }) => name);
  return [...new Set(parts.filter((part) => isOutput(planned, done, part)).map(argumentOf))].sort();
}

/** What is different today, told in the form in which the least is: that of an earlier version for what that version did. */
export function changesSince(planned: PlannedEval, done: DoneContent): ChangedPart[] {
  const forms = [planned.fingerprint, ...planned.earlier].map((form) => counted(planned, done, form));
  return forms.reduce((fewest, changes) => (changes.length < fewest.length ? changes : fewest));
}

/** A record that an earlier version made of today's content, as this version would have made it; undefined for any other. */
export function renewed(planned: PlannedEval, record: CompletionRecord): CompletionRecord | undefined {
  const version = versionOf(planned, record);
  if (!version || version === planned.fingerprint) return undefined;
  const whole = version === planned.earlier[0];
  const parts = whole ? planned.fingerprint.parts : withoutWritable(planned);
  return { ...record, fingerprint: hashOf(parts), parts: { ...parts } };
}

/**
 * Whose answers are whose: an eval that was interrupted may have changed what it writes, and gets its answers nevertheless.
 * They are found by the whole question, so that data which changed cannot make them wrong.
 */
export function journalOwner(planned: PlannedEval, repository: string): JournalOwner {
  const parts = withoutWritable(planned);
  const all = planned.writable.length === 0;
  return {
    eval: planned.key,
    repository,
    fingerprint: all ? planned.fingerprint.value : hashOf(parts),
    parts,
    formerFingerprints: planned.earlier.map(({ value }) => value),
  };
}

/** Which parts are not what they were, by name. */
export function changedParts(then: Fingerprint['parts'], today: Fingerprint['parts']): ChangedPart[] {
  const names = [...new Set([...Object.keys(then), ...Object.keys(today)])].sort();
  return names
    .filter((name) => then[name] !== today[name])
    .map((name) => ({ name, from: then[name], to: today[name] }));
}

function versionOf({ fingerprint, earlier }: PlannedEval, done: DoneContent): Fingerprint | undefined {
  return [fingerprint, ...earlier].find(({ value }) => value === done.fingerprint);
}

function counted(planned: PlannedEval, done: DoneContent, today: Fingerprint): ChangedPart[] {
  return changedParts(done.parts, today.parts).filter(({ name }) => !isOutput(planned, done, name));
}

/** Whether a part that is there today is of what the eval writes. */
function isOutput({ fingerprint, writable }: PlannedEval, done: DoneContent, part: string): boolean {
  if (part in done.parts) return false;
  const argument = argumentOf(part);
  if (done.written.includes(argument)) return true;
  // The same arguments named nothing then.
  const absent = !Object.keys(done.parts).some((each) => argumentOf(each) === argument);
  return (
    absent &&
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
