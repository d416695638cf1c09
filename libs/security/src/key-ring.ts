import { AppError } from '@app/contracts';

export interface RingKey {
  /** Stands in every ciphertext, so that the key is found again; no dot in it. */
  id: string;
  /** 32 bytes. */
  key: Buffer;
}

/** The encryption keys: the first one encrypts, each of them decrypts what carries its id. */
export class KeyRing {
  readonly current: RingKey;
  private readonly byId: ReadonlyMap<string, RingKey>;

  /** @throws AppError INTERNAL_ERROR when there is no key */
  constructor(keys: readonly RingKey[]) {
    const [first] = keys;
    if (first === undefined) throw bug('The key ring is empty.');
    this.current = first;
    this.byId = new Map(keys.map((key) => [key.id, key]));
  }

  /** @throws AppError INTERNAL_ERROR when the key was taken from the ring too early */
  find(id: string): RingKey {
    const key = this.byId.get(id);
    if (key === undefined) throw bug(`The key ${JSON.stringify(id)} is not in the ring.`);
    return key;
  }
}

function bug(message: string): AppError {
  return new AppError({ code: 'INTERNAL_ERROR', kind: 'bug', message });
}
