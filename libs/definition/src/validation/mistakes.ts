import type { FieldError } from '@app/contracts';

/** So many mistakes of one definition are told, and so many characters of them; who has mended them is told the rest. */
export const MOST_MISTAKES = 1_000;
const MOST_CHARACTERS = 1_048_576;

/** The first mistakes of a list, and a last one that says that there are more; the list itself when it is short. */
export function firstOf(mistakes: readonly FieldError[]): FieldError[] {
  const list = new Mistakes();
  for (const mistake of mistakes) list.push(mistake);
  return list.first();
}

/** What is wrong with a definition, in the order in which it was found. */
export class Mistakes {
  private readonly found: FieldError[] = [];
  private characters = 0;

  push(...mistakes: readonly FieldError[]): void {
    for (const mistake of mistakes) {
      if (this.areEnough) return;
      this.found.push(mistake);
      this.characters += mistake.field.length + mistake.message.length;
    }
  }

  /** Whether nothing that is found from here on is told. */
  get areEnough(): boolean {
    return this.found.length > MOST_MISTAKES || this.characters > MOST_CHARACTERS;
  }

  first(): FieldError[] {
    if (!this.areEnough) return this.found;
    const first = this.found.slice(0, MOST_MISTAKES);
    return [...first, { field: '', message: 'has more mistakes than are told at once: mend these first' }];
  }
}
