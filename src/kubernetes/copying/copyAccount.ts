import type { LeaveReason } from './selection.ts';

/** What came of copying, as it is kept as evidence: names and reasons, no bodies. */
export interface CopyRecord {
  /** By kind (`deployments.apps`). */
  kinds: Record<string, { created: number; changed: number; unchanged: number; left: number }>;
  /** `deployments.apps shop/web`. */
  created: string[];
  changed: string[];
  left: { kind: string; name: string; reason: LeaveReason | 'not-served'; because: string }[];
  /** Kinds of which nothing goes along. */
  leftKinds: { kind: string; reason: LeaveReason; because: string }[];
  refused: { object: string; why: string }[];
  notes: { kind: string; name: string; what: string }[];
}

/** Keeps account of one copying. */
export class CopyAccount {
  readonly #kinds = new Map<string, { created: number; changed: number; unchanged: number; left: number }>();
  readonly #names = new Map<string, Set<string>>();
  readonly #record: Omit<CopyRecord, 'kinds'> = {
    created: [],
    changed: [],
    left: [],
    leftKinds: [],
    refused: [],
    notes: [],
  };
  #now = 'looking at what both clusters serve';
  #done = 0;

  /** One line of how far it has come: `copying configmaps: 120 objects done`. */
  line(): string {
    return `${this.#now}: ${this.#done} objects done`;
  }

  /** @param what `copying configmaps` */
  begin(what: string): void {
    this.#now = what;
  }

  /** One object more has been seen to. */
  progress(): void {
    this.#done += 1;
  }

  written(kind: string, name: string, outcome: 'created' | 'changed' | 'unchanged'): void {
    const names = this.#names.get(kind) ?? new Set();
    // A list that was begun anew, or a second source, brings one once more.
    if (names.has(name)) return;
    this.#names.set(kind, names.add(name));
    this.#of(kind)[outcome] += 1;
    if (outcome !== 'unchanged') this.#record[outcome].push(`${kind} ${name}`);
  }

  left(kind: string, name: string, { reason, because }: { reason: LeaveReason; because: string }): void {
    this.#of(kind).left += 1;
    this.#record.left.push({ kind, name, reason, because });
  }

  leftKind(kind: string, { reason, because }: { reason: LeaveReason; because: string }): void {
    this.#record.leftKinds.push({ kind, reason, because });
  }

  notServed(kind: string, name: string): void {
    this.#of(kind).left += 1;
    const because = 'green serves its kind in no version that blue serves as well';
    this.#record.left.push({ kind, name, reason: 'not-served', because });
  }

  /** @param object `Deployment shop/web` */
  refused(object: string, why: string): void {
    this.#record.refused.push({ object, why });
  }

  note(kind: string, name: string, what: string): void {
    this.#record.notes.push({ kind, name, what });
  }

  /** Names of a kind that green has now by us. */
  names(kind: string): readonly string[] {
    return [...(this.#names.get(kind) ?? [])];
  }

  counts(): { applied: number; unchanged: number; leftOut: number } {
    const all = [...this.#kinds.values()];
    const sum = (of: (each: (typeof all)[number]) => number): number =>
      all.reduce((total, each) => total + of(each), 0);
    return {
      applied: sum(({ created, changed }) => created + changed),
      unchanged: sum(({ unchanged }) => unchanged),
      leftOut: sum(({ left }) => left),
    };
  }

  record(): CopyRecord {
    return {
      kinds: Object.fromEntries([...this.#kinds].sort(([a], [b]) => (a < b ? -1 : 1))),
      ...this.#record,
    };
  }

  #of(kind: string): { created: number; changed: number; unchanged: number; left: number } {
    const known = this.#kinds.get(kind);
    if (known !== undefined) return known;
    const made = { created: 0, changed: 0, unchanged: 0, left: 0 };
    this.#kinds.set(kind, made);
    return made;
  }
}
